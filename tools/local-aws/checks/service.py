"""What runs the tasks."""

from checks.aws import ACCOUNT, Aws, check, refused, same


def service_of(aws: Aws, cluster: str, **more: object) -> dict:
    ecs = aws("ecs")
    ecs.create_cluster(clusterName=cluster)
    family = f"{cluster}-family"
    ecs.register_task_definition(
        family=family,
        containerDefinitions=[{"name": "app", "image": "app", "memory": 64}],
    )
    ecs.create_service(cluster=cluster, serviceName="app", taskDefinition=family, desiredCount=3, **more)
    return ecs.describe_services(cluster=cluster, services=["app"])["services"][0]


@check("ecs-service-settings")
def settings(aws: Aws) -> None:
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    service = service_of(
        aws,
        "kept",
        capacityProviderStrategy=strategy,
        healthCheckGracePeriodSeconds=60,
        enableECSManagedTags=True,
        availabilityZoneRebalancing="ENABLED",
    )
    same(service.get("capacityProviderStrategy"), strategy)
    same(service.get("healthCheckGracePeriodSeconds"), 60)
    same(service.get("enableECSManagedTags"), True)
    same(service.get("availabilityZoneRebalancing"), "ENABLED")
    assert "launchType" not in service, "a launch type beside a strategy"
    aws("ecs").update_service(cluster="kept", service="app", healthCheckGracePeriodSeconds=30)
    service = aws("ecs").describe_services(cluster="kept", services=["app"])["services"][0]
    same(service["healthCheckGracePeriodSeconds"], 30)
    same(service.get("capacityProviderStrategy"), strategy)


@check("ecs-service-steady")
def steady(aws: Aws) -> None:
    service = service_of(aws, "steady")
    same((service["runningCount"], service["pendingCount"]), (3, 0))
    same([deployment["rolloutState"] for deployment in service["deployments"]], ["COMPLETED"])
    aws("ecs").update_service(cluster="steady", service="app", desiredCount=5)
    service = aws("ecs").describe_services(cluster="steady", services=["app"])["services"][0]
    same((service["runningCount"], service["deployments"][0]["runningCount"]), (5, 5))


@check("autoscaling-tags")
def scaling_tags(aws: Aws) -> None:
    service_of(aws, "scaled")
    scaling = aws("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/scaled/app",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    arn = scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2, Tags={"Project": "cart"})[
        "ScalableTargetARN"
    ]
    same(scaling.list_tags_for_resource(ResourceARN=arn)["Tags"], {"Project": "cart"})
    scaling.tag_resource(ResourceARN=arn, Tags={"More": "1"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["Project"])
    same(scaling.list_tags_for_resource(ResourceARN=arn)["Tags"], {"More": "1"})


@check("stepfunctions-validation")
def state_machines(aws: Aws) -> None:
    states = aws("stepfunctions")
    definition = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    same(states.validate_state_machine_definition(definition=definition)["result"], "OK")
    same(states.validate_state_machine_definition(definition="{")["result"], "FAIL")
    arn = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:a"
    same(states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"], [])


@check("ecs-cluster-in-use")
def cluster_in_use(aws: Aws) -> None:
    service_of(aws, "used")
    refused("ClusterContainsServicesException", aws("ecs").delete_cluster, cluster="used")
    aws("ecs").delete_service(cluster="used", service="app", force=True)
    same(aws("ecs").delete_cluster(cluster="used")["cluster"]["status"], "INACTIVE")


@check("tagging-resources")
def tagged_resources(aws: Aws) -> None:
    aws("ecs").create_cluster(clusterName="untagged")
    aws("resourcegroupstaggingapi").get_resources()
    tags = [{"Key": "Environment", "Value": "dev"}]
    aws("elasticache").create_replication_group(
        ReplicationGroupId="tagged", ReplicationGroupDescription="tagged", Tags=tags
    )
    connection = aws("codeconnections").create_connection(ConnectionName="t", ProviderType="GitHub", Tags=tags)
    filters = [{"Key": "Environment", "Values": ["dev"]}]
    found = aws("resourcegroupstaggingapi").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    group = f"arn:aws:elasticache:eu-west-1:{ACCOUNT}:replicationgroup:tagged"
    same({one["ResourceARN"] for one in found}, {group, connection["ConnectionArn"]})
    kinds = ["elasticache:replicationgroup"]
    found = aws("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=kinds)["ResourceTagMappingList"]
    same([one["Tags"] for one in found if one["ResourceARN"] == group], [tags])
