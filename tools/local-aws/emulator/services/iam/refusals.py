"""What policies refuse and permit: how a refusal is told to the client, and what is remembered."""

import threading
import warnings
from collections import Counter
from typing import Any

from werkzeug.exceptions import HTTPException

from emulator.gaps import closes
from emulator.kit import Shelf, problem, wrap

#: "refused" and "permitted": by role or user, action and resource, how often.
_kept = Shelf("iam decision history")

#: Requests to SQS come beside others.
_lock = threading.Lock()


def denials() -> list[dict[str, Any]]:
    """GET /_local-aws/denials: what was refused since the start, or since POST /moto-api/reset."""
    return _remembered("refused")


def permissions() -> list[dict[str, Any]]:
    """GET /_local-aws/permissions: what was permitted to roles since then."""
    return _remembered("permitted")


def _remembered(decision: str) -> list[dict[str, Any]]:
    with _lock:
        return [
            {"principal": principal, "action": action, "resource": resource, "count": count}
            for _, kept in _kept.places()
            for (principal, action, resource), count in kept.get(decision, {}).items()
        ]


@closes("iam-refusals")
def tell_refusals() -> None:
    """AccessDeniedException, in the protocol of the service; AccessDenied where that one is XML."""
    from moto.core.responses import BaseResponse
    from moto.iam.access_control import AssumedRoleAccessKey, IAMRequestBase, S3IAMRequest
    from moto.iam.exceptions import NotFoundException

    # moto misses the error in the models of the services: all of them have it.
    warnings.filterwarnings("ignore", message=r".* with code AccessDenied")

    @wrap(AssumedRoleAccessKey, "collect_policies")
    def collect_policies(original, self):
        try:
            return original(self)
        except NotFoundException:
            # A session outlives its role, and may do nothing then; with moto each of its requests is a failure, and tried again.
            return []

    @wrap(IAMRequestBase, "check_action_permitted")
    def check_action_permitted(original, self, resource):
        self.about = resource
        original(self, resource)
        # Whoever it is may ask that, whatever policies say.
        if isinstance(self._access_key, AssumedRoleAccessKey) and self._action != "sts:GetCallerIdentity":
            _remember("permitted", self)

    @wrap(BaseResponse, "_authenticate_and_authorize_action")
    def authorize_action(original, self, iam_request_cls, resource="*"):
        response = self

        class Request(iam_request_cls):
            def _raise_access_denied(self):
                _remember("refused", self)
                if issubclass(iam_request_cls, S3IAMRequest):
                    super()._raise_access_denied()
                raise _Refusal(
                    response,
                    f"User: {self._access_key.arn} is not authorized to perform: {self._action} "
                    f"on resource: {self.about}",
                )

        return original(self, Request, resource)


class _Refusal(HTTPException):
    def __init__(self, response: Any, message: str) -> None:
        from moto.core.responses import ActionResult
        from moto.core.utils import get_service_model

        protocol = response.determine_response_protocol(get_service_model(response.boto3_service_name))
        is_xml = protocol in ("query", "ec2", "rest-xml")
        code = "AccessDenied" if is_xml else "AccessDeniedException"
        _, headers, body = response.serialized(ActionResult(problem(code, message)))
        response.response_headers.update(headers)
        super().__init__(body)
        self.code = 400 if protocol == "json" else 403


def _remember(decision: str, request: Any) -> None:
    what = (_principal(request._access_key), request._action, request.about)
    with _lock:
        _kept.at(request.account_id, "").setdefault(decision, Counter())[what] += 1


def _principal(key: Any) -> str:
    """The role of a session, or the user."""
    from moto.iam.access_control import AssumedRoleAccessKey
    from moto.sts.models import sts_backends

    if not isinstance(key, AssumedRoleAccessKey):
        return key.arn
    session = sts_backends[key.account_id][key.partition].get_assumed_role_from_access_key(key._access_key_id)
    return session.role_arn
