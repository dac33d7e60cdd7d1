"""Amazon CloudWatch."""

from datetime import datetime, timezone

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import Shelf, Tags, graft, wrap


@closes("cloudwatch-alarm-filters")
def look_at_every_filter() -> None:
    from moto.cloudwatch.responses import CloudWatchResponse

    @wrap(CloudWatchResponse, "describe_alarms")
    def describe_alarms(original, self):
        """DescribeAlarms: StateValue beside names and prefixes, and AlarmTypes."""
        answer = original(self)
        state, types = self._get_param("StateValue"), self._get_param("AlarmTypes") or ["MetricAlarm"]
        answer.result["MetricAlarms"] = [
            alarm
            for alarm in answer.result["MetricAlarms"]
            if "MetricAlarm" in types and state in (None, alarm.state_value)
        ]
        return answer


@closes("cloudwatch-composite-alarms")
def add_composite_alarms() -> None:
    from moto.cloudwatch.responses import CloudWatchResponse

    alarms, tags = Shelf("cloudwatch composite alarms"), Tags("cloudwatch composite alarms")

    def arn_of(self, name):
        return f"arn:{self.partition}:cloudwatch:{self.region}:{self.current_account}:alarm:{name}"

    def is_composite(self, arn):
        return arn.split(":alarm:")[-1] in alarms.of(self)

    class Operations:
        def put_composite_alarm(self):
            """PutCompositeAlarm"""
            asked = dict(self._get_params())
            arn = arn_of(self, asked["AlarmName"])
            given_tags = asked.pop("Tags", None)
            # "If this operation updates an existing alarm, any tags that you specify are ignored."
            if not is_composite(self, arn):
                tags.put(self, arn, given_tags)
            now = datetime.now(timezone.utc)
            alarms.of(self)[asked["AlarmName"]] = {
                **{"ActionsEnabled": True, "AlarmActions": [], "OKActions": [], "InsufficientDataActions": []},
                **asked,
                "AlarmArn": arn,
                "StateValue": "OK",
                "StateUpdatedTimestamp": now,
                "AlarmConfigurationUpdatedTimestamp": now,
            }
            return EmptyResult()

    graft(CloudWatchResponse, Operations)

    @wrap(CloudWatchResponse, "describe_alarms")
    def describe_alarms(original, self):
        """DescribeAlarms: composite alarms only where AlarmTypes names them."""
        answer = original(self)
        if "CompositeAlarm" in (self._get_param("AlarmTypes") or []):
            names = self._get_param("AlarmNames") or []
            prefix = self._get_param("AlarmNamePrefix") or ""
            answer.result["CompositeAlarms"] = [
                alarm
                for name, alarm in alarms.of(self).items()
                if (not names or name in names) and name.startswith(prefix)
            ]
        return answer

    @wrap(CloudWatchResponse, "delete_alarms")
    def delete_alarms(original, self):
        """DeleteAlarms"""
        for name in self._get_param("AlarmNames") or []:
            if alarms.of(self).pop(name, None) is not None:
                tags.drop(self, arn_of(self, name))
        return original(self)

    @wrap(CloudWatchResponse, "list_tags_for_resource")
    def list_tags_for_resource(original, self):
        """ListTagsForResource"""
        arn = self._get_param("ResourceARN")
        return ActionResult({"Tags": tags.of(self, arn)}) if is_composite(self, arn) else original(self)

    @wrap(CloudWatchResponse, "tag_resource")
    def tag_resource(original, self):
        """TagResource"""
        arn = self._get_param("ResourceARN")
        if not is_composite(self, arn):
            return original(self)
        tags.put(self, arn, self._get_param("Tags"))
        return EmptyResult()

    @wrap(CloudWatchResponse, "untag_resource")
    def untag_resource(original, self):
        """UntagResource"""
        arn = self._get_param("ResourceARN")
        if not is_composite(self, arn):
            return original(self)
        tags.remove(self, arn, self._get_param("TagKeys") or [])
        return EmptyResult()
