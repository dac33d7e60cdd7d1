"""Amazon ECS."""

from datetime import datetime, timezone

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import problem, wrap

#: Fields of CreateService and UpdateService that DescribeServices tells as they were given.
_KEPT = [
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
]

#: Those that DescribeServices tells for each deployment.
_KEPT_IN_DEPLOYMENT = ["capacityProviderStrategy", "networkConfiguration", "serviceConnectConfiguration"]


@closes("ecs-service-settings")
def keep_service_settings() -> None:
    from moto.ecs.responses import EC2ContainerServiceResponse

    def keep(self, service):
        asked = self._get_params()
        for field in _KEPT:
            if field in asked:
                setattr(service, field, asked[field])
        if asked.get("networkConfiguration"):
            service.network_configuration = asked["networkConfiguration"]
        if asked.get("capacityProviderStrategy"):
            service.launch_type = None  # the two exclude each other
        for deployment in service.deployments or []:
            deployment["launchType"] = service.launch_type
            for field in _KEPT_IN_DEPLOYMENT:
                if asked.get(field):
                    deployment[field] = asked[field]

    @wrap(EC2ContainerServiceResponse, "create_service")
    def create_service(original, self):
        """CreateService"""
        answer = original(self)
        service = answer.result["service"]
        service.availabilityZoneRebalancing = "DISABLED"
        keep(self, service)
        return answer

    @wrap(EC2ContainerServiceResponse, "update_service")
    def update_service(original, self):
        """UpdateService"""
        answer = original(self)
        keep(self, answer.result["service"])
        return answer


@closes("ecs-service-steady")
def become_steady_at_once() -> None:
    """A service's tasks run as soon as it is asked for them, and its deployment is completed."""
    from moto.ecs.responses import EC2ContainerServiceResponse

    def settle(self, service):
        if service.task_definition:
            # Asked for as family:revision or by ARN, told as ARN.
            service.task_definition = self.ecs_backend.describe_task_definition(service.task_definition).arn
        service.running_count, service.pending_count = service.desired_count, 0
        for deployment in service.deployments or []:
            deployment.update(
                desiredCount=service.desired_count,
                runningCount=service.desired_count,
                pendingCount=0,
                taskDefinition=service.task_definition,
                rolloutState="COMPLETED",
                rolloutStateReason=f"ECS deployment {deployment['id']} completed.",
            )

    for operation in ("create_service", "update_service"):

        @wrap(EC2ContainerServiceResponse, operation)
        def steady(original, self):
            answer = original(self)
            settle(self, answer.result["service"])
            return answer


@closes("ecs-cluster-in-use")
def refuse_to_delete_clusters_in_use() -> None:
    """DeleteCluster: ClusterContainsServicesException"""
    from moto.ecs.models import EC2ContainerServiceBackend

    @wrap(EC2ContainerServiceBackend, "delete_cluster")
    def delete_cluster(original, self, cluster_str):
        name = cluster_str.split("/")[-1]
        if any(service.cluster_name == name and service.status == "ACTIVE" for service in self.services.values()):
            raise problem(
                "ClusterContainsServicesException",
                "The Cluster cannot be deleted while Services are active.",
            )
        return original(self, cluster_str)


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
        start = int(self._get_param("nextToken") or 0)
        end = start + (self._get_param("maxResults") or 100)
        more = {"nextToken": str(end)} if end < len(arns) else {}
        return ActionResult({"taskDefinitionArns": arns[start:end], **more})


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
