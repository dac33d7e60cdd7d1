"""Says when somebody asks once more: an answer was lost, or was one that clients do not take for the last."""

import re
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

_ATTEMPT = re.compile(r"attempt=(\d+)")
#: So many calls are remembered.
_KEPT = 1_000

_lock = threading.Lock()
_calls: OrderedDict[str, str] = OrderedDict()


def watched(environ: dict[str, Any], start_response: Callable, answer: Callable) -> Iterable[bytes]:
    """Answers, and notes how: SDKs send the same id with each attempt of a call."""
    call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
    if call is None:
        return answer(environ, start_response)
    attempt = _ATTEMPT.search(environ.get("HTTP_AMZ_SDK_REQUEST", ""))
    if attempt is not None and int(attempt.group(1)) > 1:
        what = environ.get("HTTP_X_AMZ_TARGET") or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        with _lock:
            before = _calls.get(call, "never arrived")
        print(f"{what}: attempt {attempt.group(1)}; the one before {before}", file=sys.stderr, flush=True)
    began = time.monotonic()
    _note(call, "has no answer yet")

    def start(status: str, headers: Any, *rest: Any) -> Any:
        _note(call, f"was answered {status} after {time.monotonic() - began:.1f} s")
        return start_response(status, headers, *rest)

    try:
        return answer(environ, start)
    except Exception as error:
        _note(call, f"failed: {type(error).__name__}")
        raise


def _note(call: str, outcome: str) -> None:
    with _lock:
        _calls[call] = outcome
        if len(_calls) > _KEPT:
            _calls.popitem(last=False)
