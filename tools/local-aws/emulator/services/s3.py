"""Amazon S3."""

from collections.abc import Callable
from contextlib import contextmanager

from emulator.gaps import closes
from emulator.kit import wrap


@closes("s3-eventbridge")
def tell_eventbridge_configuration() -> None:
    """GetBucketNotificationConfiguration: EventBridgeConfiguration, which is there and empty when it is on."""
    from moto.s3.responses import S3Response

    @wrap(S3Response, "get_bucket_notification")
    def get_bucket_notification(original, self):
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if configuration is None or configuration.event_bridge is None:
            return original(self)
        with _result_changed(self, lambda result: result.update(EventBridgeConfiguration={})):
            return original(self)


@closes("s3-newer-versions")
def keep_newer_versions() -> None:
    """PutBucketLifecycleConfiguration: NoncurrentVersionExpiration.NewerNoncurrentVersions"""
    from moto.s3.models import FakeBucket
    from moto.s3.responses import S3Response

    @wrap(FakeBucket, "set_lifecycle")
    def set_lifecycle(original, self, rules):
        original(self, rules)
        for rule, asked in zip(self.rules, rules, strict=True):
            expiration = asked.get("NoncurrentVersionExpiration") or {}
            rule.newer_versions = expiration.get("NewerNoncurrentVersions")

    @wrap(S3Response, "get_bucket_lifecycle")
    def get_bucket_lifecycle(original, self):
        rules = self.backend.get_bucket(self.bucket_name).rules

        def add(result):
            for told, rule in zip(result.get("Rules") or [], rules, strict=True):
                if getattr(rule, "newer_versions", None):
                    expiration = told.setdefault("NoncurrentVersionExpiration", {})
                    expiration["NewerNoncurrentVersions"] = rule.newer_versions

        with _result_changed(self, add):
            return original(self)


@contextmanager
def _result_changed(response, change: Callable[[dict], None]):
    """moto's S3 writes its answers itself: in here, after a change to what is written."""
    serialized = response.serialized

    def changed(action_result):
        if isinstance(action_result.result, dict):
            change(action_result.result)
        return serialized(action_result)

    response.serialized = changed
    try:
        yield
    finally:
        del response.serialized
