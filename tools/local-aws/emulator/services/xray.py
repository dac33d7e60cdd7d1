"""AWS X-Ray: groups, sampling rules and encryption. Traces are moto's."""

from datetime import datetime, timezone
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, Tags, add_service, problem


@closes("xray")
def add_xray() -> None:
    add_service(XRay)


class XRay(AddedService):
    service = "xray"
    _groups = Shelf("xray groups")
    _rules = Shelf("xray sampling rules")
    _encryption = Shelf("xray encryption settings")
    _tags = Tags("xray")

    def create_group(self):
        """CreateGroup"""
        name = self._get_param("GroupName")
        if name in self._groups.of(self):
            raise problem("InvalidRequestException", f"Group '{name}' already exists.")
        group = {
            "InsightsConfiguration": {"InsightsEnabled": False, "NotificationsEnabled": False},
            **self.params,
            "GroupARN": self.arn(f"group/{name}/{uuid4().hex[:26].upper()}"),
        }
        self._groups.of(self)[name] = group
        self._tags.put(self, group["GroupARN"], self._get_param("Tags"))
        return ActionResult({"Group": group})

    def get_group(self):
        """GetGroup"""
        return ActionResult({"Group": self._group()})

    def get_groups(self):
        """GetGroups"""
        return ActionResult({"Groups": list(self._groups.of(self).values())})

    def update_group(self):
        """UpdateGroup: what is left out stays as it is."""
        group = self._group()
        for field in ("FilterExpression", "InsightsConfiguration"):
            if self._get_param(field) is not None:
                group[field] = self._get_param(field)
        return ActionResult({"Group": group})

    def delete_group(self):
        """DeleteGroup"""
        group = self._group()
        del self._groups.of(self)[group["GroupName"]]
        self._tags.drop(self, group["GroupARN"])
        return EmptyResult()

    def create_sampling_rule(self):
        """CreateSamplingRule"""
        asked = self._get_param("SamplingRule")
        name = asked["RuleName"]
        if name in self._rules.of(self):
            raise problem("InvalidRequestException", f"Sampling rule '{name}' already exists.")
        now = datetime.now(timezone.utc)
        rule = {"Attributes": {}, **asked, "RuleARN": self.arn(f"sampling-rule/{name}")}
        record = {"SamplingRule": rule, "CreatedAt": now, "ModifiedAt": now}
        self._rules.of(self)[name] = record
        self._tags.put(self, rule["RuleARN"], self._get_param("Tags"))
        return ActionResult({"SamplingRuleRecord": record})

    def get_sampling_rules(self):
        """GetSamplingRules"""
        return ActionResult({"SamplingRuleRecords": list(self._rules.of(self).values())})

    def update_sampling_rule(self):
        """UpdateSamplingRule: what is left out stays as it is."""
        changes = self._get_param("SamplingRuleUpdate")
        record = self._rule(changes)
        record["SamplingRule"].update({key: value for key, value in changes.items() if value is not None})
        record["ModifiedAt"] = datetime.now(timezone.utc)
        return ActionResult({"SamplingRuleRecord": record})

    def delete_sampling_rule(self):
        """DeleteSamplingRule"""
        record = self._rule(self.params)
        del self._rules.of(self)[record["SamplingRule"]["RuleName"]]
        self._tags.drop(self, record["SamplingRule"]["RuleARN"])
        return ActionResult({"SamplingRuleRecord": record})

    def put_encryption_config(self):
        """PutEncryptionConfig"""
        config = {"Type": self._get_param("Type"), "KeyId": self._get_param("KeyId"), "Status": "ACTIVE"}
        self._encryption.of(self)["config"] = config
        return ActionResult({"EncryptionConfig": config})

    def get_encryption_config(self):
        """GetEncryptionConfig"""
        config = self._encryption.of(self).get("config", {"Type": "NONE", "Status": "ACTIVE"})
        return ActionResult({"EncryptionConfig": config})

    def list_tags_for_resource(self):
        """ListTagsForResource"""
        return ActionResult({"Tags": self._tags.of(self, self._get_param("ResourceARN"))})

    def tag_resource(self):
        """TagResource"""
        self._tags.put(self, self._get_param("ResourceARN"), self._get_param("Tags"))
        return EmptyResult()

    def untag_resource(self):
        """UntagResource"""
        self._tags.remove(self, self._get_param("ResourceARN"), self._get_param("TagKeys"))
        return EmptyResult()

    def _group(self):
        arn, name = self._get_param("GroupARN"), self._get_param("GroupName")
        for group in self._groups.of(self).values():
            if arn == group["GroupARN"] or name == group["GroupName"]:
                return group
        raise problem("InvalidRequestException", "Group not found")

    def _rule(self, named):
        for record in self._rules.of(self).values():
            rule = record["SamplingRule"]
            if named.get("RuleARN") == rule["RuleARN"] or named.get("RuleName") == rule["RuleName"]:
                return record
        raise problem("InvalidRequestException", "Sampling rule does not exist.")
