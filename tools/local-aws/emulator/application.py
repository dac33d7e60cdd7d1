"""The WSGI application: moto's own, with the services that moto lacks in front of it."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from moto.core.exceptions import ServiceException
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import (
    HTTP_METHODS,
    DomainDispatcherApplication,
    create_backend_app,
)

from emulator.attempts import answered_once
from emulator.inventory import inventory
from emulator.kit import AddedService, Shelf, added_services
from emulator.services import owned
from emulator.services.codebuild import builds
from emulator.services.codepipeline import executions
from emulator.services.ecr import layers, scans
from emulator.services.ecs import reports
from emulator.services.elasticache import auth_tokens
from emulator.services.iam import admin, refusals

#: Where the emulator tells which one it is. No bucket has a name like that.
IDENTITY_PATH = "/_local-aws"
#: Where it tells what it holds: see inventory.py.
INVENTORY_PATH = "/_local-aws/inventory"
#: Where it tells the tokens that each replication group takes now, which AWS tells nobody.
REDIS_TOKENS_PATH = "/_local-aws/redis-tokens"
#: Where it tells what policies have refused: see services/iam/refusals.py.
DENIALS_PATH = "/_local-aws/denials"
#: Where it tells what policies have permitted to roles: see there as well.
PERMISSIONS_PATH = "/_local-aws/permissions"
#: Where it is told to check everybody from now on, and answers with an admin's keys: see services/iam/admin.py.
ENFORCE_PATH = "/_local-aws/enforce"
#: Where it is given what the account's owner has from before: see services/owned.py.
OWNED_PATH = "/_local-aws/owned"
#: Where it is told how a service of ECS is: see services/ecs/reports.py.
ECS_SERVICES_PATH = "/_local-aws/ecs-services"
#: Where it is told what scans of images find: see services/ecr/scans.py.
SCAN_FINDINGS_PATH = "/_local-aws/scan-findings"
#: Where it tells which builds were asked for, and is told how they are: see services/codebuild/builds.py.
BUILDS_PATH = "/_local-aws/builds"
#: Where it is told how a pipeline ran: see services/codepipeline/executions.py.
PIPELINE_EXECUTIONS_PATH = "/_local-aws/pipeline-executions"

_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")

#: Its answers may wait for a message.
_WAITS = "sqs"


class Application(DomainDispatcherApplication):
    def __init__(self, identity: dict[str, Any]) -> None:
        super().__init__(create_backend_app)
        self._tellers: dict[str, Callable[[], Any]] = {
            IDENTITY_PATH: lambda: identity,
            INVENTORY_PATH: inventory,
            REDIS_TOKENS_PATH: auth_tokens.all_valid,
            DENIALS_PATH: refusals.denials,
            PERMISSIONS_PATH: refusals.permissions,
            BUILDS_PATH: builds.told,
        }
        self._takers: dict[str, Callable[[Any], Any]] = {
            ENFORCE_PATH: lambda _: admin.enforce(),
            ECS_SERVICES_PATH: reports.take,
            OWNED_PATH: owned.give,
            SCAN_FINDINGS_PATH: scans.give,
            BUILDS_PATH: builds.take,
            PIPELINE_EXECUTIONS_PATH: executions.take,
        }
        self._added_apps: dict[type[AddedService], Flask] = {}
        # moto's collections are not made for threads: one that grows while another request walks through it answers 500, the
        # client tries again, and finds there what it has made itself. One at a time is as fast, as Python runs one at a time.
        self._turn = threading.Lock()

    def get_application(self, environ: dict[str, Any]) -> Any:
        service = added_services.get(_signed_for(environ))
        if service is not None:
            operation = service.operation_of(
                environ.get("HTTP_X_AMZ_TARGET"), environ["REQUEST_METHOD"], environ["PATH_INFO"]
            )
            if service.has(operation):
                with self.lock:
                    return self._added_apps.setdefault(service, _app_of(service))
        return super().get_application(environ)

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in self._takers and environ["REQUEST_METHOD"] == "POST":
            return self._take(environ, start_response)
        if path in self._tellers:
            return _answer(start_response, "200 OK", self._tellers[path]())
        if path.startswith(layers.PATH):
            return _give_layer(start_response, path.removeprefix(layers.PATH))
        if path == "/moto-api/reset" and environ["REQUEST_METHOD"] == "POST":
            Shelf.empty_all()
        return answered_once(environ, start_response, self._answer)

    def _answer(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if _signed_for(environ) == _WAITS:
            return super().__call__(environ, start_response)
        with self._turn:
            return super().__call__(environ, start_response)

    def _take(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            with self._turn:
                taken = self._takers[environ["PATH_INFO"]](json.loads(body or "null"))
        except (ServiceException, KeyError, TypeError, ValueError) as error:
            return _answer(start_response, "400 Bad Request", {"message": f"{type(error).__name__}: {error}"})
        return _answer(start_response, "200 OK", taken)


def _answer(start_response: Callable, status: str, told: Any) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]


def _give_layer(start_response: Callable, token: str) -> Iterable[bytes]:
    layer = layers.of_token(token)
    if layer is None:
        message = f"no layer has the token {token!r}; wanted: a URL of GetDownloadUrlForLayer"
        return _answer(start_response, "404 Not Found", {"message": message})
    kind, length = ("Content-Type", "application/octet-stream"), ("Content-Length", str(layer.size))
    start_response("200 OK", [kind, length])
    return layer.parts


def _signed_for(environ: dict[str, Any]) -> str:
    """The service that a request is for; empty where nobody signed it."""
    signed = _SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", ""))
    return signed.group(1) if signed else ""


def _app_of(service: type[AddedService]) -> Flask:
    app = Flask("local-aws")
    view = convert_to_flask_response(service.dispatch)
    app.add_url_rule("/", endpoint="root", defaults={"path": ""}, methods=HTTP_METHODS, view_func=view)
    app.add_url_rule("/<path:path>", endpoint="path", methods=HTTP_METHODS, view_func=view)
    return app


def configure_moto(port: int) -> None:
    """What moto reads from its environment, before anything of it is imported. What is set already stays."""
    for name, value in {
        "MOTO_PORT": str(port),
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",  # roles may attach AWS's own policies
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # nothing here runs on EC2, and they take long to load
        "MOTO_ACM_VALIDATION_WAIT": "1",  # seconds until a certificate counts as validated, instead of 60
    }.items():
        os.environ.setdefault(name, value)
