"""Replication groups, and the cache clusters that are their nodes."""

from datetime import datetime, timezone
from typing import Any

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import Shelf, found, graft, problem, wrap
from emulator.services.elasticache import auth_tokens
from emulator.services.elasticache.naming import arn, domain, tag, untag
from emulator.services.elasticache.parameter_groups import values

#: By id: what is asked for, changed by every modification; answers are made of it.
asked_groups = Shelf("elasticache replication groups")

#: The patch release that AWS takes for a version that was asked for without one.
_FULL_VERSIONS = {"7.0": "7.0.7", "7.1": "7.1.0", "7.2": "7.2.6", "8.0": "8.0.1", "8.1": "8.1.0"}

_SLOTS = 16384


@closes("elasticache-replication-groups")
def add_replication_groups() -> None:
    from moto.elasticache.responses import ElastiCacheResponse

    graft(ElastiCacheResponse, Operations)

    @wrap(ElastiCacheResponse, "describe_cache_clusters")
    def describe_cache_clusters(original, self):
        """DescribeCacheClusters: nodes of replication groups are cache clusters."""
        nodes = _nodes(self)
        wanted = self._get_param("CacheClusterId")
        if wanted in nodes:
            return ActionResult({"CacheClusters": [nodes[wanted]]})
        answer = original(self)
        if not wanted:
            answer.result["CacheClusters"] = [*answer.result["CacheClusters"], *nodes.values()]
        return answer


def users_of(response: Any, field: str, value: str) -> list[str]:
    """Ids of the groups whose field has this value, or holds it."""
    return [
        group_id
        for group_id, asked in asked_groups.of(response).items()
        if asked.get(field) == value or (isinstance(asked.get(field), list) and value in asked[field])
    ]


class Operations:
    def create_replication_group(self):
        """CreateReplicationGroup"""
        asked = dict(self._get_params())
        group_id = asked["ReplicationGroupId"]
        if group_id in asked_groups.of(self):
            raise problem(
                "ReplicationGroupAlreadyExists", f"Replication group {group_id} already exists."
            )
        auth_tokens.create(self, group_id, asked)
        asked["created"] = datetime.now(timezone.utc)
        asked_groups.of(self)[group_id] = asked
        tag(self, arn(self, "replicationgroup", group_id))
        return ActionResult({"ReplicationGroup": _told(self, asked)})

    def describe_replication_groups(self):
        """DescribeReplicationGroups"""
        group_id = self._get_param("ReplicationGroupId")
        listed = [_asked(self, group_id)] if group_id else asked_groups.of(self).values()
        for asked in listed:
            auth_tokens.look(self, asked["ReplicationGroupId"])
        return ActionResult({"ReplicationGroups": [_told(self, asked) for asked in listed]})

    def modify_replication_group(self):
        """ModifyReplicationGroup: all but a token is applied at once, whatever ApplyImmediately says."""
        changes = {key: value for key, value in self._get_params().items() if value is not None}
        asked = _asked(self, changes["ReplicationGroupId"])
        auth_tokens.change(self, changes["ReplicationGroupId"], changes)
        users = [user for user in asked.get("UserGroupIds") or []]
        removed = changes.pop("UserGroupIdsToRemove", None) or []
        added = changes.pop("UserGroupIdsToAdd", None) or []
        asked["UserGroupIds"] = [user for user in users if user not in removed] + list(added)
        asked.update(changes)
        return ActionResult({"ReplicationGroup": _told(self, asked)})

    def increase_replica_count(self):
        """IncreaseReplicaCount"""
        return _change_replica_count(self)

    def decrease_replica_count(self):
        """DecreaseReplicaCount"""
        return _change_replica_count(self)

    def modify_replication_group_shard_configuration(self):
        """ModifyReplicationGroupShardConfiguration"""
        asked = _asked(self, self._get_param("ReplicationGroupId"))
        asked["NumNodeGroups"] = self._get_param("NodeGroupCount")
        return ActionResult({"ReplicationGroup": _told(self, asked)})

    def test_failover(self):
        """TestFailover: the next node becomes the primary."""
        asked = _asked(self, self._get_param("ReplicationGroupId"))
        if not asked.get("AutomaticFailoverEnabled"):
            raise problem(
                "InvalidReplicationGroupState", "Automatic failover is not enabled on the replication group."
            )
        asked["failovers"] = asked.get("failovers", 0) + 1
        return ActionResult({"ReplicationGroup": _told(self, asked)})

    def delete_replication_group(self):
        """DeleteReplicationGroup: FinalSnapshotIdentifier leaves a snapshot."""
        group_id = self._get_param("ReplicationGroupId")
        asked = _asked(self, group_id)
        told = {**_told(self, asked), "Status": "deleting"}
        final = self._get_param("FinalSnapshotIdentifier")
        if final:
            _keep_snapshot(self, final, asked)
        del asked_groups.of(self)[group_id]
        auth_tokens.drop(self, group_id)
        untag(self, told["ARN"])
        return ActionResult({"ReplicationGroup": told})


