"""Builds. None runs by itself: somebody who sees that one was asked for plays CodeBuild, and tells how it is."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import iso_8601_datetime_with_milliseconds

from emulator.gaps import closes
from emulator.kit import Shelf, fields_of, found, graft, page, problem
from emulator.services.codebuild.projects import CodeBuild, name_in

#: By id. A project's builds outlive it.
_builds = Shelf("codebuild build history")

#: What StartBuild may say instead of the project: of the build itself, of its environment, of its source.
_OVERRIDES = {
    None: {
        "sourceVersion": "sourceVersion",
        "serviceRoleOverride": "serviceRole",
        "timeoutInMinutesOverride": "timeoutInMinutes",
        "queuedTimeoutInMinutesOverride": "queuedTimeoutInMinutes",
    },
    "environment": {
        "environmentTypeOverride": "type",
        "imageOverride": "image",
        "computeTypeOverride": "computeType",
        "privilegedModeOverride": "privilegedMode",
    },
    "source": {
        "sourceTypeOverride": "type",
        "sourceLocationOverride": "location",
        "buildspecOverride": "buildspec",
    },
}

#: Fields that a build has from its project.
_OF_PROJECT = (
    "sourceVersion",
    "source",
    "secondarySources",
    "cache",
    "environment",
    "serviceRole",
    "timeoutInMinutes",
    "queuedTimeoutInMinutes",
    "vpcConfig",
    "encryptionKey",
)


def told() -> list[dict]:
    """GET /_local-aws/builds: all of them, the oldest first."""
    builds = [build for _, kept in _builds.places() for build in list(kept.values())]
    return sorted(builds, key=lambda build: build["startTime"])


def take(asked: Mapping[str, Any]) -> None:
    """POST /_local-aws/builds

    :param asked: `{"id", …}`: a build's id, and the fields of a Build that are other ones now
    """
    fields = fields_of(asked, "codebuild", "Build")
    for _, kept in _builds.places():
        if fields["id"] in kept:
            kept[fields["id"]].update(fields)
            return
    raise problem("ResourceNotFoundException", f"there is no build {fields['id']}; wanted: one of StartBuild")


@closes("codebuild-builds")
def keep_builds() -> None:
    graft(CodeBuild, Builds)


class Builds:
    """Operations of CodeBuild."""

    def start_build(self):
        """StartBuild"""
        project = self._project(self._get_param("projectName"))
        name, number = project["name"], str(uuid.uuid4())
        of_project = [one for one in _builds.of(self).values() if one["projectName"] == name]
        now = iso_8601_datetime_with_milliseconds()
        build = {
            **{field: project[field] for field in _OF_PROJECT if field in project},
            "id": f"{name}:{number}",
            "arn": self.arn(f"build/{name}:{number}"),
            "buildNumber": len(of_project) + 1,
            "projectName": name,
            "initiator": _caller(self),
            "startTime": now,
            "currentPhase": "QUEUED",
            "buildStatus": "IN_PROGRESS",
            "buildComplete": False,
            "phases": [
                {
                    "phaseType": "SUBMITTED",
                    "phaseStatus": "SUCCEEDED",
                    "startTime": now,
                    "endTime": now,
                    "durationInSeconds": 0,
                },
                {"phaseType": "QUEUED", "startTime": now},
            ],
            "artifacts": {"location": project["artifacts"].get("location", "")},
            "logs": _logs(self, project, number),
        }
        _override(build, self.params)
        _builds.of(self)[build["id"]] = build
        return ActionResult({"build": build})

    def batch_get_builds(self):
        """BatchGetBuilds: by id or ARN"""
        builds, asked = _builds.of(self), self._get_param("ids")
        here = [name_in(one) for one in asked if name_in(one) in builds]
        missing = [one for one in asked if name_in(one) not in builds]
        return ActionResult({"builds": [builds[one] for one in here], "buildsNotFound": missing})

    def list_builds(self):
        """ListBuilds"""
        return _listed(self, _builds.of(self).values())

    def list_builds_for_project(self):
        """ListBuildsForProject"""
        name = self._project(self._get_param("projectName"))["name"]
        return _listed(self, [one for one in _builds.of(self).values() if one["projectName"] == name])

    def stop_build(self):
        """StopBuild: one that has ended stays as it is."""
        build_id = name_in(self._get_param("id"))
        message = f"Build {build_id} does not exist"
        build = found(_builds.of(self), build_id, "ResourceNotFoundException", message)
        if not build["buildComplete"]:
            now = iso_8601_datetime_with_milliseconds()
            build.update(buildStatus="STOPPED", currentPhase="COMPLETED", endTime=now, buildComplete=True)
        return ActionResult({"build": build})


def _listed(response: Any, builds: Iterable[dict]) -> ActionResult:
    """The newest first, unless it is asked for otherwise."""
    ids = [build["id"] for build in builds]
    if response._get_param("sortOrder") != "ASCENDING":
        ids.reverse()
    ids, more = page(ids, response._get_param("nextToken"), None)
    return ActionResult({"ids": ids, **more})


def _override(build: dict, asked: Mapping[str, Any]) -> None:
    for part, names in _OVERRIDES.items():
        instead = {field: asked[name] for name, field in names.items() if name in asked}
        if part is None:
            build.update(instead)
        else:
            build[part] = {**build[part], **instead}
    variables = [
        *build["environment"]["environmentVariables"],
        *(asked.get("environmentVariablesOverride") or []),
    ]
    by_name = {one["name"]: {"type": "PLAINTEXT", **one} for one in variables}
    build["environment"]["environmentVariables"] = list(by_name.values())


def _logs(response: Any, project: Mapping[str, Any], number: str) -> dict:
    """A stream of its own for each build, which whoever plays CodeBuild writes."""
    asked = (project.get("logsConfig") or {}).get("cloudWatchLogs") or {"status": "ENABLED"}
    if asked["status"] == "DISABLED":
        return {"cloudWatchLogs": asked}
    group = asked.get("groupName") or f"/aws/codebuild/{project['name']}"
    stream = "/".join(filter(None, [asked.get("streamName"), number]))
    place = f"{response.partition}:logs:{response.region}:{response.current_account}"
    return {
        "groupName": group,
        "streamName": stream,
        "cloudWatchLogsArn": f"arn:{place}:log-group:{group}:log-stream:{stream}",
        "cloudWatchLogs": asked,
    }


def _caller(response: Any) -> str:
    """A user's name, or a role with its session."""
    from moto.sts.models import sts_backends

    sts = sts_backends[response.current_account][response.partition]
    _, arn, _ = sts.get_caller_identity(response.access_key, response.region)
    return arn.split(":")[-1].split("/", 1)[-1]
