"""The user who may do everything once everybody is checked, and who may take which role."""

import json

from emulator.gaps import closes
from emulator.kit import wrap

#: The emulator's own. It also stands for AWS's services, as they would take the roles of what they run.
ADMIN = "local-admin"

_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def enforce() -> dict[str, str]:
    """POST /_local-aws/enforce: checks everybody from now on; the keys of the admin, each time the same."""
    from moto import settings
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.core.authorization import ActionAuthenticatorMixin
    from moto.iam.models import iam_backends

    iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    if ADMIN not in iam.users:
        iam.create_user("us-east-1", ADMIN)
        iam.put_user_policy(ADMIN, "everything", json.dumps(_EVERYTHING))
        iam.create_access_key(ADMIN)
    key = iam.list_access_keys(ADMIN)[0]
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    ActionAuthenticatorMixin.request_count = 0
    return {"accessKeyId": key.access_key_id, "secretAccessKey": key.secret_access_key}


@closes("iam-trust")
def judge_trust() -> None:
    """AssumeRole: the principals of the role's trust policy."""
    from moto.iam.access_control import IAMPolicyStatement, IAMRequestBase

    @wrap(IAMRequestBase, "_check_role_trust_relationship")
    def check_role_trust_relationship(original, self, role_arn):
        return self._access_key.arn.endswith(f":user/{ADMIN}") or original(self, role_arn)

    def check_principal(self, principal):
        trusted = self._statement.get("Principal")
        if not trusted or trusted == "*":
            return True
        named = trusted.get("AWS", [])
        account = principal.split(":")[4]
        own = {"*", principal, account, f"arn:aws:iam::{account}:root"}
        return not own.isdisjoint([named] if isinstance(named, str) else named)

    IAMPolicyStatement._check_principal = check_principal
