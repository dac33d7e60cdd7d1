"""Task definitions."""

from datetime import datetime, timezone

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import page, problem, wrap


@closes("ecs-family")
def mean_newest_active_by_family() -> None:
    """DescribeTaskDefinition and all that runs one: a family stands for its newest ACTIVE revision."""
    from moto.ecs.exceptions import TaskDefinitionNotFoundException
    from moto.ecs.models import EC2ContainerServiceBackend

    @wrap(EC2ContainerServiceBackend, "describe_task_definition")
    def describe_task_definition(original, self, task_definition_str):
        family = task_definition_str.split("/")[-1]
        if ":" in family:
            return original(self, task_definition_str)
        revisions = self.task_definitions.get(family, {}).values()
        active = [one.revision for one in revisions if one.status == "ACTIVE"]
        if not active:
            raise TaskDefinitionNotFoundException()
        return original(self, f"{family}:{max(active)}")


@closes("ecs-inactive")
def refuse_inactive_revisions() -> None:
    """CreateService, UpdateService, RunTask: ClientException. AWS may take up to ten minutes to refuse."""
    from moto.ecs.responses import EC2ContainerServiceResponse

    for operation in ("create_service", "update_service", "run_task"):

        @wrap(EC2ContainerServiceResponse, operation)
        def refuse_inactive(original, self):
            asked = self._get_param("taskDefinition")
            if asked and self.ecs_backend.describe_task_definition(asked).status != "ACTIVE":
                raise problem("ClientException", "TaskDefinition is inactive")
            return original(self)


@closes("ecs-list-order")
def list_in_order() -> None:
    """ListTaskDefinitions: by family, then by number, the newest last or, by `sort`, first; page by page."""
    from moto.ecs.responses import EC2ContainerServiceResponse

    def family_and_revision(arn):
        family, revision = arn.split("/")[-1].split(":")
        return family, int(revision)

    @wrap(EC2ContainerServiceResponse, "list_task_definitions")
    def list_task_definitions(original, self):
        arns = original(self).result["taskDefinitionArns"]
        arns = sorted(arns, key=family_and_revision, reverse=self._get_param("sort") == "DESC")
        arns, more = page(arns, self._get_param("nextToken"), self._get_param("maxResults"))
        return ActionResult({"taskDefinitionArns": arns, **more})


@closes("ecs-registered")
def tell_when_and_by_whom() -> None:
    """RegisterTaskDefinition, DeregisterTaskDefinition: registeredAt, registeredBy, deregisteredAt"""
    from moto.ecs.models import EC2ContainerServiceBackend
    from moto.ecs.responses import EC2ContainerServiceResponse
    from moto.sts.models import sts_backends

    @wrap(EC2ContainerServiceResponse, "register_task_definition")
    def register_task_definition(original, self):
        answer = original(self)
        sts = sts_backends[self.current_account][self.partition]
        _, caller, _ = sts.get_caller_identity(self.access_key, self.region)
        definition = answer.result["taskDefinition"]
        definition.registered_at, definition.registered_by = datetime.now(timezone.utc), caller
        return answer

    @wrap(EC2ContainerServiceBackend, "deregister_task_definition")
    def deregister_task_definition(original, self, task_definition_str):
        definition = original(self, task_definition_str)
        if getattr(definition, "deregistered_at", None) is None:
            definition.deregistered_at = datetime.now(timezone.utc)
        return definition
