"""AWS Secrets Manager."""

from typing import Any

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


@closes("secretsmanager-stages")
def keep_stages() -> None:
    """PutSecretValue, UpdateSecretVersionStage: a label is at one version, a version is never overwritten.

    AWS may delete a version without labels whenever it likes; here it goes at once.
    """
    from moto.secretsmanager.exceptions import InvalidParameterException, ResourceExistsException
    from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

    @wrap(FakeSecret, "reset_default_version")
    def reset_default_version(_, self, secret_version, version_id):
        self.remove_version_stages_from_old_versions([*secret_version["version_stages"], "AWSPREVIOUS"])
        if self.default_version_id:
            self.versions[self.default_version_id]["version_stages"].append("AWSPREVIOUS")
        self.versions[version_id] = secret_version
        self.default_version_id = version_id

    @wrap(SecretsManagerBackend, "put_secret_value")
    def put_secret_value(
        original, self, secret_id, secret_string, secret_binary, client_request_token, version_stages
    ):
        secret = self.secrets.get(secret_id)
        known = None if secret is None else secret.versions.get(client_request_token)
        if known is None:
            answer = original(
                self, secret_id, secret_string, secret_binary, client_request_token, version_stages
            )
            _forget_deprecated(self.secrets[secret_id])
            return answer
        if (known.get("secret_string"), known.get("secret_binary")) != (secret_string, secret_binary):
            raise ResourceExistsException(
                f"You can't use ClientRequestToken {client_request_token} because that value is already in use "
                f"for a version of secret {secret.arn}."
            )
        return secret.to_short_dict(include_version_stages=True, version_id=client_request_token)

    @wrap(SecretsManagerBackend, "update_secret_version_stage")
    def update_secret_version_stage(
        original, self, secret_id, version_stage, remove_from_version_id, move_to_version_id
    ):
        secret = self.secrets.get(secret_id)
        if secret is None:
            return original(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        for version_id in filter(None, (remove_from_version_id, move_to_version_id)):
            if version_id not in secret.versions:
                raise InvalidParameterException(f"Not a valid version: {version_id}")
        held = [key for key, version in secret.versions.items() if version_stage in version["version_stages"]]
        holder = held[0] if held else None
        if remove_from_version_id != holder and (remove_from_version_id or holder != move_to_version_id):
            raise InvalidParameterException(
                f"The staging label {version_stage} is currently attached to version {holder}, so you must "
                "explicitly reference that version in RemoveFromVersionId."
            )
        if version_stage == "AWSCURRENT" and not move_to_version_id:
            raise InvalidParameterException(
                "You can only move staging label AWSCURRENT to a different secret version."
            )
        if holder != move_to_version_id:
            _move(secret, version_stage, move_to_version_id)
            if version_stage == "AWSCURRENT":
                _move(secret, "AWSPREVIOUS", holder)
                secret.default_version_id = move_to_version_id
        _forget_deprecated(secret)
        return secret.arn, secret.name


def _move(secret: Any, stage: str, version_id: str | None) -> None:
    secret.remove_version_stages_from_old_versions([stage])
    if version_id:
        secret.versions[version_id]["version_stages"].append(stage)


def _forget_deprecated(secret: Any) -> None:
    for version_id in [key for key, version in secret.versions.items() if not version["version_stages"]]:
        del secret.versions[version_id]
