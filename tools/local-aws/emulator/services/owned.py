"""What an account's owner has from before, and an environment only names: POST /_local-aws/owned."""

from typing import Any

#: Ids of what was given: not of what anybody has made since.
GIVEN: set[str] = set()


def give(asked: dict[str, list[dict]]) -> None:
    """
    :param asked: `{"hostedZones": [{"id", "name"}], "certificates": [{"arn", "names"}]}`, with the ids that the environment
        names; public zones, issued certificates. What is there already stays as it is.
    """
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.route53.models import route53_backends

    zones = route53_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for zone in asked.get("hostedZones", []):
        if zone["id"] not in zones.zones:
            made = zones.create_hosted_zone(zone["name"].rstrip(".") + ".", private_zone=False)
            zones.zones = {key: kept for key, kept in zones.zones.items() if kept is not made}
            made.resource_id = zone["id"]
            zones.zones[zone["id"]] = made
        GIVEN.add(zone["id"])
    for certificate in asked.get("certificates", []):
        _give_certificate(certificate["arn"], certificate["names"], DEFAULT_ACCOUNT_ID)


def _give_certificate(arn: str, names: list[str], account: str) -> Any:
    from moto.acm.models import acm_backends

    certificates = acm_backends[account][arn.split(":")[3]]
    if arn in certificates._certificates:
        return
    first, *others = names
    made = certificates.request_certificate(first, None, others, [])
    bundle = certificates._certificates.pop(made)
    bundle.arn, bundle.status = arn, "ISSUED"
    certificates._certificates[arn] = bundle
