"""The table of gaps (gaps.json), and what closes each of them.

A gap's row is data: the page docs/reference/local-aws.md is made of it, and checks/ holds that moto as shipped
does what the row says, and this emulator what AWS documents.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Collection
from pathlib import Path

TABLE: list[dict] = json.loads(Path(__file__).with_name("gaps.json").read_text())

_closers: dict[str, list[Callable[[], None]]] = {}


def closes(key: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Marks a function that changes moto so that this row of the table holds."""
    if key not in {row["key"] for row in TABLE}:
        raise ValueError(f"gaps.json has no row {key!r}")

    def mark(closer: Callable[[], None]) -> Callable[[], None]:
        _closers.setdefault(key, []).append(closer)
        return closer

    return mark


def close_gaps(left_open: Collection[str] = ()) -> None:
    """Closes every gap of the table but those that are named; `all` names every one."""
    from emulator import services

    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        importlib.import_module(module.name)
    keys = [row["key"] for row in TABLE]
    unknown = set(left_open) - {*keys, "all"}
    if unknown:
        raise ValueError(f"gaps.json has no row {', '.join(sorted(unknown))}")
    for key in keys:
        if key not in _closers:
            raise ValueError(f"nothing closes the gap {key!r} of gaps.json")
        if key in left_open or "all" in left_open:
            continue
        for closer in _closers[key]:
            closer()
