"""Amazon EC2: what belongs to a network."""

import inspect

from emulator.gaps import closes
from emulator.kit import wrap


@closes("ec2-rule-descriptions")
def keep_rule_descriptions() -> None:
    """SecurityGroupRule.Description, whatever the rule refers to."""
    from moto.ec2.models.security_groups import SecurityGroupRule

    @wrap(SecurityGroupRule, "__init__")
    def rule(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        given = inspect.signature(original).bind(self, *args, **kwargs).arguments
        self.prefix_list_description = (given.get("prefix_list_id") or {}).get("Description")

    def description(self):
        of_address, of_group = self.ip_range.get("Description"), self.source_group.get("Description")
        return of_address or of_group or self.prefix_list_description

    SecurityGroupRule.description = property(description)


@closes("ec2-group-in-use")
def refuse_to_delete_groups_in_use() -> None:
    """DeleteSecurityGroup: DependencyViolation while a rule of another group names it."""
    from moto.ec2.exceptions import DependencyViolationError
    from moto.ec2.models.security_groups import SecurityGroupBackend

    @wrap(SecurityGroupBackend, "_delete_security_group")
    def delete_security_group(original, self, vpc_id, group_id):
        for others in self.groups.values():
            for other in others.values():
                rules = [*other.ingress_rules, *other.egress_rules]
                if other.id != group_id and any(rule.source_group.get("GroupId") == group_id for rule in rules):
                    raise DependencyViolationError(f"resource {group_id} has a dependent object")
        return original(self, vpc_id, group_id)


@closes("ec2-dhcp-options-tags")
def keep_dhcp_options_tags() -> None:
    """CreateDhcpOptions: TagSpecification"""
    from moto.ec2.responses.dhcp_options import DHCPOptions

    @wrap(DHCPOptions, "create_dhcp_options")
    def create_dhcp_options(original, self):
        answer = original(self)
        tags = self._parse_tag_specification().get("dhcp-options", {})
        if tags:
            answer.result["DhcpOptions"].add_tags(tags)
        return answer


@closes("ec2-flow-log-options")
def keep_flow_log_options() -> None:
    """CreateFlowLogs: DestinationOptions"""
    from moto.ec2.responses.flow_logs import FlowLogs

    @wrap(FlowLogs, "create_flow_logs")
    def create_flow_logs(original, self):
        answer = original(self)
        options = self._get_param("DestinationOptions")
        for flow_log in answer.result["FlowLogIds"]:
            # The answer's field of that name is read from the model.
            self.ec2_backend.flow_logs[flow_log].DestinationOptions = options
        return answer
