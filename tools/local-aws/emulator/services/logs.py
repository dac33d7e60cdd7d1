"""Amazon CloudWatch Logs."""

import json
import time
from uuid import uuid4

from emulator.gaps import closes
from emulator.kit import Shelf, graft, wrap


@closes("logs-class")
def keep_class() -> None:
    """CreateLogGroup: logGroupClass; DescribeLogGroups tells it."""
    from moto.logs.models import LogGroup
    from moto.logs.responses import LogsResponse

    @wrap(LogsResponse, "create_log_group")
    def create_log_group(original, self):
        answer = original(self)
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.asked_class = self._get_param("logGroupClass") or "STANDARD"
        return answer

    @wrap(LogGroup, "to_describe_dict")
    def to_describe_dict(original, self):
        return {**original(self), "logGroupClass": getattr(self, "asked_class", "STANDARD")}


@closes("logs-query-definitions")
def add_query_definitions() -> None:
    from moto.logs.responses import LogsResponse

    definitions = Shelf("logs query definitions")

    class Operations:
        def put_query_definition(self):
            """PutQueryDefinition"""
            definition_id = self._get_param("queryDefinitionId") or str(uuid4())
            definitions.of(self)[definition_id] = {
                "queryDefinitionId": definition_id,
                "name": self._get_param("name"),
                "queryString": self._get_param("queryString"),
                "logGroupNames": self._get_param("logGroupNames") or [],
                "lastModified": int(time.time() * 1000),
            }
            return json.dumps({"queryDefinitionId": definition_id})

        def describe_query_definitions(self):
            """DescribeQueryDefinitions"""
            prefix = self._get_param("queryDefinitionNamePrefix") or ""
            here = definitions.of(self).values()
            found = [definition for definition in here if definition["name"].startswith(prefix)]
            return json.dumps({"queryDefinitions": found})

        def delete_query_definition(self):
            """DeleteQueryDefinition"""
            deleted = definitions.of(self).pop(self._get_param("queryDefinitionId"), None)
            return json.dumps({"success": deleted is not None})

    graft(LogsResponse, Operations)


@closes("logs-data-protection")
def add_data_protection() -> None:
    from moto.logs.responses import LogsResponse

    policies = Shelf("logs data protection")

    class Operations:
        def put_data_protection_policy(self):
            """PutDataProtectionPolicy"""
            group, policy = self._get_param("logGroupIdentifier"), self._get_param("policyDocument")
            policies.of(self)[_name_in(group)] = policy
            return json.dumps({"logGroupIdentifier": group, "policyDocument": policy})

        def get_data_protection_policy(self):
            """GetDataProtectionPolicy"""
            group = self._get_param("logGroupIdentifier")
            policy = policies.of(self).get(_name_in(group))
            told = {} if policy is None else {"policyDocument": policy}
            return json.dumps({"logGroupIdentifier": group, **told})

        def delete_data_protection_policy(self):
            """DeleteDataProtectionPolicy"""
            policies.of(self).pop(_name_in(self._get_param("logGroupIdentifier")), None)
            return "{}"

    graft(LogsResponse, Operations)

    @wrap(LogsResponse, "delete_log_group")
    def delete_log_group(original, self):
        """DeleteLogGroup: with what belongs to it."""
        answer = original(self)
        policies.of(self).pop(self._get_param("logGroupName"), None)
        return answer


def _name_in(identifier):
    """Log groups are identified by name or by ARN."""
    return identifier.split(":log-group:")[-1].removesuffix(":*")
