"""What clients of Docker enter a registry with."""

from datetime import datetime, timedelta, timezone

from emulator.gaps import closes
from emulator.kit import wrap


@closes("ecr-token")
def let_tokens_live() -> None:
    """GetAuthorizationToken: valid for twelve hours"""
    from moto.ecr.responses import ECRResponse

    @wrap(ECRResponse, "get_authorization_token")
    def get_authorization_token(original, self):
        answer = original(self)
        for entry in answer.result["authorizationData"]:
            entry["expiresAt"] = datetime.now(timezone.utc) + timedelta(hours=12)
        return answer
