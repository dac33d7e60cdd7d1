"""AWS Backup."""

import json
from datetime import datetime, timezone
from urllib.parse import unquote
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, add_service, found, wrap


@closes("backup-tags")
def find_tags() -> None:
    """ListTags. moto counts on a slash at the end of the path, which the SDK for Go does not send."""
    from moto.backup.responses import BackupResponse

    @wrap(BackupResponse, "list_tags")
    def list_tags(_original, self):
        arn = unquote([part for part in self.path.split("/") if part][-1])
        return json.dumps({"Tags": self.backup_backend.list_tags(arn)})


@closes("backup-selections")
def add_selections() -> None:
    add_service(BackupSelections)


class BackupSelections(AddedService):
    """Which resources a backup plan is for."""

    service = "backup"
    _selections = Shelf("backup selections")

    def create_backup_selection(self):
        """CreateBackupSelection"""
        selection = {
            "SelectionId": str(uuid4()),
            "BackupPlanId": self._get_param("BackupPlanId"),
            "BackupSelection": self._get_param("BackupSelection"),
            "CreationDate": datetime.now(timezone.utc),
            "CreatorRequestId": self._get_param("CreatorRequestId"),
        }
        self._selections.of(self)[selection["SelectionId"]] = selection
        return ActionResult(selection)

    def get_backup_selection(self):
        """GetBackupSelection"""
        return ActionResult(self._selection())

    def list_backup_selections(self):
        """ListBackupSelections"""
        plan = self._get_param("BackupPlanId")
        listed = [
            {**selection, **selection["BackupSelection"]}
            for selection in self._selections.of(self).values()
            if selection["BackupPlanId"] == plan
        ]
        return ActionResult({"BackupSelectionsList": listed})

    def delete_backup_selection(self):
        """DeleteBackupSelection"""
        del self._selections.of(self)[self._selection()["SelectionId"]]
        return EmptyResult()

    def _selection(self):
        return found(
            self._selections.of(self),
            self._get_param("SelectionId"),
            "ResourceNotFoundException",
            "Cannot find Backup plan with selection",
        )
