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


MINUTE = 60_000
NOW = 1_790_000_000_000


def reported(service: dict, deployments: list[dict], **more: object) -> dict:
    """A report: what the scheduler has made of the deployments that it knows, the newest first."""
    running = sum(one["runningCount"] for one in deployments)
    return {
        "service": service["serviceArn"],
        "cluster": service["clusterArn"],
        "taskDefinition": deployments[0]["taskDefinition"],
        "desiredCount": 3,
        "runningCount": running,
        "pendingCount": 1,
        "deployments": deployments,
        "events": [{"createdAt": NOW, "message": "(service app) has reached a steady state."}],
        "tasks": [],
        **more,
    }


def seen(service: dict, deployment: dict, status: str, running: int, state: str) -> dict:
    return {
        "id": deployment["id"],
        "status": status,
        "taskDefinition": deployment["taskDefinition"],
        "desiredCount": 3,
        "pendingCount": 0,
        "runningCount": running,
        "failedTasks": 0,
        "rolloutState": state,
        "rolloutStateReason": f"{state} it is.",
        "createdAt": NOW - MINUTE,
        "updatedAt": NOW,
    }


@check("ecs-reports")
def reports(aws: Aws) -> None:
    ecs = aws("ecs")
    service = service_of(aws, "reported")
    [first] = service["deployments"]
    where = {"cluster": "reported", "service": "app"}

    def now() -> tuple:
        told = ecs.describe_services(cluster="reported", services=["app"])["services"][0]
        deployments = [
            (one["id"], one["status"], one["desiredCount"], one["runningCount"], one["rolloutState"])
            for one in told["deployments"]
        ]
        definition = told["taskDefinition"].split(":")[-1]
        return definition, (told["desiredCount"], told["runningCount"], told["pendingCount"]), deployments

    aws.post("ecs-services", reported(service, [seen(service, first, "PRIMARY", 1, "PENDING")]))
    same(now(), ("1", (3, 1, 1), [(first["id"], "PRIMARY", 3, 1, "IN_PROGRESS")]))
    aws.post("ecs-services", reported(service, [seen(service, first, "PRIMARY", 3, "COMPLETED")]))
    told = ecs.describe_services(cluster="reported", services=["app"])["services"][0]
    same(told["deployments"][0]["rolloutStateReason"], "COMPLETED it is.")
    same([event["message"] for event in told["events"]], ["(service app) has reached a steady state."])
    [again] = ecs.describe_services(cluster="reported", services=["app"])["services"][0]["events"]
    same(again["id"], told["events"][0]["id"])

    # A count is no deployment; nor is an update that changes nothing.
    ecs.update_service(**where, desiredCount=4, taskDefinition="reported-family")
    same(now(), ("1", (4, 3, 1), [(first["id"], "PRIMARY", 4, 3, "COMPLETED")]))
    ecs.update_service(**where, desiredCount=3)

    def release() -> dict:
        register(aws, "reported-family", 1)
        return ecs.update_service(**where, taskDefinition="reported-family")["service"]["deployments"][0]

    second = release()
    old = (first["id"], "ACTIVE", 3, 3, "COMPLETED")
    same(now(), ("2", (3, 3, 1), [(second["id"], "PRIMARY", 3, 0, "IN_PROGRESS"), old]))
    # From before the scheduler heard of it, also of the count.
    stale = reported(service, [seen(service, first, "PRIMARY", 2, "COMPLETED")], desiredCount=9)
    aws.post("ecs-services", stale)
    old = (first["id"], "ACTIVE", 3, 2, "COMPLETED")
    same(now(), ("2", (3, 2, 1), [(second["id"], "PRIMARY", 3, 0, "IN_PROGRESS"), old]))
    going = [seen(service, second, "PRIMARY", 1, "IN_PROGRESS"), seen(service, first, "ACTIVE", 2, "COMPLETED")]
    aws.post("ecs-services", reported(service, going))
    same(now()[1:], ((3, 3, 1), [(second["id"], "PRIMARY", 3, 1, "IN_PROGRESS"), old]))
    # Undone: the first is the primary one again.
    undone = [seen(service, first, "PRIMARY", 3, "IN_PROGRESS"), seen(service, second, "ACTIVE", 0, "FAILED")]
    aws.post("ecs-services", reported(service, undone))
    back = (first["id"], "PRIMARY", 3, 3, "IN_PROGRESS")
    same(now(), ("1", (3, 3, 1), [back, (second["id"], "ACTIVE", 3, 0, "FAILED")]))
    gone = [seen(service, first, "PRIMARY", 3, "COMPLETED"), seen(service, second, "INACTIVE", 0, "FAILED")]
    aws.post("ecs-services", reported(service, gone))
    same(now(), ("1", (3, 3, 1), [(first["id"], "PRIMARY", 3, 3, "COMPLETED")]))

    forced = ecs.update_service(**where, forceNewDeployment=True)["service"]["deployments"]
    same([one["status"] for one in forced], ["PRIMARY", "ACTIVE"])
    assert forced[0]["id"] not in (first["id"], second["id"]), "a forced deployment is a new one"
    # Deleted, and made anew: nobody reports that one yet.
    ecs.delete_service(**where, force=True)
    aws.post("ecs-services", reported(service, gone))
    ecs.create_service(
        cluster="reported", serviceName="app", taskDefinition="reported-family", desiredCount=2
    )
    same(now()[1], (2, 2, 0))


