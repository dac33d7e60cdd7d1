"""Resource Groups Tagging API."""

import re
from collections.abc import Iterable, Iterator

from emulator.gaps import closes
from emulator.kit import Tags, wrap


@closes("tagging-resources")
def find_what_is_tagged() -> None:
    """GetResources"""
    from moto.ecs.models import Cluster
    from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

    @wrap(Cluster, "__init__")
    def cluster(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.tags = self.tags or []

    @wrap(ResourceGroupsTaggingAPIBackend, "_get_resources_generator")
    def resources(original, self, tag_filters=None, resource_type_filters=None) -> Iterator[dict]:
        told = set()
        for resource in original(self, tag_filters, resource_type_filters):
            arn = resource["ResourceARN"].replace(":flow-logs/", ":vpc-flow-log/")
            told.add(arn)
            yield {**resource, "ResourceARN": arn}
        for arn, tags in _left_out(self):
            is_here = arn.split(":")[3] == self.region_name
            if arn in told or not tags or not is_here:
                continue
            if _is_of(arn, resource_type_filters or []) and _has(tags, tag_filters or []):
                yield {
                    "ResourceARN": arn,
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }


# Kinds of EC2's resources that moto leaves out, by the beginning of their ids.
_EC2_KINDS = {"eipalloc": "elastic-ip", "sgr": "security-group-rule", "vpce": "vpc-endpoint"}


def _left_out(backend) -> Iterator[tuple[str, dict[str, str]]]:
    """What has tags and is not told of: ARNs and tags. Copies are gone through, as others write meanwhile."""
    from moto.codebuild.models import codebuild_backends
    from moto.ecr.models import ecr_backends
    from moto.wafv2.models import wafv2_backends

    region = backend.region_name
    builds, registry, firewalls = (
        service[backend.account_id][region] for service in (codebuild_backends, ecr_backends, wafv2_backends)
    )
    for kept in (
        backend.elasticache_backend.tagging_service,
        backend.elbv2_backend.tagging_service,
        backend.events_backend.tagger,
        registry.tagger,
        firewalls.tagging_service,
    ):
        for arn in list(kept.tags):
            yield arn, kept.get_tag_dict_for_resource(arn)
    yield from Tags.everything(backend.account_id)
    for project in list(builds.codebuild_projects.values()):
        told = project.project_metadata
        yield told["arn"], {tag["key"]: tag["value"] for tag in told.get("tags") or []}
    for id, tags in list(backend.ec2_backend.tags.items()):
        kind = _EC2_KINDS.get(id.split("-")[0])
        if kind is not None:
            yield f"arn:aws:ec2:{region}:{backend.account_id}:{kind}/{id}", tags


def _is_of(arn: str, kinds: Iterable[str]) -> bool:
    """Kinds are `service` or `service:type`, as the ARN has them."""
    service, rest = arn.split(":", 5)[2::3]
    kind = f"{service}:{re.split('[:/]', rest)[0]}"
    return not kinds or service in kinds or kind in kinds


def _has(tags: dict[str, str], filters: Iterable[dict]) -> bool:
    """Each filter names a key, and the values of which it has to have one, if any."""
    return all(
        wanted["Key"] in tags and (not wanted.get("Values") or tags[wanted["Key"]] in wanted["Values"])
        for wanted in filters
    )
