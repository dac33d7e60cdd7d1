"""Cache subnet groups: what moto lacks of them."""

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import found, graft, problem


@closes("elasticache-subnet-groups")
def complete_subnet_groups() -> None:
    from moto.elasticache.responses import ElastiCacheResponse

    graft(ElastiCacheResponse, Operations)


def _groups(self):
    return self.elasticache_backend.cache_subnet_groups


def _group(self, name):
    return found(_groups(self), name, "CacheSubnetGroupNotFoundFault", f"CacheSubnetGroup {name} not found.")


class Operations:
    def modify_cache_subnet_group(self):
        """ModifyCacheSubnetGroup"""
        from moto.elasticache.models import CacheSubnetGroup

        name = self._get_param("CacheSubnetGroupName")
        old = _group(self, name)
        group = CacheSubnetGroup(
            account_id=self.current_account,
            region_name=self.region,
            cache_subnet_group_name=name,
            cache_subnet_group_description=self._get_param("CacheSubnetGroupDescription")
            or old.cache_subnet_group_description,
            subnet_ids=self._get_param("SubnetIds") or old.subnet_ids,
            tags=old.tags,
        )
        _groups(self)[name] = group
        return ActionResult({"CacheSubnetGroup": group})

    def delete_cache_subnet_group(self):
        """DeleteCacheSubnetGroup: not while a cluster is in it."""
        from emulator.services.elasticache.replication_groups import users_of

        name = self._get_param("CacheSubnetGroupName")
        _group(self, name)
        users = users_of(self, "CacheSubnetGroupName", name)
        if users:
            raise problem(
                "CacheSubnetGroupInUse",
                f"Cache subnet group {name} is currently in use by {', '.join(users)}.",
            )
        del _groups(self)[name]
        return EmptyResult()
