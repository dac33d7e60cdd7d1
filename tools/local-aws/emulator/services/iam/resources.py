"""The resources that a request is about."""

import json
from collections.abc import Iterator
from typing import Any

from emulator.gaps import closes
from emulator.kit import wrap
from emulator.services.iam.conditions import wildcards


@closes("iam-resources")
def name_resources() -> None:
    """Policy evaluation logic: each request is about resources. moto asks every policy about "*"."""
    from moto import settings
    from moto.core.responses import BaseResponse
    from moto.iam.access_control import IAMPolicyStatement

    # "Using wildcards in resource ARNs". moto takes a pattern for a regular expression.
    IAMPolicyStatement._match = staticmethod(lambda pattern, text: wildcards(pattern).fullmatch(text))

    @wrap(BaseResponse, "_authenticate_and_authorize_normal_action")
    def authorize(original, self, resource="*"):
        is_checked = BaseResponse.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT
        # Where moto knows the resource itself (SQS, IAM, STS) it is right.
        self.checked_demands = list(_demands(self)) if is_checked and resource == "*" else []
        return original(self, resource)

    @wrap(BaseResponse, "_authenticate_and_authorize_action")
    def authorize_action(original, self, iam_request_cls, resource="*"):
        demands = getattr(self, "checked_demands", [])
        if not demands:
            return original(self, iam_request_cls, resource)

        class Request(iam_request_cls):
            def check_action_permitted(self, _resource):
                own_action = self._action
                for action, demanded in demands:
                    self._action = action or own_action
                    super().check_action_permitted(demanded)

        return original(self, Request, resource)


def _demands(request: Any) -> Iterator[tuple[str | None, str]]:
    """What has to be permitted: pairs of an action (None: the request's own) and what it is about."""
    of_service = _DEMANDS.get(request.service_name)
    if of_service is not None:
        yield from of_service(request, _body(request))


def _body(request: Any) -> dict:
    try:
        body = json.loads(request.raw_body or "{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _arn(request: Any, service: str, resource: str) -> str:
    if resource.startswith("arn:"):
        return resource
    return f"arn:{request.partition}:{service}:{request.region}:{request.current_account}:{resource}"


#: What TransactWriteItems needs for each kind of write (Service Authorization Reference, Amazon DynamoDB).
_OF_WRITE = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def _dynamodb(request: Any, body: dict) -> Iterator[tuple[str | None, str]]:
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


def _events(request: Any, body: dict) -> Iterator[tuple[str | None, str]]:
    def bus(name: str | None) -> str:
        named = name or "default"
        return _arn(request, "events", named if named.startswith("arn:") else f"event-bus/{named}")

    for entry in body.get("Entries") or []:
        yield None, bus(entry.get("EventBusName"))
    rule = body.get("Rule") or (body.get("Name") if "EventBusName" in body else None)
    if rule:
        name = (body.get("EventBusName") or "default").split("/")[-1]
        yield None, _arn(request, "events", f"rule/{rule}" if name == "default" else f"rule/{name}/{rule}")


def _secretsmanager(request: Any, body: dict) -> Iterator[tuple[str | None, str]]:
    wanted = body.get("SecretId")
    if not wanted:
        return
    known = request.backend.secrets.get(wanted)
    # Each secret's ARN ends in six characters of its own, which a policy names or replaces by a pattern.
    yield None, known.arn if known is not None else _arn(request, "secretsmanager", f"secret:{wanted}")


def _kms(request: Any, body: dict) -> Iterator[tuple[str | None, str]]:
    wanted = body.get("KeyId")
    if not wanted:
        return
    # Policies name keys; an alias stands for its key.
    name = wanted.split(":")[-1]
    key = request.kms_backend.get_key_id_from_alias(name) if name.startswith("alias/") else name.split("/")[-1]
    yield None, _arn(request, "kms", f"key/{key or name}")


def _ssm(request: Any, body: dict) -> Iterator[tuple[str | None, str]]:
    names = body.get("Names") or ([body["Name"]] if "Name" in body else [])
    for name in [*names, *([body["Path"]] if "Path" in body else [])]:
        yield None, _arn(request, "ssm", f"parameter/{name.lstrip('/')}")


def _logs(request: Any, body: dict) -> Iterator[tuple[str | None, str]]:
    group = body.get("logGroupName")
    if group:
        stream = body.get("logStreamName")
        yield None, _arn(request, "logs", f"log-group:{group}:" + (f"log-stream:{stream}" if stream else "*"))


def _sns(request: Any, _body: dict) -> Iterator[tuple[str | None, str]]:
    topic = request._get_param("TopicArn") or request._get_param("TargetArn")
    if topic:
        yield None, topic


def _ecr(request: Any, body: dict) -> Iterator[tuple[str | None, str]]:
    if "repositoryName" in body:
        yield None, _arn(request, "ecr", f"repository/{body['repositoryName']}")


_DEMANDS = {
    "dynamodb": _dynamodb,
    "ecr": _ecr,
    "events": _events,
    "kms": _kms,
    "logs": _logs,
    "secretsmanager": _secretsmanager,
    "sns": _sns,
    "ssm": _ssm,
}
