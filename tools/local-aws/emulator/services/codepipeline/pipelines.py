"""Pipelines. Nothing runs them: see executions.py."""

from copy import deepcopy
from datetime import datetime, timezone

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, Tags, add_service, found, problem


@closes("codepipeline")
def add_pipelines() -> None:
    add_service(CodePipeline)


class CodePipeline(AddedService):
    service = "codepipeline"
    _pipelines = Shelf("codepipeline")
    _tags = Tags("codepipeline", "key", "value")

    def create_pipeline(self):
        """CreatePipeline"""
        pipeline = _completed(self._get_param("pipeline"))
        name = pipeline["name"]
        if name in self._pipelines.of(self):
            raise problem(
                "PipelineNameInUseException",
                f"A pipeline with the name '{name}' already exists in account '{self.current_account}'",
            )
        self._check(pipeline)
        now = datetime.now(timezone.utc)
        self._pipelines.of(self)[name] = {
            "pipeline": {**pipeline, "version": 1},
            "metadata": {"pipelineArn": self.arn(name), "created": now, "updated": now},
        }
        self._tags.put(self, self.arn(name), self._get_param("tags"))
        return ActionResult({**self._kept(name), "tags": self._tags.of(self, self.arn(name))})

    def get_pipeline(self):
        """GetPipeline"""
        return ActionResult(self._kept(self._get_param("name")))

    def update_pipeline(self):
        """UpdatePipeline: each one is a version more."""
        pipeline = _completed(self._get_param("pipeline"))
        kept = self._kept(pipeline["name"])
        self._check(pipeline)
        kept["pipeline"] = {**pipeline, "version": kept["pipeline"]["version"] + 1}
        kept["metadata"]["updated"] = datetime.now(timezone.utc)
        return ActionResult(kept)

    def delete_pipeline(self):
        """DeletePipeline: what is not there counts as deleted."""
        name = self._get_param("name")
        self._pipelines.of(self).pop(name, None)
        self._tags.drop(self, self.arn(name))
        return EmptyResult()

    def list_pipelines(self):
        """ListPipelines"""
        listed = [
            {**kept["pipeline"], **kept["metadata"]} for _, kept in sorted(self._pipelines.of(self).items())
        ]
        return ActionResult({"pipelines": listed})

    def list_tags_for_resource(self):
        """ListTagsForResource"""
        return ActionResult({"tags": self._tags.of(self, self._get_param("resourceArn"))})

    def tag_resource(self):
        """TagResource"""
        self._tags.put(self, self._get_param("resourceArn"), self._get_param("tags"))
        return EmptyResult()

    def untag_resource(self):
        """UntagResource"""
        self._tags.remove(self, self._get_param("resourceArn"), self._get_param("tagKeys"))
        return EmptyResult()

    def _kept(self, name):
        return found(
            self._pipelines.of(self),
            name,
            "PipelineNotFoundException",
            f"Account '{self.current_account}' does not have a pipeline with name '{name}'",
        )

    def _check(self, pipeline):
        """Two of the rules of "CodePipeline pipeline structure reference"."""
        stages = pipeline["stages"]
        if len(stages) < 2:
            raise problem(
                "InvalidStructureException",
                f"Pipeline has only {len(stages)} stage(s). "
                "There should be a minimum of 2 stages in a pipeline",
            )
        if pipeline["pipelineType"] != "V2":
            for field in ("triggers", "variables"):
                if pipeline.get(field):
                    raise problem(
                        "InvalidStructureException",
                        f"{field} are only supported for pipelines of type V2",
                    )


def _completed(asked):
    """A pipeline with AWS's defaults for what was left out (PipelineDeclaration)."""
    pipeline = {"executionMode": "SUPERSEDED", "pipelineType": "V1", **deepcopy(asked)}
    for stage in pipeline["stages"]:
        stage["actions"] = [
            {"runOrder": 1, "configuration": {}, "inputArtifacts": [], "outputArtifacts": [], **action}
            for action in stage["actions"]
        ]
    return pipeline
