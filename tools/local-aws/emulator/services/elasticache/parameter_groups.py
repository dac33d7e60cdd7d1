"""Cache parameter groups."""

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import Shelf, found, graft, problem
from emulator.services.elasticache.naming import arn, tag

groups = Shelf("elasticache parameter groups")
#: Values that were set, by group.
values = Shelf("elasticache parameters")


@closes("elasticache-parameter-groups")
def add_parameter_groups() -> None:
    from moto.elasticache.responses import ElastiCacheResponse

    graft(ElastiCacheResponse, Operations)


def _group(self, name):
    message = f"CacheParameterGroup {name} not found."
    return found(groups.of(self), name, "CacheParameterGroupNotFound", message)


class Operations:
    def create_cache_parameter_group(self):
        """CreateCacheParameterGroup"""
        name = self._get_param("CacheParameterGroupName")
        if name in groups.of(self):
            raise problem("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists.")
        group = {
            "CacheParameterGroupName": name,
            "CacheParameterGroupFamily": self._get_param("CacheParameterGroupFamily"),
            "Description": self._get_param("Description"),
            "IsGlobal": False,
            "ARN": arn(self, "parametergroup", name),
        }
        groups.of(self)[name] = group
        values.of(self)[name] = {}
        tag(self, group["ARN"])
        return ActionResult({"CacheParameterGroup": group})

    def describe_cache_parameter_groups(self):
        """DescribeCacheParameterGroups"""
        name = self._get_param("CacheParameterGroupName")
        listed = [_group(self, name)] if name else list(groups.of(self).values())
        return ActionResult({"CacheParameterGroups": listed})

    def describe_cache_parameters(self):
        """DescribeCacheParameters: those that were set (Source: user); the engine's own are not known here."""
        name = self._get_param("CacheParameterGroupName")
        _group(self, name)
        of_user = self._get_param("Source") in (None, "user")
        told = [
            {"ParameterName": parameter, "ParameterValue": value, "Source": "user", "IsModifiable": True}
            for parameter, value in values.of(self)[name].items()
        ]
        return ActionResult({"Parameters": told if of_user else []})

    def modify_cache_parameter_group(self):
        """ModifyCacheParameterGroup"""
        name = self._get_param("CacheParameterGroupName")
        _group(self, name)
        for parameter in self._get_param("ParameterNameValues") or []:
            values.of(self)[name][parameter["ParameterName"]] = parameter.get("ParameterValue")
        return ActionResult({"CacheParameterGroupName": name})

    def reset_cache_parameter_group(self):
        """ResetCacheParameterGroup"""
        name = self._get_param("CacheParameterGroupName")
        _group(self, name)
        if self._get_param("ResetAllParameters"):
            values.of(self)[name].clear()
        for parameter in self._get_param("ParameterNameValues") or []:
            values.of(self)[name].pop(parameter["ParameterName"], None)
        return ActionResult({"CacheParameterGroupName": name})

    def delete_cache_parameter_group(self):
        """DeleteCacheParameterGroup: not while a cache cluster is associated with it."""
        from emulator.services.elasticache.replication_groups import users_of

        name = self._get_param("CacheParameterGroupName")
        _group(self, name)
        users = users_of(self, "CacheParameterGroupName", name)
        if users:
            raise problem(
                "InvalidCacheParameterGroupState",
                f"One or more cache clusters are still members of this parameter group {name}, "
                f"so the group cannot be deleted: {', '.join(users)}",
            )
        del groups.of(self)[name], values.of(self)[name]
        return EmptyResult()
