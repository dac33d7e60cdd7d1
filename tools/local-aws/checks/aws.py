"""Clients, and the list of checks."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "eu-west-1"
ACCOUNT = "123456789012"
KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


class Aws:
    """Clients of one emulator, each made once."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.client(service, KEYS)
        return self._clients[service]

    def client(self, service: str, keys: dict[str, str]) -> Any:
        # An answer of 500 is an answer: nothing is tried again.
        config = Config(retries={"total_max_attempts": 1}, read_timeout=20, s3={"addressing_style": "path"})
        return boto3.client(service, region_name=REGION, endpoint_url=self.endpoint, config=config, **keys)

    def get(self, what: str) -> Any:
        """What the emulator tells beside AWS's APIs."""
        return self._answer(urllib.request.Request(f"{self.endpoint}/_local-aws/{what}"))

    def post(self, what: str, told: object = None) -> Any:
        return self._answer(
            urllib.request.Request(f"{self.endpoint}/_local-aws/{what}", data=json.dumps(told).encode())
        )

    @staticmethod
    def _answer(request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


Check = Callable[[Aws], None]
CHECKS: dict[str, Check] = {}


def check(key: str) -> Callable[[Check], Check]:
    def add(function: Check) -> Check:
        CHECKS[key] = function
        return function

    return add


def refused(code: str, call: Callable[..., Any], **arguments: Any) -> None:
    """Holds when the call is answered by that error."""
    try:
        call(**arguments)
    except ClientError as error:
        seen = error.response["Error"]["Code"]
        assert seen == code, f"answered {seen}; wanted: {code}"
    else:
        raise AssertionError(f"it was carried out; wanted: {code}")


def same(seen: Any, wanted: Any) -> None:
    assert seen == wanted, f"seen {seen!r}; wanted: {wanted!r}"
