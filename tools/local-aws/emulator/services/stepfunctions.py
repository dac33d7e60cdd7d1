"""AWS Step Functions."""

import json

from emulator.gaps import closes
from emulator.kit import graft


@closes("stepfunctions-validation")
def add_what_is_asked_before_creation() -> None:
    from moto.stepfunctions.responses import StepFunctionResponse

    class Operations:
        def validate_state_machine_definition(self):
            """ValidateStateMachineDefinition. Only JSON is judged; CreateStateMachine looks closer."""
            try:
                json.loads(self._get_param("definition"))
            except ValueError as error:
                diagnostic = {
                    "severity": "ERROR",
                    "code": "INVALID_JSON_DESCRIPTION",
                    "message": str(error),
                }
                return json.dumps({"result": "FAIL", "diagnostics": [diagnostic]})
            return json.dumps({"result": "OK", "diagnostics": []})

        def list_state_machine_versions(self):
            """ListStateMachineVersions: none is ever published here."""
            return json.dumps({"stateMachineVersions": []})

    graft(StepFunctionResponse, Operations)
