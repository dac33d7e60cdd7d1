"""AWS Secrets Manager."""

from emulator.gaps import closes
from emulator.kit import wrap


@closes("secretsmanager-name-taken")
def say_that_a_name_waits() -> None:
    """CreateSecret: InvalidRequestException"""
    from moto.secretsmanager.exceptions import InvalidRequestException
    from moto.secretsmanager.models import SecretsManagerBackend

    @wrap(SecretsManagerBackend, "create_secret")
    def create_secret(original, self, name, *args, **kwargs):
        known = self.secrets.get(name)
        if known is not None and known.is_deleted():
            raise InvalidRequestException(
                "You can't create this secret because a secret with this name is already scheduled for deletion."
            )
        return original(self, name, *args, **kwargs)
