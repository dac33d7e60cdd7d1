"""What became of pipelines. None runs by itself: somebody who plays one tells how it goes."""

import uuid
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import Shelf, fields_of, found, graft, page, problem, wrap
from emulator.services.codepipeline.pipelines import CodePipeline

#: By pipeline: executions by id, the oldest first, each with its actions.
_executions = Shelf("codepipeline execution history")


def take(asked: Mapping[str, Any]) -> None:
    """POST /_local-aws/pipeline-executions: an execution, in the place of what was told of it before.

    :param asked: `{"pipeline", "execution", "actions"}`: the pipeline's name; the fields of PipelineExecution and
        PipelineExecutionSummary, its id at least; an ActionExecutionDetail for each action, the oldest first
    """
    name = asked["pipeline"]
    for (account, region), pipelines in CodePipeline._pipelines.places():
        if name in pipelines:
            execution = _execution(pipelines[name]["pipeline"], asked["execution"], asked["actions"])
            kept = _executions.at(account, region).setdefault(name, {})
            kept[execution["pipelineExecutionId"]] = execution
            return
    raise problem("PipelineNotFoundException", f"there is no pipeline {name}; wanted: one that was created")


def _execution(pipeline: Mapping[str, Any], told: Mapping[str, Any], actions: list[Mapping[str, Any]]) -> dict:
    service, version = "codepipeline", pipeline["version"]
    execution = {
        "pipelineName": pipeline["name"],
        "pipelineVersion": version,
        "executionMode": pipeline["executionMode"],
        "executionType": "STANDARD",
        **fields_of(told, service, "PipelineExecution", "PipelineExecutionSummary"),
    }
    own = {"pipelineExecutionId": execution["pipelineExecutionId"], "pipelineVersion": version}
    details = [
        {"actionExecutionId": str(uuid.uuid4()), **own, **fields_of(action, service, "ActionExecutionDetail")}
        for action in actions
    ]
    return {**execution, "actions": details}


@closes("codepipeline-executions")
def keep_executions() -> None:
    graft(CodePipeline, Executions)

    @wrap(CodePipeline, "delete_pipeline")
    def delete_pipeline(original, self):
        """DeletePipeline"""
        _executions.of(self).pop(self._get_param("name"), None)
        return original(self)


class Executions:
    """Operations of CodePipeline. An execution is kept with its actions, which are no field of AWS's, and not answered."""

    def list_pipeline_executions(self):
        """ListPipelineExecutions: the newest first."""
        return _listed(self, "pipelineExecutionSummaries", _of_pipeline(self).values())

    def get_pipeline_execution(self):
        """GetPipelineExecution"""
        return ActionResult({"pipelineExecution": _of_id(self, self._get_param("pipelineExecutionId"))})

    def list_action_executions(self):
        """ListActionExecutions: the newest first; of one execution, where the filter names it."""
        executions, asked = _of_pipeline(self), self._get_param("filter") or {}
        only = asked.get("pipelineExecutionId")
        chosen = executions.values() if only is None else [_of_id(self, only)]
        return _listed(self, "actionExecutionDetails", [one for each in chosen for one in each["actions"]])


def _of_pipeline(response: Any) -> dict[str, dict]:
    name = response._get_param("pipelineName")
    response._kept(name)
    return _executions.of(response).get(name, {})


def _of_id(response: Any, execution_id: str) -> dict:
    message = f"Pipeline execution '{execution_id}' does not exist"
    return found(_of_pipeline(response), execution_id, "PipelineExecutionNotFoundException", message)


def _listed(response: Any, name: str, oldest_first: Any) -> ActionResult:
    newest_first = list(oldest_first)[::-1]
    listed, more = page(newest_first, response._get_param("nextToken"), response._get_param("maxResults"))
    return ActionResult({name: listed, **more})
