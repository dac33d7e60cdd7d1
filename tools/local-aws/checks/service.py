"""What runs the tasks."""

from datetime import datetime, timedelta, timezone

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


def register(aws: Aws, family: str, revisions: int) -> list[str]:
    """ARNs of that many revisions, the oldest first."""
    containers = [{"name": "app", "image": "app", "memory": 64}]
    made = [
        aws("ecs").register_task_definition(family=family, containerDefinitions=containers)
        for _ in range(revisions)
    ]
    return [one["taskDefinition"]["taskDefinitionArn"] for one in made]


@check("ecs-family")
def newest_of_family(aws: Aws) -> None:
    ecs = aws("ecs")
    first, second = register(aws, "released", 2)
    ecs.deregister_task_definition(taskDefinition=second)
    same(ecs.describe_task_definition(taskDefinition="released")["taskDefinition"]["taskDefinitionArn"], first)
    same(ecs.describe_task_definition(taskDefinition="released:2")["taskDefinition"]["status"], "INACTIVE")
    [third] = register(aws, "released", 1)
    same(third.split("/")[-1], "released:3")
    for revision in (first, third):
        ecs.deregister_task_definition(taskDefinition=revision)
    refused("ClientException", ecs.describe_task_definition, taskDefinition="released")


@check("ecs-inactive")
def inactive(aws: Aws) -> None:
    ecs = aws("ecs")
    service_of(aws, "releasing")
    old, new = register(aws, "releasing-family", 2)
    ecs.deregister_task_definition(taskDefinition=old)
    place = {"cluster": "releasing", "taskDefinition": old}
    refused("ClientException", ecs.create_service, serviceName="other", desiredCount=1, **place)
    refused("ClientException", ecs.update_service, service="app", **place)
    refused("ClientException", ecs.run_task, **place)
    ecs.update_service(cluster="releasing", service="app", taskDefinition=new)
    # What runs already goes on, and can be scaled.
    ecs.deregister_task_definition(taskDefinition=new)
    same(ecs.update_service(cluster="releasing", service="app", desiredCount=1)["service"]["runningCount"], 1)


@check("ecs-list-order")
def listed_in_order(aws: Aws) -> None:
    ecs = aws("ecs")
    later = register(aws, "order-b", 11)
    earlier = register(aws, "order-a", 1)
    ecs.deregister_task_definition(taskDefinition=later[4])

    def listed(**asked: object) -> list[str]:
        arns = ecs.list_task_definitions(**asked)["taskDefinitionArns"]
        return [arn for arn in arns if "/order-" in arn]

    active = [*later[:4], *later[5:]]
    same(listed(), earlier + active)
    same(listed(sort="DESC"), [*reversed(active), *earlier])
    same(listed(familyPrefix="order-b", sort="DESC", maxResults=2), [later[10], later[9]])
    same(listed(familyPrefix="order-b", status="INACTIVE"), [later[4]])
    same(listed(familyPrefix="order"), [])
    pages = ecs.get_paginator("list_task_definitions").paginate(
        familyPrefix="order-b", PaginationConfig={"PageSize": 3}
    )
    same([len(page["taskDefinitionArns"]) for page in pages], [3, 3, 3, 1])


@check("ecs-registered")
def registered(aws: Aws) -> None:
    ecs = aws("ecs")
    register(aws, "dated", 1)
    told = ecs.describe_task_definition(taskDefinition="dated:1")["taskDefinition"]
    age = datetime.now(timezone.utc) - told["registeredAt"]
    assert timedelta(seconds=-2) < age < timedelta(seconds=60), f"registered {age} ago"
    same(told["registeredBy"], aws("sts").get_caller_identity()["Arn"])
    same("deregisteredAt" in told, False)
    ended = ecs.deregister_task_definition(taskDefinition="dated:1")["taskDefinition"]
    assert ended["deregisteredAt"] >= told["registeredAt"], ended["deregisteredAt"]
    told = ecs.describe_task_definition(taskDefinition="dated:1")["taskDefinition"]
    same((told["deregisteredAt"], told["status"]), (ended["deregisteredAt"], "INACTIVE"))


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


def tagged_by_kind(aws: Aws) -> None:
    """The kinds that are looked for after an interrupted deploy."""
    pair = {"Key": "Environment", "Value": "tried"}
    events = aws("events")
    bus = events.create_event_bus(Name="found", Tags=[pair])["EventBusArn"]
    pattern = '{"source": ["cart"]}'
    rule = events.put_rule(Name="found", EventBusName="found", EventPattern=pattern, Tags=[pair])["RuleArn"]
    repository = aws("ecr").create_repository(repositoryName="found", tags=[pair])["repository"]["repositoryArn"]
    project = aws("codebuild").create_project(
        name="found",
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "ARM_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=f"arn:aws:iam::{ACCOUNT}:role/build",
        tags=[{"key": "Environment", "value": "tried"}],
    )["project"]["arn"]
    notification = aws("codestar-notifications").create_notification_rule(
        Name="found",
        EventTypeIds=["codepipeline-pipeline-pipeline-execution-failed"],
        Resource=f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:cart",
        Targets=[],
        DetailType="FULL",
        Tags={"Environment": "tried"},
    )["Arn"]
    aws("ssm").put_parameter(Name="/found", Value="x", Type="String", Tags=[pair])
    parameter = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/found"
    filters = [{"Key": "Environment", "Values": ["tried"]}]
    found = aws("resourcegroupstaggingapi").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    wanted = {bus, rule, repository, project, notification, parameter}
    same({one["ResourceARN"] for one in found}, wanted)
    same([one["Tags"] for one in found], [[pair]] * len(wanted))


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
    wanted = [{"ResourceType": "elastic-ip", "Tags": [{"Key": "Environment", "Value": "prod"}]}]
    address = aws("ec2").allocate_address(Domain="vpc", TagSpecifications=wanted)["AllocationId"]
    filters = [{"Key": "Environment", "Values": ["prod"]}]
    found = aws("resourcegroupstaggingapi").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    same([one["ResourceARN"] for one in found], [f"arn:aws:ec2:eu-west-1:{ACCOUNT}:elastic-ip/{address}"])
    kinds = ["elasticache:replicationgroup"]
    found = aws("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=kinds)["ResourceTagMappingList"]
    same([one["Tags"] for one in found if one["ResourceARN"] == group], [tags])
    tagged_by_kind(aws)
