"""The tokens that replication groups ask for: AuthToken and AuthTokenUpdateStrategy."""

import re
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

from emulator.kit import Problem, Shelf, problem

#: By group. What a group without an entry, or without a token in it, takes is a connection without one.
_kept = Shelf("elasticache auth tokens")

#: The user guide allows fewer signs than the API's reference forbids.
_SHAPE = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")

#: A change is over when the group was asked for that often: as slow as AWS for a program, and no slower for a test.
_LOOKS = 2

_WHILE_CHANGING = {"ROTATE": "ROTATING", "SET": "SETTING"}

#: Two programs may ask at once; one of them is first.
_lock = threading.Lock()


class AuthTokens:
    """The tokens of one group, and the change of them that is under way.

    What AWS leaves open is answered by the worst that it may do: a token that is given to ROTATE twice takes both
    places, and SET is refused unless the change before was a ROTATE to that token.
    """

    def __init__(self, first: str) -> None:
        self.valid = [first]
        self.changed = _now()
        self._rotated: str | None = None
        self._change: tuple[str, str] | None = None
        self._looks = 0

    def begin(self, strategy: str, token: str) -> None:
        if strategy == "SET" and token != self._rotated:
            message = "The SET strategy is allowed only after ROTATE, and for the token that was rotated last."
            raise problem("InvalidParameterCombination", message)
        self._change, self._looks = (strategy, token), 0

    def look(self) -> None:
        """Somebody asks for the group: time goes by."""
        if self._change is None:
            return
        strategy, token = self._change
        self._looks += 1
        if self._looks < _LOOKS:
            return
        self.valid = [*self.valid, token][-2:] if strategy == "ROTATE" else [token]
        self._rotated = token if strategy == "ROTATE" else None
        # Never the same twice, however fast it goes.
        self.changed = max(_now(), self.changed + timedelta(milliseconds=1))
        self._change = None

    @property
    def status(self) -> str | None:
        """AuthTokenStatus, while a change is under way."""
        return None if self._change is None else _WHILE_CHANGING[self._change[0]]


def create(response: Any, group_id: str, asked: dict) -> None:
    """Takes the AuthToken out of what was asked for."""
    token = asked.pop("AuthToken", None)
    if token:
        if not asked.get("TransitEncryptionEnabled"):
            message = "The AUTH token is only supported when encryption-in-transit is enabled."
            raise problem("InvalidParameterCombination", message)
        _check(token)
        _kept.of(response)[group_id] = AuthTokens(token)


def change(response: Any, group_id: str, changes: dict) -> None:
    """Takes AuthToken and AuthTokenUpdateStrategy out of the changes, and begins what they say."""
    token, strategy = changes.pop("AuthToken", None), changes.pop("AuthTokenUpdateStrategy", None)
    with _lock:
        tokens = _kept.of(response).get(group_id)
        if tokens is not None and tokens.status is not None:
            raise _not_available(group_id)
        if strategy == "DELETE":
            if not changes.get("UserGroupIdsToAdd"):
                message = "The DELETE strategy is allowed only when transitioning to RBAC."
                raise problem("InvalidParameterCombination", message)
            drop(response, group_id)
        elif token:
            _check(token)
            if tokens is None:
                tokens = _kept.of(response).setdefault(group_id, AuthTokens(""))
            tokens.begin(strategy or "ROTATE", token)
        elif strategy:
            message = "AuthTokenUpdateStrategy must be specified with AuthToken."
            raise problem("InvalidParameterCombination", message)


def drop(response: Any, group_id: str) -> None:
    _kept.of(response).pop(group_id, None)


def told(response: Any, group_id: str) -> dict:
    """What DescribeReplicationGroups tells of them."""
    with _lock:
        tokens = _kept.of(response).get(group_id)
        if tokens is None:
            return {"AuthTokenEnabled": False, "PendingModifiedValues": {}}
        return {
            "Status": "available" if tokens.status is None else "modifying",
            "AuthTokenEnabled": True,
            "AuthTokenLastModifiedDate": tokens.changed,
            "PendingModifiedValues": {} if tokens.status is None else {"AuthTokenStatus": tokens.status},
        }


def look(response: Any, group_id: str) -> None:
    """Somebody asks for the group."""
    with _lock:
        tokens = _kept.of(response).get(group_id)
        if tokens is not None:
            tokens.look()


def all_valid() -> dict[str, list[str]]:
    """The tokens that each group takes now, by its id; the empty one is a connection without a token."""
    with _lock:
        return {
            group_id: list(tokens.valid)
            for _, kept in _kept.places()
            for group_id, tokens in kept.items()
        }


def _check(token: str) -> None:
    if not _SHAPE.fullmatch(token):
        message = "Invalid AuthToken provided: 16 to 128 characters, letters, digits and any of !&#$^<>-."
        raise problem("InvalidParameterValue", message)


def _not_available(group_id: str) -> Problem:
    return problem("InvalidReplicationGroupState", f"Replication group {group_id} must be in available state.")


def _now() -> datetime:
    """As exact as it is told."""
    now = datetime.now(timezone.utc)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
