"""Services and their clusters."""

from emulator.gaps import closes
from emulator.kit import problem, wrap
from emulator.services.ecs import reports

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
            if deployment["status"] != "PRIMARY":
                continue
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
    """A service's tasks run as soon as it is asked for them, and its deployment is completed: see reports.py."""
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
            if not reports.is_scheduled(answer.result["service"]):
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
