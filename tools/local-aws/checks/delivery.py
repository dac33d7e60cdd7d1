"""What builds and releases."""

from checks.aws import ACCOUNT, Aws, check, refused, same

ROLE = f"arn:aws:iam::{ACCOUNT}:role/delivery"


def pipeline_of(name: str, kind: str = "V2") -> dict:
    def stage(name: str, category: str, provider: str) -> dict:
        action_type = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
        return {"name": name, "actions": [{"name": name, "actionTypeId": action_type}]}

    return {
        "name": name,
        "roleArn": ROLE,
        "pipelineType": kind,
        "executionMode": "QUEUED",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [stage("Source", "Source", "S3"), stage("Approve", "Approval", "Manual")],
    }


def project_of(name: str) -> dict:
    return {
        "name": name,
        "source": {"type": "CODEPIPELINE", "buildspec": "buildspec.yml"},
        "artifacts": {"type": "CODEPIPELINE"},
        "environment": {
            "type": "ARM_CONTAINER",
            "image": "aws/codebuild/amazonlinux2-aarch64-standard:3.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "privilegedMode": True,
            "environmentVariables": [{"name": "STAGE", "value": "dev"}, {"name": "RUN", "value": "none"}],
        },
        "serviceRole": ROLE,
        "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": "/builds"}},
        "concurrentBuildLimit": 2,
    }


@check("codepipeline")
def pipelines(aws: Aws) -> None:
    pipelines = aws("codepipeline")
    tags = [{"key": "Project", "value": "cart"}]
    pipelines.create_pipeline(pipeline=pipeline_of("cart"), tags=tags)
    refused("PipelineNameInUseException", pipelines.create_pipeline, pipeline=pipeline_of("cart"))
    told = pipelines.get_pipeline(name="cart")
    same((told["pipeline"]["pipelineType"], told["pipeline"]["executionMode"]), ("V2", "QUEUED"))
    arn = told["metadata"]["pipelineArn"]
    same(pipelines.list_tags_for_resource(resourceArn=arn)["tags"], tags)
    same(pipelines.update_pipeline(pipeline=pipeline_of("cart"))["pipeline"]["version"], 2)
    variables = {**pipeline_of("old", "V1"), "variables": [{"name": "tag"}]}
    refused("InvalidStructureException", pipelines.create_pipeline, pipeline=variables)
    pipelines.delete_pipeline(name="cart")
    refused("PipelineNotFoundException", pipelines.get_pipeline, name="cart")


@check("codepipeline-executions")
def executions(aws: Aws) -> None:
    pipelines = aws("codepipeline")
    pipelines.create_pipeline(pipeline=pipeline_of("played"))
    place = {"pipelineName": "played"}
    same(pipelines.list_pipeline_executions(**place)["pipelineExecutionSummaries"], [])
    moment = "2026-01-02T03:04:05.678Z"

    def tell(number: int, status: str, actions: list[str]) -> None:
        action = {"stageName": "Build", "status": "Succeeded", "startTime": moment}
        output = {"outputVariables": {"IMAGE_TAG": f"c{number}"}}
        aws.post(
            "pipeline-executions",
            {
                "pipeline": "played",
                "execution": {"pipelineExecutionId": f"run-{number}", "status": status, "startTime": moment},
                "actions": [{**action, "actionName": name, "output": output} for name in actions],
            },
        )

    for number, status in ((1, "Failed"), (2, "InProgress"), (2, "Succeeded")):
        tell(number, status, ["Source"] if status == "InProgress" else ["Source", "Build"])
    told = pipelines.list_pipeline_executions(**place)["pipelineExecutionSummaries"]
    same([(one["pipelineExecutionId"], one["status"]) for one in told], [("run-2", "Succeeded"), ("run-1", "Failed")])
    same((told[0]["startTime"].isoformat(), told[0]["executionMode"]), (f"{moment[:-1]}000+00:00", "QUEUED"))
    told = pipelines.get_pipeline_execution(**place, pipelineExecutionId="run-1")["pipelineExecution"]
    same((told["pipelineName"], told["pipelineVersion"], told["status"]), ("played", 1, "Failed"))

    def actions(**asked: object) -> list[tuple]:
        pages = pipelines.get_paginator("list_action_executions").paginate(
            **place, **asked, PaginationConfig={"PageSize": 3}
        )
        return [
            (one["pipelineExecutionId"], one["actionName"], one["output"]["outputVariables"]["IMAGE_TAG"])
            for page in pages
            for one in page["actionExecutionDetails"]
        ]

    of_first = [("run-1", "Build", "c1"), ("run-1", "Source", "c1")]
    same(actions(filter={"pipelineExecutionId": "run-1"}), of_first)
    same(actions(), [("run-2", "Build", "c2"), ("run-2", "Source", "c2"), *of_first])
    other = {"pipelineExecutionId": "run-3"}
    refused("PipelineExecutionNotFoundException", pipelines.list_action_executions, **place, filter=other)
    refused("PipelineNotFoundException", pipelines.list_action_executions, pipelineName="other")


