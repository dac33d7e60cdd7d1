"""What the modules in services/ are made with: state of our own, and ways to change a class of moto."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores, get_service_model


class Shelf:
    """What one kind of API keeps: a dict for each account and region. POST /moto-api/reset empties it."""

    _all: "dict[str, Shelf]" = {}

    def __init__(self, name: str) -> None:
        """
        :param name: of what it holds, for inventories
        """
        self._places: dict[tuple[str, str], dict] = {}
        Shelf._all[name] = self

    @classmethod
    def named(cls) -> "dict[str, Shelf]":
        return dict(cls._all)

    def places(self) -> list[tuple[tuple[str, str], dict]]:
        return list(self._places.items())

    def of(self, response: BaseResponse) -> dict:
        return self.at(response.current_account, response.region)

    def at(self, account: str, region: str) -> dict:
        return self._places.setdefault((account, region), {})

    def everywhere(self, response: BaseResponse) -> dict:
        """For services without regions."""
        return self.at(response.current_account, "")

    @classmethod
    def empty_all(cls) -> None:
        for shelf in cls._all.values():
            shelf._places.clear()


class Tags:
    """The tags of resources, by ARN, in the order in which they were given."""

    _all: "list[Tags]" = []

    def __init__(self, service: str, key: str = "Key", value: str = "Value") -> None:
        self._key, self._value = key, value
        self._shelf = Shelf(f"{service} tags")
        Tags._all.append(self)

    @classmethod
    def everything(cls, account: str) -> list[tuple[str, dict[str, str]]]:
        """Every ARN with its tags."""
        return [entry for tags in cls._all for entry in tags._shelf.at(account, "").items()]

    def put(self, response: BaseResponse, arn: str, tags: Iterable[dict] | None) -> None:
        self.put_map(response, arn, {tag[self._key]: tag.get(self._value, "") for tag in tags or []})

    def put_map(self, response: BaseResponse, arn: str, tags: dict[str, str] | None) -> None:
        self._shelf.everywhere(response).setdefault(arn, {}).update(tags or {})

    def remove(self, response: BaseResponse, arn: str, keys: Iterable[str]) -> None:
        kept = self._shelf.everywhere(response).get(arn, {})
        for key in keys:
            kept.pop(key, None)

    def drop(self, response: BaseResponse, arn: str) -> None:
        self._shelf.everywhere(response).pop(arn, None)

    def of(self, response: BaseResponse, arn: str) -> list[dict]:
        return [{self._key: key, self._value: value} for key, value in self.map_of(response, arn).items()]

    def map_of(self, response: BaseResponse, arn: str) -> dict[str, str]:
        return self._shelf.everywhere(response).get(arn, {})


class Problem(ServiceException):
    """An error that the service documents; its HTTP status comes from botocore's model of the service."""


def problem(code: str, message: str) -> Problem:
    return Problem(code, message)


def found(kept: dict, key: Any, code: str, message: str) -> Any:
    """What is kept under that key, or the service's error for what is not there."""
    if key not in kept:
        raise problem(code, message)
    return kept[key]


def page(listed: list, token: str | None, size: int | None) -> tuple[list, dict[str, str]]:
    """A page of a list, and what leads to the next one.

    :param token: from the page before it
    :param size: 100 unless given
    """
    start = int(token or 0)
    end = start + int(size or 100)
    return listed[start:end], {"nextToken": str(end)} if end < len(listed) else {}


def fields_of(told: Mapping[str, Any], service: str, *shapes: str) -> dict[str, Any]:
    """What somebody tells of something, in AWS's stead.

    :param shapes: of botocore's model of the service; moments are texts of ISO 8601
    :raises ValueError: where none of them has such a field
    """
    model = get_service_model(service)
    known = {field for shape in shapes for field in model.shape_for(shape).members}
    unknown = sorted(set(told) - known)
    if unknown:
        raise ValueError(f"{shapes[0]} has no {', '.join(unknown)}; wanted: {', '.join(sorted(known))}")
    return dict(told)


def wrap(target: type, name: str) -> Callable[[Callable], Callable]:
    """Replaces a method by one that gets the original as its first argument."""

    def decorate(replacement: Callable) -> Callable:
        original = getattr(target, name)

        @functools.wraps(original)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return replacement(original, self, *args, **kwargs)

        setattr(target, name, method)
        return replacement

    return decorate


def graft(target: type, operations: type) -> None:
    """Gives a class of moto every function of another class, in the place of those that it has."""
    for name, member in vars(operations).items():
        if callable(member) or isinstance(member, (property, staticmethod)):
            if not name.startswith("__"):
                setattr(target, name, member)


class AddedService(BaseResponse):
    """A service, or a part of one, that moto lacks.

    Each public method is an operation of botocore's model of that service (`create_group` is CreateGroup).
    Requests are read and answers are written by that model, so that nothing but what AWS documents comes out; an
    operation without a method goes to moto.
    """

    #: The name of the service in botocore, which is also the one that requests are signed for.
    service: str

    def __init__(self) -> None:
        super().__init__(service_name=self.service)
        self.automated_parameter_parsing = True

    @classmethod
    def has(cls, operation: str | None) -> bool:
        if not operation:
            return False
        method = camelcase_to_underscores(operation)
        return callable(getattr(cls, method, None)) and not hasattr(BaseResponse, method)

    @classmethod
    def operation_of(cls, target: str | None, method: str, path: str) -> str | None:
        """The operation that a request asks for, by the header of JSON protocols or by method and path."""
        if target:
            return target.split(".")[-1]
        service = cls()
        service.region = "us-east-1"  # operations are the same everywhere
        try:
            return service._get_action_from_method_and_request_uri(method, path)
        except KeyError:
            return None

    def arn(self, kind: str, region: str | None = None) -> str:
        place = self.region if region is None else region
        return f"arn:{self.partition}:{self.service}:{place}:{self.current_account}:{kind}"


#: By the name that requests are signed for.
added_services: dict[str, type[AddedService]] = {}


def add_service(service: type[AddedService]) -> None:
    added_services[service.service] = service
