"""The process: its port, its lock, what it tells to whoever started it, and its end."""

import argparse
import fcntl
import json
import logging
import os
import signal
import socket
import sys
import threading
import uuid
from pathlib import Path
from typing import IO

#: Another emulator holds the lock. EX_TEMPFAIL of sysexits.h.
EXIT_LOCKED = 75
#: Somebody else listens on the port that was asked for. EX_UNAVAILABLE.
EXIT_PORT_TAKEN = 69

HOST = "127.0.0.1"


def main(argv: list[str]) -> int:
    options = _options(argv)
    identity = {"instance": options.instance, "pid": os.getpid()}
    if options.lock is not None and not _take_lock(options.lock, identity):
        return EXIT_LOCKED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    if options.until_stdin_ends:
        threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()

    try:
        listening = _listen(options.port)
    except OSError as error:
        print(f"port {options.port} of {HOST} cannot be used: {error.strerror}", file=sys.stderr)
        return EXIT_PORT_TAKEN
    port = listening.getsockname()[1]

    from emulator import speed

    speed.before_moto()
    from emulator.application import Application, configure_moto

    configure_moto(port)
    if options.account is not None:
        _be_account(options.account)
    from emulator.gaps import close_gaps

    close_gaps(options.leave_open)
    speed.quicken()

    from werkzeug.serving import make_server

    # One line for each request would be most of what is written.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    state = {**identity, "port": port, "endpoint": f"http://{HOST}:{port}"}
    server = make_server(HOST, port, Application(state), threaded=True, fd=listening.fileno())
    if options.state is not None:
        _write_whole(options.state, json.dumps(state))
    print(json.dumps(state), flush=True)
    try:
        server.serve_forever()
    finally:
        if options.state is not None:
            options.state.unlink(missing_ok=True)
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on loopback; a free one unless given")
    parser.add_argument("--account", help="whose everything is; moto's own unless given")
    parser.add_argument("--instance", default=str(uuid.uuid4()), help="what it answers at /_local-aws")
    parser.add_argument("--lock", type=Path, help="a file that only one emulator can hold at a time")
    parser.add_argument("--state", type=Path, help="a file that tells where it listens, while it does")
    parser.add_argument("--until-stdin-ends", action="store_true", help="so that it goes with its parent")
    parser.add_argument(
        "--leave-open",
        type=lambda text: text.split(","),
        default=[],
        metavar="KEY,…",
        help="gaps of gaps.json that stay as moto ships them; all of them: all",
    )
    return parser.parse_args(argv)


def _be_account(account: str) -> None:
    """moto has one account for everybody who signs with unknown keys, and copies of its number in many modules."""
    for module in list(sys.modules.values()):
        if module.__name__.startswith("moto") and hasattr(module, "DEFAULT_ACCOUNT_ID"):
            module.DEFAULT_ACCOUNT_ID = account


_held: list[IO[str]] = []


def _take_lock(file: Path, identity: dict) -> bool:
    """The kernel lets go of it when this process ends, however it ends. Inside: who holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = file.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    lock.seek(0)
    lock.truncate()
    lock.write(json.dumps(identity))
    lock.flush()
    _held.append(lock)
    return True


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, port))
    listening.listen(128)
    return listening


def _write_whole(file: Path, text: str) -> None:
    """Whoever reads it sees all of it or none."""
    written = file.with_suffix(f".{os.getpid()}")
    written.write_text(text)
    written.replace(file)


def _end_with(descriptor: int) -> None:
    # Not by a stream of Python's, whose lock this thread would hold when the interpreter ends.
    while os.read(descriptor, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