def _asked(response: Any, group_id: str) -> dict:
    message = f"ReplicationGroup {group_id} not found."
    return found(asked_groups.of(response), group_id, "ReplicationGroupNotFoundFault", message)


def _change_replica_count(response: Any) -> ActionResult:
    asked = _asked(response, response._get_param("ReplicationGroupId"))
    count = response._get_param("NewReplicaCount")
    if count is not None:
        if _has_shards(response, asked) or asked.get("ReplicasPerNodeGroup") is not None:
            asked["ReplicasPerNodeGroup"] = count
        else:
            asked["NumCacheClusters"] = count + 1
    return ActionResult({"ReplicationGroup": _told(response, asked)})


def _has_shards(response: Any, asked: dict) -> bool:
    """Whether cluster mode is enabled: asked for, or by the parameter group."""
    parameters = asked.get("CacheParameterGroupName") or ""
    return (
        asked.get("ClusterMode") == "enabled"
        or (asked.get("NumNodeGroups") or 0) > 1
        or parameters.endswith(".cluster.on")
        or values.of(response).get(parameters, {}).get("cluster-enabled") == "yes"
    )


def _version_of(asked: dict) -> str:
    version = asked.get("EngineVersion") or ("8.0" if asked.get("Engine") == "valkey" else "7.1")
    return _FULL_VERSIONS.get(version, version)


def _node_ids(response: Any, asked: dict) -> list[list[str]]:
    """The ids of the nodes of each shard."""
    group_id = asked["ReplicationGroupId"]
    replicas = asked.get("ReplicasPerNodeGroup")
    if _has_shards(response, asked):
        nodes = range(1, (replicas or 0) + 2)
        shards = range(1, (asked.get("NumNodeGroups") or 1) + 1)
        return [[f"{group_id}-{shard:04d}-{node:03d}" for node in nodes] for shard in shards]
    count = replicas + 1 if replicas is not None else asked.get("NumCacheClusters") or 1
    return [[f"{group_id}-{node:03d}" for node in range(1, count + 1)]]


def _zone_of(response: Any, asked: dict, position: int) -> str:
    preferred = asked.get("PreferredCacheClusterAZs") or []
    return preferred[position] if position < len(preferred) else f"{response.region}{'abc'[position % 3]}"


