"""The resources that a request is about: see demands.py."""

from emulator.gaps import closes
from emulator.kit import wrap
from emulator.services.iam.conditions import wildcards
from emulator.services.iam.demands import demands_of


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
        self.checked_demands = list(demands_of(self)) if is_checked and resource == "*" else []
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
