"""The tasks that were reported, as ListTasks and DescribeTasks tell them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import page, wrap

#: What is told as it was reported.
_REPORTED = [
    "taskArn",
    "taskDefinitionArn",
    "startedBy",
    "lastStatus",
    "desiredStatus",
    "healthStatus",
    "capacityProviderName",
    "availabilityZone",
    "stopCode",
    "stoppedReason",
]

_MOMENTS = ["createdAt", "startedAt", "stoppedAt"]


def moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)


def told(service: Any, reported: Iterable[Mapping[str, Any]]) -> list[dict]:
    before = {task["taskArn"]: task for task in getattr(service, "reported_tasks", None) or []}
    return [_told(service, one, before.get(one["taskArn"], {})) for one in reported]


def _told(service: Any, reported: Mapping[str, Any], before: Mapping[str, Any]) -> dict:
    definition = service._backend.describe_task_definition(reported["taskDefinitionArn"])
    task = {
        "clusterArn": service.cluster_arn,
        "group": f"service:{service.name}",
        "launchType": "FARGATE",
        "platformFamily": "Linux",
        "platformVersion": service.platform_version or "1.4.0",
        "cpu": definition.cpu,
        "memory": definition.memory,
        **{field: reported[field] for field in _REPORTED if field in reported},
        **{field: moment(reported[field]) for field in _MOMENTS if field in reported},
        "containers": [_container(definition, reported, one) for one in reported["containers"]],
    }
    if task["lastStatus"] == "STOPPED":
        task.setdefault("stoppedAt", before.get("stoppedAt") or datetime.now(timezone.utc))
    return task


def _container(definition: Any, task: Mapping[str, Any], reported: Mapping[str, Any]) -> dict:
    declared = next((one for one in definition.container_definitions if one["name"] == reported["name"]), {})
    return {
        "taskArn": task["taskArn"],
        "image": declared.get("image"),
        "lastStatus": task["lastStatus"],
        # A task's health is that of its containers with a check; the others' is unknown.
        "healthStatus": task["healthStatus"] if declared.get("healthCheck") else "UNKNOWN",
        **reported,
    }


def _of_cluster(backend: Any, cluster: str) -> Iterator[dict]:
    name = backend._get_cluster(cluster).name
    for service in backend.services.values():
        if service.cluster_name == name and service.status == "ACTIVE":
            yield from getattr(service, "reported_tasks", None) or []


@closes("ecs-reported-tasks")
def tell_reported_tasks() -> None:
    from moto.ecs.responses import EC2ContainerServiceResponse

    @wrap(EC2ContainerServiceResponse, "list_tasks")
    def list_tasks(original, self):
        """ListTasks: those that are to run, unless it is asked for those that are to stop; page by page."""
        asked = self._get_params()
        cluster = asked.get("cluster", "default")
        wanted = {
            "desiredStatus": asked.get("desiredStatus", "RUNNING"),
            **{field: asked[field] for field in ("startedBy", "launchType") if field in asked},
        }
        others = original(self).result["taskArns"]
        if "serviceName" in asked:
            service = self.ecs_backend._get_service(cluster, asked["serviceName"].split("/")[-1])
            wanted["group"] = f"service:{service.name}"
            others = []  # moto runs none for services.
        arns = [
            task["taskArn"]
            for task in _of_cluster(self.ecs_backend, cluster)
            if all(task[field] == value for field, value in wanted.items())
            and asked.get("family") in (None, _family_of(task))
            and "containerInstance" not in asked
        ]
        arns, more = page(arns + others, asked.get("nextToken"), asked.get("maxResults"))
        return ActionResult({"taskArns": arns, **more})

    @wrap(EC2ContainerServiceResponse, "describe_tasks")
    def describe_tasks(original, self):
        """DescribeTasks: by id or ARN; what there is none of is a failure."""
        answer = original(self)
        reported = {
            _id_of(task["taskArn"]): task
            for task in _of_cluster(self.ecs_backend, self._get_param("cluster", "default"))
        }
        own = {_id_of(task.task_arn): task for task in answer.result["tasks"]}
        known = {**own, **reported}
        asked = dict.fromkeys(self._get_param("tasks", []))
        answer.result["tasks"] = [known[_id_of(one)] for one in asked if _id_of(one) in known]
        answer.result["failures"] = [
            {"arn": one, "reason": "MISSING"} for one in asked if _id_of(one) not in known
        ]
        return answer


def _family_of(task: Mapping[str, Any]) -> str:
    return task["taskDefinitionArn"].split("/")[-1].split(":")[0]


def _id_of(task: str) -> str:
    return task.split("/")[-1]