def _told(response: Any, asked: dict) -> dict:
    """A replication group as DescribeReplicationGroups tells it."""
    group_id = asked["ReplicationGroupId"]
    has_shards = _has_shards(response, asked)
    own_domain = domain(response, group_id)
    port = asked.get("Port") or 6379
    shards = _node_ids(response, asked)
    encrypted = bool(asked.get("TransitEncryptionEnabled"))

    def member(node_id, position, count):
        told = {
            "CacheClusterId": node_id,
            "CacheNodeId": "0001",
            "PreferredAvailabilityZone": _zone_of(response, asked, position),
        }
        if not has_shards:
            is_primary = position == asked.get("failovers", 0) % count
            told["CurrentRole"] = "primary" if is_primary else "replica"
            told["ReadEndpoint"] = {"Address": f"{node_id}.{own_domain}", "Port": port}
        return told

    def shard(number, node_ids):
        told = {
            "NodeGroupId": f"{number + 1:04d}",
            "Status": "available",
            "NodeGroupMembers": [
                member(node_id, position, len(node_ids)) for position, node_id in enumerate(node_ids)
            ],
        }
        if has_shards:
            first, next_first = (_SLOTS * edge // len(shards) for edge in (number, number + 1))
            told["Slots"] = f"{first}-{next_first - 1}"
        else:
            told["PrimaryEndpoint"] = {"Address": f"master.{own_domain}", "Port": port}
            told["ReaderEndpoint"] = {"Address": f"replica.{own_domain}", "Port": port}
        return told

    told = {
        "ReplicationGroupId": group_id,
        "Description": asked.get("ReplicationGroupDescription"),
        "Status": "available",
        "MemberClusters": [node_id for node_ids in shards for node_id in node_ids],
        "NodeGroups": [shard(number, node_ids) for number, node_ids in enumerate(shards)],
        "SnapshottingClusterId": shards[-1][-1],
        "ARN": arn(response, "replicationgroup", group_id),
        "AutomaticFailover": "enabled" if asked.get("AutomaticFailoverEnabled") else "disabled",
        "MultiAZ": "enabled" if asked.get("MultiAZEnabled") else "disabled",
        "ClusterEnabled": has_shards,
        "ClusterMode": asked.get("ClusterMode") or ("enabled" if has_shards else "disabled"),
        "SnapshotRetentionLimit": asked.get("SnapshotRetentionLimit") or 0,
        "SnapshotWindow": asked.get("SnapshotWindow") or "05:00-06:00",
        "CacheNodeType": asked.get("CacheNodeType"),
        "TransitEncryptionEnabled": encrypted,
        "TransitEncryptionMode": asked.get("TransitEncryptionMode") or ("required" if encrypted else None),
        "AtRestEncryptionEnabled": bool(asked.get("AtRestEncryptionEnabled")),
        "KmsKeyId": asked.get("KmsKeyId"),
        "UserGroupIds": asked.get("UserGroupIds") or [],
        "LogDeliveryConfigurations": _log_deliveries(asked),
        "DataTiering": "enabled" if asked.get("DataTieringEnabled") else "disabled",
        "AutoMinorVersionUpgrade": asked.get("AutoMinorVersionUpgrade") is not False,
        "NetworkType": asked.get("NetworkType") or "ipv4",
        "IpDiscovery": asked.get("IpDiscovery") or "ipv4",
        "Engine": asked.get("Engine") or "redis",
        "ReplicationGroupCreateTime": asked["created"],
        **auth_tokens.told(response, group_id),
    }
    if has_shards:
        told["ConfigurationEndpoint"] = {"Address": f"clustercfg.{own_domain}", "Port": port}
    return told


def _log_deliveries(asked: dict) -> list[dict]:
    return [
        {**{key: value for key, value in delivery.items() if key != "Enabled"}, "Status": "active"}
        for delivery in asked.get("LogDeliveryConfigurations") or []
        if delivery.get("Enabled") is not False
    ]


def _nodes(response: Any) -> dict[str, dict]:
    """Every node of every group as DescribeCacheClusters tells it."""
    nodes = {}
    for group_id, asked in asked_groups.of(response).items():
        group = _told(response, asked)
        own_domain = domain(response, group_id)
        version = _version_of(asked)
        default_parameters = f"default.{group['Engine']}{version.split('.')[0]}" + (
            ".cluster.on" if group["ClusterEnabled"] else ""
        )
        topic = asked.get("NotificationTopicArn")
        shared = {
            key: group[key]
            for key in (
                "ReplicationGroupId",
                "CacheNodeType",
                "Engine",
                "AutoMinorVersionUpgrade",
                "SnapshotRetentionLimit",
                "SnapshotWindow",
                "AuthTokenEnabled",
                "TransitEncryptionEnabled",
                "TransitEncryptionMode",
                "AtRestEncryptionEnabled",
                "NetworkType",
                "IpDiscovery",
                "LogDeliveryConfigurations",
            )
        }
        for member in (member for shard in group["NodeGroups"] for member in shard["NodeGroupMembers"]):
            node_id, zone = member["CacheClusterId"], member["PreferredAvailabilityZone"]
            nodes[node_id] = {
                **shared,
                "CacheClusterId": node_id,
                "CacheClusterStatus": "available",
                "CacheClusterCreateTime": asked["created"],
                "EngineVersion": version,
                "NumCacheNodes": 1,
                "PreferredAvailabilityZone": zone,
                "PreferredMaintenanceWindow": asked.get("PreferredMaintenanceWindow") or "sun:05:00-sun:06:00",
                "CacheParameterGroup": {
                    "CacheParameterGroupName": asked.get("CacheParameterGroupName") or default_parameters,
                    "ParameterApplyStatus": "in-sync",
                    "CacheNodeIdsToReboot": [],
                },
                "CacheSubnetGroupName": asked.get("CacheSubnetGroupName") or "default",
                "SecurityGroups": [
                    {"SecurityGroupId": group_id, "Status": "active"}
                    for group_id in asked.get("SecurityGroupIds") or []
                ],
                "NotificationConfiguration": {"TopicArn": topic, "TopicStatus": "active"} if topic else None,
                "ARN": arn(response, "cluster", node_id),
                "CacheNodes": [
                    {
                        "CacheNodeId": "0001",
                        "CacheNodeStatus": "available",
                        "CustomerAvailabilityZone": zone,
                        "Endpoint": {"Address": f"{node_id}.{own_domain}", "Port": asked.get("Port") or 6379},
                        "ParameterGroupStatus": "in-sync",
                    }
                ],
            }
    return nodes


def _keep_snapshot(response: Any, name: str, asked: dict) -> None:
    from moto.elasticache.models import Snapshot

    backend = response.elasticache_backend
    if name in backend.snapshots:
        raise problem("SnapshotAlreadyExistsFault", f"Snapshot {name} already exists.")
    told = _told(response, asked)
    backend.snapshots[name] = Snapshot(
        account_id=response.current_account,
        region_name=response.region,
        automatic_failover=told["AutomaticFailover"],
        auto_minor_version_upgrade=told["AutoMinorVersionUpgrade"],
        cache_cluster_create_time=None,
        cache_cluster_id=told["SnapshottingClusterId"],
        cache_node_type=told["CacheNodeType"],
        cache_parameter_group_name=asked.get("CacheParameterGroupName"),
        cache_subnet_group_name=asked.get("CacheSubnetGroupName"),
        engine=told["Engine"],
        engine_version=_version_of(asked),
        kms_key_id=told["KmsKeyId"],
        num_cache_nodes=1,
        num_node_groups=len(told["NodeGroups"]),
        port=asked.get("Port") or 6379,
        preferred_availability_zone=None,
        preferred_maintenance_window=asked.get("PreferredMaintenanceWindow"),
        preferred_outpost_arn=None,
        replication_group_description=told["Description"],
        replication_group_id=told["ReplicationGroupId"],
        snapshot_name=name,
        snapshot_retention_limit=told["SnapshotRetentionLimit"],
        snapshot_source="manual",
        snapshot_status="available",
        snapshot_window=told["SnapshotWindow"],
        topic_arn=asked.get("NotificationTopicArn"),
        tags=[],
    )
