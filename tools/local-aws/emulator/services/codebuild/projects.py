"""Projects and report groups."""

from datetime import datetime, timezone

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, add_service, found, problem


@closes("codebuild")
def add_codebuild() -> None:
    add_service(CodeBuild)


class Projects(AddedService):
    """Projects. They are kept where moto looks for them, so that what is tagged is found."""

    service = "codebuild"

    def create_project(self):
        """CreateProject"""
        name = self._get_param("name")
        if name in self._projects:
            arn = self.arn(f"project/{name}")
            raise problem("ResourceAlreadyExistsException", f"Project already exists: {arn}")
        return self._put(name, dict(self.params), datetime.now(timezone.utc))

    def update_project(self):
        """UpdateProject: what is left out stays as it is."""
        name = name_in(self._get_param("name"))
        old = self._project(name)
        return self._put(name, {**old, **self.params}, old["created"])

    def batch_get_projects(self):
        """BatchGetProjects"""
        names = [name_in(name) for name in self._get_param("names")]
        here = [name for name in names if name in self._projects]
        return ActionResult(
            {
                "projects": [self._projects[name].project_metadata for name in here],
                "projectsNotFound": [name for name in names if name not in here],
            }
        )

    def list_projects(self):
        """ListProjects"""
        return ActionResult({"projects": sorted(self._projects)})

    def delete_project(self):
        """DeleteProject: what is not there counts as deleted."""
        self._projects.pop(name_in(self._get_param("name")), None)
        return EmptyResult()

    def update_project_visibility(self):
        """UpdateProjectVisibility"""
        arn = self._get_param("projectArn")
        visibility = self._get_param("projectVisibility")
        self._project(arn)["projectVisibility"] = visibility
        return ActionResult({"projectArn": arn, "projectVisibility": visibility})

    @property
    def _projects(self):
        from moto.codebuild.models import codebuild_backends

        return codebuild_backends[self.current_account][self.region].codebuild_projects

    def _project(self, name_or_arn):
        name = name_in(name_or_arn)
        arn = self.arn(f"project/{name}")
        code = "ResourceNotFoundException"
        return found(self._projects, name, code, f"Project cannot be found: {arn}").project_metadata

    def _put(self, name, asked, created):
        from moto.codebuild.models import codebuild_backends

        project = _completed(asked)
        backend = codebuild_backends[self.current_account][self.region]
        builds = backend.build_history.get(name, [])
        backend.create_project(
            project_name=name,
            description=project.get("description"),
            project_source=project["source"],
            artifacts=project["artifacts"],
            environment=project["environment"],
            service_role=project["serviceRole"],
            tags=project["tags"],
            cache=project["cache"],
            timeout=project["timeoutInMinutes"],
            queued_timeout=project["queuedTimeoutInMinutes"],
            source_version=project.get("sourceVersion"),
            logs_config=project.get("logsConfig"),
            vpc_config=project.get("vpcConfig"),
        )
        backend.build_history[name] = builds
        arn = self.arn(f"project/{name}")
        kept = {
            "encryptionKey": f"arn:{self.partition}:kms:{self.region}:{self.current_account}:alias/aws/s3",
            **project,
            "name": name,
            "arn": arn,
            "created": created,
            "lastModified": datetime.now(timezone.utc),
            # Asked for as a switch, told as an object.
            "badge": {"badgeEnabled": project.pop("badgeEnabled", False)},
        }
        self._projects[name].project_metadata = kept
        return ActionResult({"project": kept})


class ReportGroups(AddedService):
    service = "codebuild"
    _groups = Shelf("codebuild report groups")

    def create_report_group(self):
        """CreateReportGroup"""
        arn = self.arn(f"report-group/{self._get_param('name')}")
        if arn in self._groups.of(self):
            raise problem("ResourceAlreadyExistsException", f"Report group already exists: {arn}")
        now = datetime.now(timezone.utc)
        group = {**self.params, "arn": arn, "created": now, "lastModified": now, "status": "ACTIVE"}
        self._groups.of(self)[arn] = group
        return ActionResult({"reportGroup": group})

    def batch_get_report_groups(self):
        """BatchGetReportGroups"""
        groups = self._groups.of(self)
        arns = self._get_param("reportGroupArns")
        return ActionResult(
            {
                "reportGroups": [groups[arn] for arn in arns if arn in groups],
                "reportGroupsNotFound": [arn for arn in arns if arn not in groups],
            }
        )

    def list_report_groups(self):
        """ListReportGroups"""
        return ActionResult({"reportGroups": sorted(self._groups.of(self))})

    def update_report_group(self):
        """UpdateReportGroup"""
        arn = self._get_param("arn")
        group = found(
            self._groups.of(self), arn, "ResourceNotFoundException", f"Report group not found: {arn}"
        )
        group.update({**self.params, "lastModified": datetime.now(timezone.utc)})
        return ActionResult({"reportGroup": group})

    def delete_report_group(self):
        """DeleteReportGroup"""
        self._groups.of(self).pop(self._get_param("arn"), None)
        return EmptyResult()


class CodeBuild(Projects, ReportGroups):
    """Builds are added to it: see builds.py."""


def name_in(name_or_arn):
    return name_or_arn.split("/")[-1]


def _completed(project):
    """A project with AWS's defaults for what was left out (CreateProject)."""
    artifacts = dict(project["artifacts"])
    if artifacts["type"] == "CODEPIPELINE":
        artifacts = {"name": project["name"], "packaging": "NONE", **artifacts}
    environment = {
        "imagePullCredentialsType": "CODEBUILD",
        "environmentVariables": [],
        **project["environment"],
    }
    return {
        "timeoutInMinutes": 60,
        "queuedTimeoutInMinutes": 480,
        "cache": {"type": "NO_CACHE"},
        "projectVisibility": "PRIVATE",
        "tags": [],
        **project,
        "artifacts": artifacts,
        "environment": environment,
    }
