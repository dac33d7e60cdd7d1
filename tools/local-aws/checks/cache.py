"""ElastiCache."""

import json
from urllib.request import urlopen

from checks.aws import ACCOUNT, Aws, check, refused, same

ARN = f"arn:aws:elasticache:eu-west-1:{ACCOUNT}"


def group_of(aws: Aws, name: str, **more: object) -> dict:
    answer = aws("elasticache").create_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription=name,
        Engine="redis",
        EngineVersion="7.1",
        CacheNodeType="cache.t4g.small",
        **more,
    )
    return answer["ReplicationGroup"]


@check("elasticache-parameter-groups")
def parameter_groups(aws: Aws) -> None:
    cache = aws("elasticache")
    cache.create_cache_parameter_group(
        CacheParameterGroupName="own", CacheParameterGroupFamily="redis7", Description="own"
    )
    cache.modify_cache_parameter_group(
        CacheParameterGroupName="own",
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "noeviction"}],
    )
    told = cache.describe_cache_parameters(CacheParameterGroupName="own", Source="user")["Parameters"]
    same([(one["ParameterName"], one["ParameterValue"]) for one in told], [("maxmemory-policy", "noeviction")])
    cache.delete_cache_parameter_group(CacheParameterGroupName="own")
    code = "CacheParameterGroupNotFound"
    refused(code, cache.describe_cache_parameter_groups, CacheParameterGroupName="own")


@check("elasticache-replication-groups")
def replication_groups(aws: Aws) -> None:
    cache = aws("elasticache")
    group_of(aws, "pair", NumCacheClusters=2, AutomaticFailoverEnabled=True, SnapshotRetentionLimit=1)
    told = cache.describe_replication_groups(ReplicationGroupId="pair")["ReplicationGroups"][0]
    roles = [member["CurrentRole"] for member in told["NodeGroups"][0]["NodeGroupMembers"]]
    same((told["MemberClusters"], roles), (["pair-001", "pair-002"], ["primary", "replica"]))
    address = told["NodeGroups"][0]["PrimaryEndpoint"]["Address"]
    assert address.endswith(".euw1.cache.amazonaws.com"), address
    node = cache.describe_cache_clusters(CacheClusterId="pair-002")["CacheClusters"][0]
    same((node["EngineVersion"], node["ReplicationGroupId"]), ("7.1.0", "pair"))

    cache.modify_replication_group(ReplicationGroupId="pair", SnapshotRetentionLimit=7, ApplyImmediately=True)
    cache.increase_replica_count(ReplicationGroupId="pair", NewReplicaCount=2, ApplyImmediately=True)
    cache.test_failover(ReplicationGroupId="pair", NodeGroupId="0001")
    told = cache.describe_replication_groups(ReplicationGroupId="pair")["ReplicationGroups"][0]
    roles = [member["CurrentRole"] for member in told["NodeGroups"][0]["NodeGroupMembers"]]
    same((told["SnapshotRetentionLimit"], roles), (7, ["replica", "primary", "replica"]))

    group_of(aws, "shards", NumNodeGroups=3, ReplicasPerNodeGroup=1, AutomaticFailoverEnabled=True)
    shards = cache.describe_replication_groups(ReplicationGroupId="shards")["ReplicationGroups"][0]
    slots = [shard["Slots"] for shard in shards["NodeGroups"]]
    same((shards["ClusterEnabled"], slots), (True, ["0-5460", "5461-10921", "10922-16383"]))
    cache.delete_replication_group(ReplicationGroupId="shards")

    cache.delete_replication_group(ReplicationGroupId="pair", FinalSnapshotIdentifier="last")
    refused("ReplicationGroupNotFoundFault", cache.describe_replication_groups, ReplicationGroupId="pair")
    snapshots = cache.describe_snapshots(SnapshotName="last")["Snapshots"]
    same([snapshot["ReplicationGroupId"] for snapshot in snapshots], ["pair"])
    tokens_change(aws)


FIRST, SECOND, THIRD = "first-token-of-all", "second-token-of-all", "third-token-of-all"


