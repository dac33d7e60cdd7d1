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
            told.add(resource["ResourceARN"])
            yield resource
        for arn, tags in [*self.elasticache_backend.tagging_service.tags.items(), *Tags.everything(self.account_id)]:
            is_here = arn.split(":")[3] == self.region_name
            if arn in told or not tags or not is_here:
                continue
            if _is_of(arn, resource_type_filters or []) and _has(tags, tag_filters or []):
                yield {
                    "ResourceARN": arn,
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }


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
