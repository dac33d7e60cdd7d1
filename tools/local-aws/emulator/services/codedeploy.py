"""AWS CodeDeploy."""

from datetime import datetime, timezone
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, Tags, add_service, found, problem


@closes("codedeploy")
def add_codedeploy() -> None:
    add_service(CodeDeploy)


class CodeDeploy(AddedService):
    """Applications, deployment groups and configurations. Nothing is deployed by it."""

    service = "codedeploy"
    _applications = Shelf("codedeploy applications")
    _groups = Shelf("codedeploy groups")
    _configs = Shelf("codedeploy configurations")
    _tags = Tags("codedeploy")

    def create_application(self):
        """CreateApplication"""
        name = self._get_param("applicationName")
        if name in self._applications.of(self):
            raise problem("ApplicationAlreadyExistsException", f"Application already exists: {name}")
        application = {
            "applicationId": str(uuid4()),
            "applicationName": name,
            "createTime": datetime.now(timezone.utc),
            "linkedToGitHub": False,
            "computePlatform": self._get_param("computePlatform") or "Server",
        }
        self._applications.of(self)[name] = application
        self._tags.put(self, self.arn(f"application:{name}"), self._get_param("tags"))
        return ActionResult(application)

    def get_application(self):
        """GetApplication"""
        return ActionResult({"application": self._application(self._get_param("applicationName"))})

    def list_applications(self):
        """ListApplications"""
        return ActionResult({"applications": sorted(self._applications.of(self))})

    def update_application(self):
        """UpdateApplication: a new name."""
        application = self._application(self._get_param("applicationName"))
        name = self._get_param("newApplicationName") or application["applicationName"]
        applications = self._applications.of(self)
        del applications[application["applicationName"]]
        applications[name] = {**application, "applicationName": name}
        return EmptyResult()

    def delete_application(self):
        """DeleteApplication: with its deployment groups."""
        name = self._get_param("applicationName")
        self._applications.of(self).pop(name, None)
        groups = self._groups.of(self)
        for key in [key for key in groups if key[0] == name]:
            del groups[key]
        self._tags.drop(self, self.arn(f"application:{name}"))
        return EmptyResult()

    def create_deployment_group(self):
        """CreateDeploymentGroup"""
        asked = dict(self.params)
        application = self._application(asked["applicationName"])
        key = (asked["applicationName"], asked["deploymentGroupName"])
        if key in self._groups.of(self):
            raise problem("DeploymentGroupAlreadyExistsException", f"Deployment group already exists: {key[1]}")
        tags = asked.pop("tags", None)
        group = {
            "deploymentConfigName": "CodeDeployDefault.OneAtATime",
            "outdatedInstancesStrategy": "UPDATE",
            "deploymentStyle": {
                "deploymentType": "IN_PLACE",
                "deploymentOption": "WITHOUT_TRAFFIC_CONTROL",
            },
            **asked,
            "deploymentGroupId": str(uuid4()),
            "computePlatform": application["computePlatform"],
        }
        self._groups.of(self)[key] = group
        self._tags.put(self, self.arn(f"deploymentgroup:{key[0]}/{key[1]}"), tags)
        return ActionResult(group)

    def get_deployment_group(self):
        """GetDeploymentGroup"""
        return ActionResult({"deploymentGroupInfo": self._group(self._get_param("deploymentGroupName"))})

    def list_deployment_groups(self):
        """ListDeploymentGroups"""
        name = self._application(self._get_param("applicationName"))["applicationName"]
        listed = sorted(group for application, group in self._groups.of(self) if application == name)
        return ActionResult({"applicationName": name, "deploymentGroups": listed})

    def update_deployment_group(self):
        """UpdateDeploymentGroup: what is left out stays as it is."""
        asked = dict(self.params)
        old_name = asked.pop("currentDeploymentGroupName")
        group = self._group(old_name)
        new_name = asked.pop("newDeploymentGroupName", None) or old_name
        groups = self._groups.of(self)
        del groups[asked["applicationName"], old_name]
        groups[asked["applicationName"], new_name] = {**group, **asked, "deploymentGroupName": new_name}
        return ActionResult({"hooksNotCleanedUp": []})

    def delete_deployment_group(self):
        """DeleteDeploymentGroup"""
        application, group = self._get_param("applicationName"), self._get_param("deploymentGroupName")
        self._groups.of(self).pop((application, group), None)
        self._tags.drop(self, self.arn(f"deploymentgroup:{application}/{group}"))
        return ActionResult({"hooksNotCleanedUp": []})

    def create_deployment_config(self):
        """CreateDeploymentConfig"""
        name = self._get_param("deploymentConfigName")
        if name in self._configs.of(self):
            raise problem(
                "DeploymentConfigAlreadyExistsException", f"Deployment config already exists: {name}"
            )
        config = {
            **self.params,
            "deploymentConfigId": str(uuid4()),
            "createTime": datetime.now(timezone.utc),
        }
        self._configs.of(self)[name] = config
        return ActionResult(config)

    def get_deployment_config(self):
        """GetDeploymentConfig"""
        name = self._get_param("deploymentConfigName")
        config = found(
            self._configs.of(self),
            name,
            "DeploymentConfigDoesNotExistException",
            f"No deployment configuration found for {name}",
        )
        return ActionResult({"deploymentConfigInfo": config})

    def delete_deployment_config(self):
        """DeleteDeploymentConfig"""
        self._configs.of(self).pop(self._get_param("deploymentConfigName"), None)
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

    def _application(self, name):
        return found(
            self._applications.of(self),
            name,
            "ApplicationDoesNotExistException",
            f"No application found for name: {name}",
        )

    def _group(self, name):
        application = self._application(self._get_param("applicationName"))["applicationName"]
        return found(
            self._groups.of(self),
            (application, name),
            "DeploymentGroupDoesNotExistException",
            f"No Deployment Group found for name: {name}",
        )
