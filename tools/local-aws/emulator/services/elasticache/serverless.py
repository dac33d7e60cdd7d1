"""Serverless caches."""

from datetime import datetime, timezone

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import Shelf, found, graft, problem
from emulator.services.elasticache.naming import arn, domain, tag, untag

caches = Shelf("elasticache serverless")


@closes("elasticache-serverless")
def add_serverless_caches() -> None:
    from moto.elasticache.responses import ElastiCacheResponse

    graft(ElastiCacheResponse, Operations)


def _cache(self):
    name = self._get_param("ServerlessCacheName")
    return found(caches.of(self), name, "ServerlessCacheNotFoundFault", f"Serverless cache {name} not found.")


class Operations:
    def create_serverless_cache(self):
        """CreateServerlessCache"""
        asked = dict(self._get_params())
        name = asked["ServerlessCacheName"]
        if name in caches.of(self):
            raise problem("ServerlessCacheAlreadyExistsFault", f"Serverless cache {name} already exists.")
        address = domain(self, f"{name}.serverless")
        version = asked.get("MajorEngineVersion") or ("8" if asked["Engine"] == "valkey" else "7")
        cache = {
            "SnapshotRetentionLimit": 0,
            "Description": " ",
            **{key: value for key, value in asked.items() if value is not None},
            "MajorEngineVersion": version,
            "FullEngineVersion": f"{version}.0",
            "ARN": arn(self, "serverlesscache", name),
            "Status": "available",
            "CreateTime": datetime.now(timezone.utc),
            "Endpoint": {"Address": address, "Port": 6379},
            "ReaderEndpoint": {"Address": address, "Port": 6380},
        }
        caches.of(self)[name] = cache
        tag(self, cache["ARN"])
        return ActionResult({"ServerlessCache": cache})

    def describe_serverless_caches(self):
        """DescribeServerlessCaches"""
        wanted = self._get_param("ServerlessCacheName")
        return ActionResult({"ServerlessCaches": [_cache(self)] if wanted else list(caches.of(self).values())})

    def modify_serverless_cache(self):
        """ModifyServerlessCache"""
        cache = _cache(self)
        cache.update({key: value for key, value in self._get_params().items() if value is not None})
        return ActionResult({"ServerlessCache": cache})

    def delete_serverless_cache(self):
        """DeleteServerlessCache"""
        cache = _cache(self)
        del caches.of(self)[cache["ServerlessCacheName"]]
        untag(self, cache["ARN"])
        return ActionResult({"ServerlessCache": {**cache, "Status": "deleting"}})
