"""Tags of everything that ElastiCache holds."""

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import wrap


@closes("elasticache-tags")
def know_every_kind() -> None:
    """ListTagsForResource. moto's pattern of ARNs leaves out some kinds."""
    from moto.elasticache.responses import ElastiCacheResponse

    @wrap(ElastiCacheResponse, "list_tags_for_resource")
    def list_tags_for_resource(_original, self):
        tagging = self.elasticache_backend.tagging_service
        tags = tagging.list_tags_for_resource(self._get_param("ResourceName"))["Tags"]
        return ActionResult({"TagList": tags})
