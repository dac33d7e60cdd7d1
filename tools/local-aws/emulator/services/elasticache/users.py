"""Users and user groups."""

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import Shelf, found, graft, problem, wrap
from emulator.services.elasticache.naming import arn, tag, untag

groups = Shelf("elasticache user groups")


@closes("elasticache-user-groups")
def add_user_groups() -> None:
    from moto.elasticache.responses import ElastiCacheResponse

    graft(ElastiCacheResponse, Operations)


@closes("elasticache-deletes")
def delete_at_once() -> None:
    """DeleteUser, DeleteCacheCluster: what was deleted is not found any more."""
    from moto.elasticache.responses import ElastiCacheResponse

    @wrap(ElastiCacheResponse, "delete_user")
    def delete_user(original, self):
        answer = original(self)
        self.elasticache_backend.users.pop(self._get_param("UserId"), None)
        return answer

    @wrap(ElastiCacheResponse, "delete_cache_cluster")
    def delete_cache_cluster(original, self):
        answer = original(self)
        self.elasticache_backend.cache_clusters.pop(self._get_param("CacheClusterId"), None)
        return answer


def _group(self):
    name = self._get_param("UserGroupId")
    return found(groups.of(self), name, "UserGroupNotFound", f"UserGroup {name} not found.")


def _told(self, group):
    from emulator.services.elasticache.replication_groups import users_of

    return {**group, "ReplicationGroups": users_of(self, "UserGroupIds", group["UserGroupId"])}


class Operations:
    def create_user_group(self):
        """CreateUserGroup"""
        name = self._get_param("UserGroupId")
        if name in groups.of(self):
            raise problem("UserGroupAlreadyExists", f"UserGroup {name} already exists.")
        group = {
            "UserGroupId": name,
            "Status": "active",
            "Engine": self._get_param("Engine").lower(),
            "UserIds": list(self._get_param("UserIds") or []),
            "MinimumEngineVersion": "6.0",
            "ServerlessCaches": [],
            "ARN": arn(self, "usergroup", name),
        }
        groups.of(self)[name] = group
        tag(self, group["ARN"])
        return ActionResult(_told(self, group))

    def describe_user_groups(self):
        """DescribeUserGroups"""
        listed = [_group(self)] if self._get_param("UserGroupId") else groups.of(self).values()
        return ActionResult({"UserGroups": [_told(self, group) for group in listed]})

    def modify_user_group(self):
        """ModifyUserGroup"""
        group = _group(self)
        removed = self._get_param("UserIdsToRemove") or []
        kept = [user for user in group["UserIds"] if user not in removed]
        group["UserIds"] = kept + list(self._get_param("UserIdsToAdd") or [])
        return ActionResult(_told(self, group))

    def delete_user_group(self):
        """DeleteUserGroup: not while a replication group uses it."""
        group = _group(self)
        if _told(self, group)["ReplicationGroups"]:
            raise problem("InvalidUserGroupState", "The user group is in use by a replication group.")
        del groups.of(self)[group["UserGroupId"]]
        untag(self, group["ARN"])
        return ActionResult({**_told(self, group), "Status": "deleting"})