@check("codebuild-builds")
def played_builds(aws: Aws) -> None:
    codebuild = aws("codebuild")
    codebuild.create_project(**project_of("played"))
    override = [{"name": "RUN", "value": "1", "type": "PLAINTEXT"}, {"name": "MORE", "value": "2"}]
    [first, second] = [
        codebuild.start_build(projectName="played", environmentVariablesOverride=override)["build"] for _ in range(2)
    ]
    assert first["id"].startswith("played:") and first["arn"].endswith(f":build/{first['id']}"), first
    same([(one["buildNumber"], one["buildStatus"]) for one in (first, second)], [(n, "IN_PROGRESS") for n in (1, 2)])
    same(
        [(one["name"], one["value"], one["type"]) for one in first["environment"]["environmentVariables"]],
        [(name, value, "PLAINTEXT") for name, value in (("STAGE", "dev"), ("RUN", "1"), ("MORE", "2"))],
    )
    same((first["source"]["buildspec"], first["logs"]["groupName"]), ("buildspec.yml", "/builds"))
    same(first["serviceRole"], ROLE)
    refused("ResourceNotFoundException", codebuild.start_build, projectName="other")

    ended = {"buildStatus": "FAILED", "buildComplete": True, "endTime": "2026-01-02T03:04:05.000Z"}
    exported = [{"name": "IMAGE_TAG", "value": "c1"}]
    aws.post("builds", {"id": first["id"], **ended, "exportedEnvironmentVariables": exported})
    answer = codebuild.batch_get_builds(ids=[first["arn"], second["id"], "played:0"])
    same([one["buildStatus"] for one in answer["builds"]], ["FAILED", "IN_PROGRESS"])
    same(answer["builds"][0]["endTime"].isoformat(), "2026-01-02T03:04:05+00:00")
    same((answer["builds"][0]["exportedEnvironmentVariables"], answer["buildsNotFound"]), (exported, ["played:0"]))
    for build, status in ((first, "FAILED"), (second, "STOPPED")):
        same(codebuild.stop_build(id=build["id"])["build"]["buildStatus"], status)
    newest_first = [second["id"], first["id"]]
    same(codebuild.list_builds_for_project(projectName="played")["ids"], newest_first)
    same(codebuild.list_builds(sortOrder="ASCENDING")["ids"][-2:], newest_first[::-1])
    codebuild.delete_project(name="played")
    told = [one for one in aws.get("builds") if one["projectName"] == "played"]
    same([(one["id"], one["buildStatus"]) for one in told], [(first["id"], "FAILED"), (second["id"], "STOPPED")])


@check("codebuild")
def builds(aws: Aws) -> None:
    codebuild = aws("codebuild")
    project = project_of("build")
    codebuild.create_project(**project)
    refused("ResourceAlreadyExistsException", codebuild.create_project, **project)
    codebuild.update_project(name="build", timeoutInMinutes=30)
    answer = codebuild.batch_get_projects(names=["build", "other"])
    told = answer["projects"][0]
    same(answer["projectsNotFound"], ["other"])
    same((told["timeoutInMinutes"], told["queuedTimeoutInMinutes"], told["concurrentBuildLimit"]), (30, 480, 2))
    same(told["environment"]["imagePullCredentialsType"], "CODEBUILD")
    exports = {"exportConfigType": "NO_EXPORT"}
    group = codebuild.create_report_group(name="tests", type="TEST", exportConfig=exports)
    arn = group["reportGroup"]["arn"]
    same(codebuild.batch_get_report_groups(reportGroupArns=[arn])["reportGroups"][0]["name"], "tests")
    codebuild.delete_report_group(arn=arn)
    codebuild.delete_project(name="build")
    same(codebuild.batch_get_projects(names=["build"])["projects"], [])


