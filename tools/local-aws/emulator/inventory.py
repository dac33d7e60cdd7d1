"""What is in the emulator beyond what an empty account holds: tests ask by it whether something is left."""

import re
from collections.abc import Iterator
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from emulator.kit import Shelf
from emulator.services.iam.admin import ADMIN
from emulator.services.owned import GIVEN

#: Fields of moto's backends that hold no resources, but what moto notes about them.
_NOTES = re.compile(
    r"^_|tag|token|operation|history|delegation_sets|valid_resource_types|account_status|settings"
    # Those of users, and of roles that were taken.
    r"|access_keys|assumed_roles"
)

#: What AWS goes on listing for a while, or for ever, after it was deleted.
_GONE = {"deleted", "delete-complete", "inactive", "deleting"}


def inventory() -> dict[str, list[str]]:
    """Ids by `<service> <region> <what>`. What waits for its end (keys, secrets) is told as such."""
    found: dict[str, list[str]] = {}
    for service in list(BackendDict._instances):
        for account in list(service.values()):
            for region, backend in list(account.items()):
                empty = _resources(type(backend)(region, backend.account_id))
                for name, ids in _resources(backend).items():
                    # An account is born with some: a default network, AWS's own prefix lists.
                    if len(ids) > len(empty.get(name, [])):
                        found[f"{service.service_name} {region} {name}"] = ids
    for name, shelf in Shelf.named().items():
        for (_, region), kept in shelf.places():
            ids = [str(key) for key, value in kept.items() if value not in ({}, [])]
            if ids and not _NOTES.search(name):
                found[f"{name} {region}".strip()] = ids
    return found


def _resources(backend: BaseBackend) -> dict[str, list[str]]:
    return {
        name: sorted(
            _told(key, entry) for key, entry in _entries(value) if key not in {ADMIN, *GIVEN} and _is_there(backend, entry)
        )
        for name, value in vars(backend).items()
        if isinstance(value, (dict, list)) and not _NOTES.search(name)
    }


def _entries(kept: dict | list) -> Iterator[tuple[Any, Any]]:
    """Some resources lie in dicts of dicts: by zone, by network, by name and revision."""
    pairs = kept.items() if isinstance(kept, dict) else ((index, entry) for index, entry in enumerate(kept))
    for key, entry in pairs:
        if isinstance(entry, dict) and all(hasattr(inner, "__dict__") for inner in entry.values()):
            yield from entry.items()
        else:
            yield key, entry


def _is_there(backend: BaseBackend, entry: Any) -> bool:
    for field in ("status", "state"):
        if str(getattr(entry, field, "")).lower() in _GONE:
            return False
    if getattr(entry, "deletion_date", None) and not _waits(entry):  # a backup plan
        return False
    if any(str(alias).startswith("alias/aws/") for alias in getattr(entry, "aliases", None) or ()):
        return False  # a key of AWS's own
    # moto forgets what came with a network only where it is asked for by that network.
    networks = getattr(backend, "vpcs", None)
    network = getattr(entry, "vpc_id", None) or getattr(getattr(entry, "subnet", None), "vpc_id", None)
    return networks is None or network is None or network in networks


def _waits(entry: Any) -> bool:
    is_pending = getattr(entry, "key_state", None) == "PendingDeletion"
    return is_pending or getattr(entry, "deleted_date", None) is not None


def _told(key: Any, entry: Any) -> str:
    return f"{key} (to be deleted)" if _waits(entry) else str(key)[:200]
