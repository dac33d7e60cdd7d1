"""AWS Cloud Map."""

from emulator.gaps import closes
from emulator.kit import wrap


@closes("servicediscovery-zone")
def delete_zone_with_namespace() -> None:
    """DeleteNamespace: the hosted zone that came with a DNS namespace goes with it."""
    from moto.route53.models import route53_backends
    from moto.servicediscovery.models import ServiceDiscoveryBackend

    @wrap(ServiceDiscoveryBackend, "delete_namespace")
    def delete_namespace(original, self, namespace_id):
        namespace = self.namespaces.get(namespace_id)
        operation = original(self, namespace_id)
        zone = (namespace.dns_properties or {}).get("HostedZoneId")
        if zone:
            route53_backends[self.account_id][self.partition].zones.pop(zone.split("/")[-1], None)
        return operation
