"""What an ECS scheduler outside of the emulator tells of a service, and what becomes of a service that has one.

A service that nobody reports runs as soon as it is asked for. From its first report on it is as it is reported; what is
asked of it by UpdateService waits for the scheduler, who may report once or twice more before it hears of that.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timezone
from random import randint
from typing import Any

from emulator.gaps import closes
from emulator.kit import problem, wrap
from emulator.services.ecs import tasks

#: Of a deployment: what the scheduler knows better.
_REPORTED = [
    "id",
    "status",
    "taskDefinition",
    "desiredCount",
    "pendingCount",
    "runningCount",
    "failedTasks",
    "rolloutState",
    "rolloutStateReason",
]

#: Of a deployment: what it counts.
_NOTHING_YET = {"pendingCount": 0, "runningCount": 0, "failedTasks": 0}


def is_scheduled(service: Any) -> bool:
    return getattr(service, "reported_tasks", None) is not None


def take(report: Mapping[str, Any]) -> None:
    """POST /_local-aws/ecs-services: the ServiceReport of tools/rehearsal/src/ecs/scheduler/report.ts."""
    service = _service(report["service"])
    if service.status != "ACTIVE":
        return  # It was deleted, and its tasks are about to end.
    deployments = _deployments(service, report)
    events = _events(report)
    service.reported_tasks = tasks.told(service, report["tasks"])
    service.deployments, service.events = deployments, events
    service.task_definition = deployments[0]["taskDefinition"]
    _count(service, report["runningCount"], report["pendingCount"])


def _service(arn: str) -> Any:
    from moto.ecs.models import ecs_backends

    _, _, _, region, account, name = arn.split(":", 5)
    cluster, _, service = name.removeprefix("service/").partition("/")
    found = ecs_backends[account][region].services.get(f"{cluster}:{service}")
    if found is None:
        raise problem("ServiceNotFoundException", f"there is no service {arn}; wanted: one that was created")
    return found


def _deployments(service: Any, report: Mapping[str, Any]) -> list[dict]:
    """The primary one first."""
    own = {one["id"]: one for one in service.deployments}
    primary = _primary(service.deployments)
    is_seen = any(one["id"] == primary["id"] for one in report["deployments"])
    # A report from before the scheduler saw the last UpdateService takes nothing of that back.
    deployments = [] if is_seen else [primary]
    for one in report["deployments"]:
        if one["status"] == "INACTIVE":
            continue
        deployment = {**own.get(one["id"], primary), **{field: one[field] for field in _REPORTED}}
        for field in ("createdAt", "updatedAt"):
            deployment[field] = tasks.moment(one[field])
        if one["rolloutState"] == "PENDING":
            deployment["rolloutState"] = "IN_PROGRESS"
        if not is_seen:
            deployment["status"] = "ACTIVE"
        deployments.append(deployment)
    deployments.sort(key=lambda one: one["status"] != "PRIMARY")
    if report["desiredCount"] != service.desired_count:
        _primary(deployments)["desiredCount"] = service.desired_count
    return deployments


def _primary(deployments: list[dict]) -> dict:
    for one in deployments:
        if one["status"] == "PRIMARY":
            return one
    raise problem("InvalidParameterException", "no deployment is PRIMARY; wanted: one")


def _events(report: Mapping[str, Any]) -> list[dict]:
    """An event has the same id in every report."""
    same: Counter = Counter()
    events = []
    # The oldest first: what comes later changes nothing.
    for event in reversed(report["events"]):
        name = f"{report['service']} {event['createdAt']} {event['message']}"
        same[name] += 1
        events.append(
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {same[name]}")),
                "createdAt": tasks.moment(event["createdAt"]),
                "message": event["message"],
            }
        )
    return events[::-1]


def _count(service: Any, running: int, pending: int) -> None:
    """The cluster counts them, too."""
    cluster = service._backend._get_cluster(service.cluster_name)
    service.running_count, service.pending_count = running, pending
    services = [one for one in service._backend.services.values() if one.cluster_name == service.cluster_name]
    active = [one for one in services if one.status == "ACTIVE"]
    cluster.running_tasks_count = sum(one.running_count for one in active)
    cluster.pending_tasks_count = sum(one.pending_count for one in active)


@closes("ecs-reports")
def leave_it_to_the_scheduler() -> None:
    """UpdateService: a changed definition, or force, is a deployment; a changed count belongs to the one there is."""
    from moto.ecs.responses import EC2ContainerServiceResponse

    @wrap(EC2ContainerServiceResponse, "update_service")
    def update_service(original, self):
        asked = self._get_params()
        found, _ = self.ecs_backend.describe_services(asked.get("cluster", "default"), [asked["service"]])
        if not found or not is_scheduled(found[0]):
            return original(self)
        service = found[0]
        before = [dict(one) for one in service.deployments]
        definition, counts = service.task_definition, (service.running_count, service.pending_count)
        answer = original(self)
        service.deployments = before
        _count(service, *counts)
        # Asked for as family:revision or by ARN, told as ARN.
        service.task_definition = self.ecs_backend.describe_task_definition(service.task_definition).arn
        if asked.get("forceNewDeployment") or service.task_definition != definition:
            _deploy(service)
        else:
            _primary(before)["desiredCount"] = service.desired_count
        return answer


def _deploy(service: Any) -> None:
    before = _primary(service.deployments)
    name = f"ecs-svc/{randint(10**18, 10**19 - 1)}"
    now = datetime.now(timezone.utc)
    deployment = {
        **before,
        **_NOTHING_YET,
        "id": name,
        "taskDefinition": service.task_definition,
        "desiredCount": service.desired_count,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {name} in progress.",
        "createdAt": now,
        "updatedAt": now,
    }
    before["status"] = "ACTIVE"
    service.deployments.insert(0, deployment)
