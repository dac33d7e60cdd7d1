"""What has to be permitted for a request: actions and resources, by the Service Authorization Reference.

Where AWS gives an action no resource, it is about `*`.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

#: An action (None: the request's own) and what it is about.
Demand = tuple[str | None, str]


def demands_of(request: Any) -> Iterator[Demand]:
    """Nothing for what no row below names: such a request is about `*`."""
    of_service = _DEMANDS.get(request.service_name)
    if of_service is not None:
        yield from of_service(request, _body(request))


def _body(request: Any) -> dict:
    try:
        body = json.loads(request.raw_body or "{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _arn(request: Any, service: str, resource: str, account: str | None = None) -> str:
    if resource.startswith("arn:"):
        return resource
    return f"arn:{request.partition}:{service}:{request.region}:{account or request.current_account}:{resource}"


#: What TransactWriteItems needs for each kind of write (Service Authorization Reference, Amazon DynamoDB).
_OF_WRITE = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def _dynamodb(request: Any, body: dict) -> Iterator[Demand]:
    def table(name: str) -> str:
        return name if name.startswith("arn:") else _arn(request, "dynamodb", f"table/{name}")

    for item in body.get("TransactItems") or []:
        for kind, write in item.items():
            yield ("dynamodb:GetItem" if kind == "Get" else _OF_WRITE.get(kind)), table(write["TableName"])
    for name in body.get("RequestItems") or {}:
        yield None, table(name)
    if "TableName" in body:
        index = body.get("IndexName")
        yield None, table(body["TableName"]) + (f"/index/{index}" if index else "")
    elif "ResourceArn" in body:
        yield None, body["ResourceArn"]


def _events(request: Any, body: dict) -> Iterator[Demand]:
    def bus(name: str | None) -> str:
        named = name or "default"
        return _arn(request, "events", named if named.startswith("arn:") else f"event-bus/{named}")

    for entry in body.get("Entries") or []:
        yield None, bus(entry.get("EventBusName"))
    rule = body.get("Rule") or (body.get("Name") if "EventBusName" in body else None)
    if rule:
        name = (body.get("EventBusName") or "default").split("/")[-1]
        yield None, _arn(request, "events", f"rule/{rule}" if name == "default" else f"rule/{name}/{rule}")


def _secretsmanager(request: Any, body: dict) -> Iterator[Demand]:
    wanted = body.get("SecretId")
    if not wanted:
        return
    known = request.backend.secrets.get(wanted)
    # Each secret's ARN ends in six characters of its own, which a policy names or replaces by a pattern.
    yield None, known.arn if known is not None else _arn(request, "secretsmanager", f"secret:{wanted}")


def _kms(request: Any, body: dict) -> Iterator[Demand]:
    wanted = body.get("KeyId")
    if not wanted:
        return
    # Policies name keys; an alias stands for its key.
    name = wanted.split(":")[-1]
    key = request.kms_backend.get_key_id_from_alias(name) if name.startswith("alias/") else name.split("/")[-1]
    yield None, _arn(request, "kms", f"key/{key or name}")


def _ssm(request: Any, body: dict) -> Iterator[Demand]:
    names = body.get("Names") or ([body["Name"]] if "Name" in body else [])
    for name in [*names, *([body["Path"]] if "Path" in body else [])]:
        yield None, _arn(request, "ssm", f"parameter/{name.lstrip('/')}")


def _logs(request: Any, body: dict) -> Iterator[Demand]:
    group = body.get("logGroupName")
    if group:
        stream = body.get("logStreamName")
        yield None, _arn(request, "logs", f"log-group:{group}:" + (f"log-stream:{stream}" if stream else "*"))


def _sns(request: Any, _body: dict) -> Iterator[Demand]:
    topic = request._get_param("TopicArn") or request._get_param("TargetArn")
    if topic:
        yield None, topic


def _ecr(request: Any, body: dict) -> Iterator[Demand]:
    named = [body["repositoryName"]] if "repositoryName" in body else body.get("repositoryNames") or []
    for name in named:
        yield None, _arn(request, "ecr", f"repository/{name}", body.get("registryId"))


def _codebuild(request: Any, body: dict) -> Iterator[Demand]:
    def named(kind: str, name: str) -> str:
        return name if f":{kind}/" in name else _arn(request, "codebuild", f"{kind}/{name}")

    if "ReportGroup" in request._get_action():
        groups = body.get("reportGroupArns") or [body.get(field) for field in ("arn", "reportGroupArn", "name")]
        for group in filter(None, groups):
            yield None, named("report-group", group)
        return
    projects = [body.get(field) for field in ("name", "projectName", "projectArn")]
    for name in filter(None, [*projects, *(body.get("names") or [])]):
        yield None, named("project", name)
    # A build is its project's. Its id begins with the project's name, its ARN with that of the account's builds.
    for build in filter(None, [body.get("id"), *(body.get("ids") or [])]):
        yield None, named("project", build.split("build/")[-1].split(":")[0])


def _codepipeline(request: Any, body: dict) -> Iterator[Demand]:
    name = body.get("pipelineName") or body.get("name") or (body.get("pipeline") or {}).get("name")
    if name:
        parts = [name, body.get("stageName"), body.get("actionName")]
        yield None, _arn(request, "codepipeline", "/".join(filter(None, parts)))
    elif "resourceArn" in body:
        yield None, body["resourceArn"]


def _ecs(request: Any, body: dict) -> Iterator[Demand]:
    action, cluster = request._get_action(), (body.get("cluster") or "default").split("/")[-1]

    def service(name: str) -> str:
        return _arn(request, "ecs", name if name.startswith("arn:") else f"service/{cluster}/{name}")

    def task(name: str) -> str:
        return _arn(request, "ecs", name if name.startswith("arn:") else f"task/{cluster}/{name}")

    match action:
        case "CreateService":
            yield None, service(body["serviceName"])
            if body.get("tags"):
                yield "ecs:TagResource", service(body["serviceName"])
        case "DeleteService":
            yield None, service(body["service"])
        case "UpdateService":
            yield None, service(body["service"])
            # Another definition brings its roles: AWS asks whether they may be passed, as when it was registered.
            for role in _roles_of(request, body.get("taskDefinition")):
                yield "iam:PassRole", _role(request, role)
        case "DescribeServices":
            yield from ((None, service(name)) for name in body.get("services") or [])
        case "DescribeTasks":
            yield from ((None, task(name)) for name in body.get("tasks") or [])
        case "StopTask":
            yield None, task(body["task"])
        case "ListTasks":
            yield None, _arn(request, "ecs", f"container-instance/{cluster}/*")
        case "DescribeClusters":
            for name in body.get("clusters") or ["default"]:
                yield None, _arn(request, "ecs", f"cluster/{name.split('/')[-1]}")
        case "DeleteCluster" | "UpdateCluster" | "UpdateClusterSettings" | "PutClusterCapacityProviders":
            yield None, _arn(request, "ecs", f"cluster/{cluster}")
        case "RegisterTaskDefinition":
            yield None, "*"
            # Those that its tasks are going to have.
            for role in filter(None, [body.get("taskRoleArn"), body.get("executionRoleArn")]):
                yield "iam:PassRole", _role(request, role)
            if body.get("tags"):
                yield "ecs:TagResource", _next_revision(request, body["family"])
        case "TagResource" | "UntagResource" | "ListTagsForResource":
            yield None, body["resourceArn"]


def _roles_of(request: Any, definition: str | None) -> Iterator[str]:
    if not definition:
        return
    family, _, revision = definition.split("/")[-1].partition(":")
    known = request.ecs_backend.task_definitions.get(family) or {}
    found = known.get(int(revision) if revision else max(known, default=0))
    if found is not None:
        yield from filter(None, [found.task_role_arn, found.execution_role_arn])


def _role(request: Any, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:{request.partition}:iam::{request.current_account}:role/{name}"


def _next_revision(request: Any, family: str) -> str:
    known = request.ecs_backend.task_definitions.get(family) or {0: None}
    return _arn(request, "ecs", f"task-definition/{family}:{max(known) + 1}")


def _application_autoscaling(request: Any, body: dict) -> Iterator[Demand]:
    """Targets are known by ARNs that are not made of what a request says."""
    from moto.applicationautoscaling.models import applicationautoscaling_backends

    if "ResourceARN" in body:
        yield None, body["ResourceARN"]
    elif not request._get_action().startswith("Describe"):
        targets = applicationautoscaling_backends[request.current_account][request.region].targets
        known = targets.get(body.get("ScalableDimension"), {}).get(body.get("ResourceId"))
        arn = "scalable-target/*" if known is None else known.arn
        yield None, _arn(request, "application-autoscaling", arn)


_DEMANDS: dict[str, Callable[[Any, dict], Iterator[Demand]]] = {
    "application-autoscaling": _application_autoscaling,
    "codebuild": _codebuild,
    "codepipeline": _codepipeline,
    "dynamodb": _dynamodb,
    "ecr": _ecr,
    "ecs": _ecs,
    "events": _events,
    "kms": _kms,
    "logs": _logs,
    "secretsmanager": _secretsmanager,
    "sns": _sns,
    "ssm": _ssm,
}
