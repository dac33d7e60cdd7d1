"""Amazon Route 53."""

from emulator.gaps import closes
from emulator.kit import wrap


@closes("route53-record-again")
def allow_records_again() -> None:
    """ChangeResourceRecordSets: what was deleted can be created again."""
    from moto.route53.models import Route53Backend

    @wrap(Route53Backend, "change_resource_record_sets")
    def change_resource_record_sets(original, self, zone_id, changes):
        zone = self.get_hosted_zone(zone_id)
        here = {(record.name.strip("."), record.type) for record in zone.rrsets}
        for change in changes:
            record = change["ResourceRecordSet"]
            if change["Action"] == "CREATE" and (record["Name"].strip("."), record["Type"]) not in here:
                # moto looks for a second CREATE in the journal of all that ever happened.
                while change in zone.rr_changes:
                    zone.rr_changes.remove(change)
        return original(self, zone_id, changes)


@closes("route53-private-zone")
def make_zones_with_vpc_private() -> None:
    """CreateHostedZone: a zone with a VPC is a private one; PrivateZone need not be said."""
    from moto.route53.responses import Route53

    @wrap(Route53, "create_hosted_zone")
    def create_hosted_zone(original, self):
        if self.params.get("VPC"):
            self.params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
        return original(self)


@closes("route53-zone-ids")
def begin_ids_with_z() -> None:
    """CreateHostedZone: the id of a zone begins with Z."""
    from moto.route53.models import HostedZoneIdentifier

    @wrap(HostedZoneIdentifier, "generate")
    def generate(original, self, *args, **kwargs):
        return "Z" + original(self, *args, **kwargs)[1:]