@check("ecs-reported-tasks")
def reported_tasks(aws: Aws) -> None:
    ecs = aws("ecs")
    service = service_of(aws, "ran")
    [deployment] = service["deployments"]

    def task(number: int, **more: object) -> dict:
        return {
            "taskArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/ran/{number:032d}",
            "taskDefinitionArn": deployment["taskDefinition"],
            "startedBy": deployment["id"],
            "lastStatus": "RUNNING",
            "desiredStatus": "RUNNING",
            "healthStatus": "UNKNOWN",
            "capacityProviderName": "FARGATE_SPOT",
            "availabilityZone": "eu-west-1b",
            "createdAt": NOW,
            "startedAt": NOW + MINUTE,
            "containers": [{"name": "app"}],
            **more,
        }

    stopped = {
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "app", "exitCode": 137}],
    }
    told = [task(1), task(2), task(3, **stopped)]
    arns = [one["taskArn"] for one in told]
    deployments = [seen(service, deployment, "PRIMARY", 2, "IN_PROGRESS")]
    aws.post("ecs-services", reported(service, deployments, tasks=told))

    def listed(**asked: object) -> list[str]:
        return ecs.list_tasks(cluster="ran", **asked)["taskArns"]

    same(listed(), arns[:2])
    same(listed(serviceName="app", desiredStatus="STOPPED"), arns[2:])
    same(listed(startedBy=deployment["id"]), arns[:2])
    same((listed(family="ran-family"), listed(family="ran")), (arns[:2], []))
    refused("ServiceNotFoundException", ecs.list_tasks, cluster="ran", serviceName="other")
    pages = ecs.get_paginator("list_tasks").paginate(cluster="ran", PaginationConfig={"PageSize": 1})
    same([page["taskArns"] for page in pages], [[arn] for arn in arns[:2]])

    answer = ecs.describe_tasks(cluster="ran", tasks=[arns[2], arns[0].split("/")[-1], "f" * 32])
    same([one["taskArn"] for one in answer["tasks"]], [arns[2], arns[0]])
    same([one["reason"] for one in answer["failures"]], ["MISSING"])
    ended, running = answer["tasks"]
    same((running["group"], running["launchType"]), ("service:app", "FARGATE"))
    same((running["capacityProviderName"], running["availabilityZone"]), ("FARGATE_SPOT", "eu-west-1b"))
    same(running["startedAt"] - running["createdAt"], timedelta(minutes=1))
    same(("stoppedAt" in running, "stoppedAt" in ended), (False, True))
    same((ended["stopCode"], ended["containers"][0]["exitCode"]), ("EssentialContainerExited", 137))
    ecs.delete_service(cluster="ran", service="app", force=True)
    same(listed(), [])


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