def tokens_change(aws: Aws) -> None:
    cache = aws("elasticache")
    group_of(aws, "locked", NumCacheClusters=1, TransitEncryptionEnabled=True, AuthToken=FIRST)
    name = {"ReplicationGroupId": "locked"}

    def described() -> tuple[str, str | None]:
        told = cache.describe_replication_groups(**name)["ReplicationGroups"][0]
        return told["Status"], told["PendingModifiedValues"].get("AuthTokenStatus")

    def begin(strategy: str, token: str) -> None:
        cache.modify_replication_group(
            **name, AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=True
        )

    def changed() -> object:
        return cache.describe_replication_groups(**name)["ReplicationGroups"][0]["AuthTokenLastModifiedDate"]

    def valid() -> list[str]:
        return json.loads(urlopen(f"{aws.endpoint}/_local-aws/redis-tokens").read())["locked"]

    first_change = changed()
    refused("InvalidParameterCombination", begin, strategy="SET", token=SECOND)
    refused("InvalidParameterCombination", begin, strategy="DELETE", token=SECOND)
    for bad in ("too-short", "with/a/slash/in/it", "with@an@at@in@it", 'with"a"quote"in"it', "x" * 129):
        refused("InvalidParameterValue", begin, strategy="ROTATE", token=bad)

    begin("ROTATE", SECOND)
    refused("InvalidReplicationGroupState", begin, strategy="ROTATE", token=THIRD)
    same((described(), valid()), (("modifying", "ROTATING"), [FIRST]))
    same((described(), valid()), (("available", None), [FIRST, SECOND]))
    assert changed() > first_change, f"{changed()} is not after {first_change}"
    begin("ROTATE", THIRD)
    same((described(), described(), valid()), (("modifying", "ROTATING"), ("available", None), [SECOND, THIRD]))
    refused("InvalidParameterCombination", begin, strategy="SET", token=SECOND)
    begin("SET", THIRD)
    same((described(), valid()), (("modifying", "SETTING"), [SECOND, THIRD]))
    same((described(), valid()), (("available", None), [THIRD]))
    cache.delete_replication_group(**name)


@check("elasticache-serverless")
def serverless(aws: Aws) -> None:
    cache = aws("elasticache")
    cache.create_serverless_cache(ServerlessCacheName="small", Engine="valkey", DailySnapshotTime="04:00")
    cache.modify_serverless_cache(ServerlessCacheName="small", Description="changed")
    told = cache.describe_serverless_caches(ServerlessCacheName="small")["ServerlessCaches"][0]
    same((told["Description"], told["Status"], told["DailySnapshotTime"]), ("changed", "available", "04:00"))
    cache.delete_serverless_cache(ServerlessCacheName="small")
    refused("ServerlessCacheNotFoundFault", cache.describe_serverless_caches, ServerlessCacheName="small")


@check("elasticache-subnet-groups")
def subnet_groups(aws: Aws) -> None:
    cache, ec2 = aws("elasticache"), aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    name = {"CacheSubnetGroupName": "own"}
    cache.create_cache_subnet_group(**name, CacheSubnetGroupDescription="own", SubnetIds=[subnet])
    cache.modify_cache_subnet_group(**name, CacheSubnetGroupDescription="changed")
    told = cache.describe_cache_subnet_groups(**name)["CacheSubnetGroups"][0]
    same(told["CacheSubnetGroupDescription"], "changed")
    cache.delete_cache_subnet_group(**name)
    refused("CacheSubnetGroupNotFoundFault", cache.describe_cache_subnet_groups, **name)


@check("elasticache-tags")
def tags(aws: Aws) -> None:
    for kind in ("parametergroup", "usergroup", "serverlesscache"):
        tagged = {"ResourceName": f"{ARN}:{kind}:any"}
        same(aws("elasticache").list_tags_for_resource(**tagged)["TagList"], [])


@check("elasticache-user-groups")
def user_groups(aws: Aws) -> None:
    cache = aws("elasticache")
    cache.create_user_group(UserGroupId="team", Engine="Redis", UserIds=["default"])
    cache.modify_user_group(UserGroupId="team", UserIdsToAdd=["more"])
    told = cache.describe_user_groups(UserGroupId="team")["UserGroups"][0]
    same((told["UserIds"], told["Status"], told["Engine"]), (["default", "more"], "active", "redis"))
    cache.delete_user_group(UserGroupId="team")
    refused("UserGroupNotFound", cache.describe_user_groups, UserGroupId="team")


@check("elasticache-deletes")
def deletes(aws: Aws) -> None:
    cache = aws("elasticache")
    cache.create_user(
        UserId="app", UserName="app", Engine="redis", AccessString="on ~* +@all", NoPasswordRequired=True
    )
    cache.delete_user(UserId="app")
    refused("UserNotFound", cache.describe_users, UserId="app")
    cache.create_cache_cluster(CacheClusterId="one", Engine="redis", CacheNodeType="cache.t4g.micro")
    cache.delete_cache_cluster(CacheClusterId="one")
    refused("CacheClusterNotFound", cache.describe_cache_clusters, CacheClusterId="one")
