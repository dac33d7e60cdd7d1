"""AWS CodeConnections (once CodeStar Connections, which goes on answering) and AWS CodeStar Notifications."""

from datetime import datetime, timezone
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, Tags, add_service, found, problem


@closes("codestar-connections")
def add_connections() -> None:
    add_service(CodeStarConnections)
    add_service(CodeConnections)


@closes("codestar-notifications")
def add_notifications() -> None:
    add_service(CodeStarNotifications)


class _Connections(AddedService):
    """Connections wait for a person to authorise them in the console (PENDING); so do those of an emulator."""

    _connections: Shelf
    _hosts: Shelf
    _tags: Tags

    def create_connection(self):
        """CreateConnection"""
        host, provider = self._get_param("HostArn"), self._get_param("ProviderType")
        if bool(host) == bool(provider):
            raise problem("ValidationException", "Exactly one of ProviderType and HostArn is required")
        if host:
            provider = self._host(host)["ProviderType"]
        arn = self.arn(f"connection/{uuid4()}")
        connection = {
            "ConnectionName": self._get_param("ConnectionName"),
            "ConnectionArn": arn,
            "ProviderType": provider,
            "OwnerAccountId": self.current_account,
            "ConnectionStatus": "PENDING",
            "HostArn": host,
        }
        self._connections.of(self)[arn] = connection
        self._tags.put(self, arn, self._get_param("Tags"))
        return ActionResult({"ConnectionArn": arn, "Tags": self._tags.of(self, arn)})

    def get_connection(self):
        """GetConnection"""
        return ActionResult({"Connection": self._connection()})

    def list_connections(self):
        """ListConnections"""
        provider, host = self._get_param("ProviderTypeFilter"), self._get_param("HostArnFilter")
        listed = [
            connection
            for connection in self._connections.of(self).values()
            if provider in (None, connection["ProviderType"]) and host in (None, connection["HostArn"])
        ]
        return ActionResult({"Connections": listed})

    def delete_connection(self):
        """DeleteConnection"""
        arn = self._connection()["ConnectionArn"]
        del self._connections.of(self)[arn]
        self._tags.drop(self, arn)
        return EmptyResult()

    def create_host(self):
        """CreateHost"""
        arn = self.arn(f"host/{self._get_param('Name')}-{uuid4().hex[:8]}")
        self._hosts.of(self)[arn] = {**self.params, "HostArn": arn, "Status": "PENDING"}
        self._tags.put(self, arn, self._get_param("Tags"))
        return ActionResult({"HostArn": arn, "Tags": self._tags.of(self, arn)})

    def get_host(self):
        """GetHost"""
        return ActionResult(self._host(self._get_param("HostArn")))

    def list_hosts(self):
        """ListHosts"""
        return ActionResult({"Hosts": list(self._hosts.of(self).values())})

    def update_host(self):
        """UpdateHost"""
        host = self._host(self._get_param("HostArn"))
        for field in ("ProviderEndpoint", "VpcConfiguration"):
            if self._get_param(field) is not None:
                host[field] = self._get_param(field)
        return EmptyResult()

    def delete_host(self):
        """DeleteHost: "Before you delete a host, all connections associated to the host must be deleted." """
        arn = self._host(self._get_param("HostArn"))["HostArn"]
        if any(connection["HostArn"] == arn for connection in self._connections.of(self).values()):
            raise problem("ResourceUnavailableException", f"Host {arn} still has connections")
        del self._hosts.of(self)[arn]
        self._tags.drop(self, arn)
        return EmptyResult()

    def list_tags_for_resource(self):
        """ListTagsForResource"""
        return ActionResult({"Tags": self._tags.of(self, self._get_param("ResourceArn"))})

    def tag_resource(self):
        """TagResource"""
        self._tags.put(self, self._get_param("ResourceArn"), self._get_param("Tags"))
        return EmptyResult()

    def untag_resource(self):
        """UntagResource"""
        self._tags.remove(self, self._get_param("ResourceArn"), self._get_param("TagKeys"))
        return EmptyResult()

    def _connection(self):
        arn = self._get_param("ConnectionArn")
        return found(
            self._connections.of(self), arn, "ResourceNotFoundException", f"Connection not found: {arn}"
        )

    def _host(self, arn):
        return found(self._hosts.of(self), arn, "ResourceNotFoundException", f"Host not found: {arn}")