@check("codedeploy")
def deployments(aws: Aws) -> None:
    codedeploy = aws("codedeploy")
    codedeploy.create_application(applicationName="cart", computePlatform="ECS")
    refused("ApplicationAlreadyExistsException", codedeploy.create_application, applicationName="cart")
    group = {"applicationName": "cart", "deploymentGroupName": "blue"}
    codedeploy.create_deployment_group(**group, serviceRoleArn=ROLE)
    told = codedeploy.get_deployment_group(**group)["deploymentGroupInfo"]
    same((told["computePlatform"], told["deploymentConfigName"]), ("ECS", "CodeDeployDefault.OneAtATime"))
    codedeploy.update_deployment_group(
        applicationName="cart", currentDeploymentGroupName="blue", newDeploymentGroupName="green"
    )
    same(codedeploy.list_deployment_groups(applicationName="cart")["deploymentGroups"], ["green"])
    codedeploy.create_deployment_config(
        deploymentConfigName="canary",
        computePlatform="ECS",
        trafficRoutingConfig={
            "type": "TimeBasedCanary",
            "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 5},
        },
    )
    config = codedeploy.get_deployment_config(deploymentConfigName="canary")["deploymentConfigInfo"]
    same(config["trafficRoutingConfig"]["timeBasedCanary"]["canaryPercentage"], 10)
    codedeploy.delete_deployment_config(deploymentConfigName="canary")
    codedeploy.delete_application(applicationName="cart")
    refused("ApplicationDoesNotExistException", codedeploy.get_application, applicationName="cart")


@check("codestar-connections")
def connections(aws: Aws) -> None:
    for name in ("codestar-connections", "codeconnections"):
        service = aws(name)
        made = service.create_connection(
            ConnectionName="git", ProviderType="GitHub", Tags=[{"Key": "Project", "Value": "cart"}]
        )
        arn = made["ConnectionArn"]
        assert f":{name}:" in arn, arn
        same(service.get_connection(ConnectionArn=arn)["Connection"]["ConnectionStatus"], "PENDING")
        same(service.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "Project", "Value": "cart"}])
        host = service.create_host(
            Name="own", ProviderType="GitHubEnterpriseServer", ProviderEndpoint="https://git.example.org"
        )["HostArn"]
        of_host = service.create_connection(ConnectionName="own", HostArn=host)["ConnectionArn"]
        told = service.get_connection(ConnectionArn=of_host)["Connection"]
        same(told["ProviderType"], "GitHubEnterpriseServer")
        service.delete_connection(ConnectionArn=of_host)
        service.delete_host(HostArn=host)
        service.delete_connection(ConnectionArn=arn)
        refused("ResourceNotFoundException", service.get_connection, ConnectionArn=arn)


@check("codestar-notifications")
def notifications(aws: Aws) -> None:
    notifications = aws("codestar-notifications")
    event, topic = "codepipeline-pipeline-pipeline-execution-failed", f"arn:aws:sns:eu-west-1:{ACCOUNT}:n"
    arn = notifications.create_notification_rule(
        Name="failed",
        EventTypeIds=[event],
        Resource=f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:cart",
        Targets=[{"TargetType": "SNS", "TargetAddress": topic}],
        DetailType="FULL",
        Tags={"Project": "cart"},
    )["Arn"]
    told = notifications.describe_notification_rule(Arn=arn)
    same([kind["EventTypeId"] for kind in told["EventTypes"]], [event])
    same(told["Targets"], [{"TargetType": "SNS", "TargetAddress": topic, "TargetStatus": "ACTIVE"}])
    same(notifications.list_tags_for_resource(Arn=arn)["Tags"], {"Project": "cart"})
    notifications.delete_notification_rule(Arn=arn)
    refused("ResourceNotFoundException", notifications.describe_notification_rule, Arn=arn)
