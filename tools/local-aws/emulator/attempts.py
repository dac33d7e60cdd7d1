"""Gives an answer again that was lost on its way.

The SDKs send the same id with each attempt of a call. On a busy machine clients written in Go now and then see a connection end
that a server closes right after its answer, take the answer for lost, and ask once more: what was made is then there already
(seen: CreateNatGateway, and a lock of Terraform's that it refused to itself). AWS keeps its connections open.
"""

import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

_ATTEMPT = re.compile(r"attempt=(\d+)")
#: So many answers are kept, and none that is larger, in bytes.
_KEPT = 500
_LARGEST = 1_000_000


class _Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes


_lock = threading.Lock()
_answers: OrderedDict[str, _Answer] = OrderedDict()


def answered_once(environ: dict[str, Any], start_response: Callable, answer: Callable) -> Iterable[bytes]:
    """Answers; a call that has succeeded is not carried out once more, whatever its client has heard."""
    call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
    if call is None:
        return answer(environ, start_response)
    attempt = _ATTEMPT.search(environ.get("HTTP_AMZ_SDK_REQUEST", ""))
    if attempt is not None and int(attempt.group(1)) > 1:
        with _lock:
            known = _answers.get(call)
        if known is not None:
            what = environ.get("HTTP_X_AMZ_TARGET") or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            print(f"{what}: its answer was lost, and is given again", file=sys.stderr, flush=True)
            # Unread, it would reset the connection.
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response(known.status, known.headers)
            return [known.body]
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        started[:] = [status, headers]
        return start_response(status, headers, *rest)

    chunks = answer(environ, start)
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    # A refusal may be another one the next time.
    if started and started[0].startswith("2") and len(body) <= _LARGEST:
        with _lock:
            _answers[call] = _Answer(*started, body)
            if len(_answers) > _KEPT:
                _answers.popitem(last=False)
    return [body]