class CodeStarConnections(_Connections):
    service = "codestar-connections"
    _connections = Shelf("codestar-connections")
    _hosts = Shelf("codestar-connections hosts")
    _tags = Tags("codestar-connections")


class CodeConnections(_Connections):
    service = "codeconnections"
    _connections = Shelf("codeconnections")
    _hosts = Shelf("codeconnections hosts")
    _tags = Tags("codeconnections")


class CodeStarNotifications(AddedService):
    service = "codestar-notifications"
    _rules = Shelf("codestar-notifications")
    _tags = Tags("codestar-notifications")

    def create_notification_rule(self):
        """CreateNotificationRule"""
        name = self._get_param("Name")
        if any(rule["Name"] == name for rule in self._rules.of(self).values()):
            raise problem("ResourceAlreadyExistsException", f"A notification rule named {name} already exists")
        arn = self.arn(f"notificationrule/{uuid4().hex}")
        now = datetime.now(timezone.utc)
        rule = {**self.params, "Arn": arn, "CreatedTimestamp": now, "LastModifiedTimestamp": now}
        self._tags.put_map(self, arn, rule.pop("Tags", None))
        rule.setdefault("Status", "ENABLED")
        self._rules.of(self)[arn] = rule
        return ActionResult({"Arn": arn})

    def describe_notification_rule(self):
        """DescribeNotificationRule"""
        rule = self._rule()
        _, _, service, _, _, resource = rule["Resource"].split(":", 5)
        return ActionResult(
            {
                **rule,
                "Tags": self._tags.map_of(self, rule["Arn"]),
                "CreatedBy": f"arn:{self.partition}:iam::{self.current_account}:root",
                "EventTypes": [
                    {"EventTypeId": event, "ServiceName": service, "ResourceType": resource.split("/")[0]}
                    for event in rule["EventTypeIds"]
                ],
                "Targets": [{**target, "TargetStatus": "ACTIVE"} for target in rule.get("Targets") or []],
            }
        )

    def list_notification_rules(self):
        """ListNotificationRules"""
        listed = [{"Id": arn.split("/")[-1], "Arn": arn} for arn in self._rules.of(self)]
        return ActionResult({"NotificationRules": listed})

    def update_notification_rule(self):
        """UpdateNotificationRule"""
        self._rule().update({**self.params, "LastModifiedTimestamp": datetime.now(timezone.utc)})
        return EmptyResult()

    def delete_notification_rule(self):
        """DeleteNotificationRule: what is not there counts as deleted."""
        arn = self._get_param("Arn")
        self._rules.of(self).pop(arn, None)
        self._tags.drop(self, arn)
        return ActionResult({"Arn": arn})

    def list_targets(self):
        """ListTargets"""
        targets = [target for rule in self._rules.of(self).values() for target in rule.get("Targets") or []]
        return ActionResult({"Targets": [{**target, "TargetStatus": "ACTIVE"} for target in targets]})

    def delete_target(self):
        """DeleteTarget"""
        address = self._get_param("TargetAddress")
        for rule in self._rules.of(self).values():
            rule["Targets"] = [
                target for target in rule.get("Targets") or [] if target["TargetAddress"] != address
            ]
        return EmptyResult()

    def list_tags_for_resource(self):
        """ListTagsForResource"""
        return ActionResult({"Tags": self._tags.map_of(self, self._rule()["Arn"])})

    def tag_resource(self):
        """TagResource"""
        arn = self._rule()["Arn"]
        self._tags.put_map(self, arn, self._get_param("Tags"))
        return ActionResult({"Tags": self._tags.map_of(self, arn)})

    def untag_resource(self):
        """UntagResource"""
        self._tags.remove(self, self._rule()["Arn"], self._get_param("TagKeys"))
        return EmptyResult()

    def _rule(self):
        arn = self._get_param("Arn")
        message = f"Notification rule not found: {arn}"
        return found(self._rules.of(self), arn, "ResourceNotFoundException", message)
