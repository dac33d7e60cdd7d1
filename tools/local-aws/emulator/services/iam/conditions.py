"""Conditions of statements."""

import re

from emulator.gaps import closes
from emulator.kit import wrap

#: What is true of every request here. Keys that are not known have no value.
_CONTEXT = {"aws:securetransport": "true"}


@closes("iam-conditions")
def judge_conditions() -> None:
    """IAM JSON policy elements: Condition. A statement whose condition is not met does not apply."""
    from moto.iam.access_control import IAMPolicyStatement, PermissionResult

    @wrap(IAMPolicyStatement, "is_action_permitted")
    def is_action_permitted(original, self, action, resource="*", principal=None, values=None):
        conditions = self._statement.get("Condition")
        if conditions and not _is_met(conditions, values or {}, self._statement["Effect"] == "Allow"):
            return PermissionResult.NEUTRAL
        return original(self, action, resource, principal, values)

    # What it would look at again: judged above.
    IAMPolicyStatement._check_conditions = lambda _self, _values: True


def _is_met(conditions: dict, values: dict, unknown: bool) -> bool:
    """
    :param unknown: what a condition on a key counts as whose value nobody knows here: so that it never refuses
    """
    context = {**_CONTEXT, **{key.lower(): value for key, value in values.items()}}
    for operator, wanted in conditions.items():
        base = operator.split(":")[-1]  # ForAnyValue:…, ForAllValues:…
        if_exists, base = base.endswith("IfExists"), base.removesuffix("IfExists")
        for key, expected in wanted.items():
            actual = context.get(key.lower())
            if actual is None:
                if not (unknown or if_exists):
                    return False
                continue
            judge = _OPERATORS.get(base)
            expectations = [str(one) for one in (expected if isinstance(expected, list) else [expected])]
            if judge is not None and not judge(str(actual), expectations):
                return False
    return True


def _any(test):
    return lambda actual, expectations: any(test(actual, expected) for expected in expectations)


def _none(test):
    return lambda actual, expectations: not any(test(actual, expected) for expected in expectations)


def _equal(actual, expected):
    return actual == expected


def _equal_folded(actual, expected):
    return actual.lower() == expected.lower()


def _like(actual, pattern):
    return wildcards(pattern).fullmatch(actual) is not None


def wildcards(pattern: str) -> re.Pattern[str]:
    """`*` is any text, `?` any character, and everything else itself."""
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


_OPERATORS = {
    "StringEquals": _any(_equal),
    "StringNotEquals": _none(_equal),
    "StringEqualsIgnoreCase": _any(_equal_folded),
    "StringNotEqualsIgnoreCase": _none(_equal_folded),
    "StringLike": _any(_like),
    "StringNotLike": _none(_like),
    "ArnEquals": _any(_like),
    "ArnLike": _any(_like),
    "ArnNotEquals": _none(_like),
    "ArnNotLike": _none(_like),
    "Bool": _any(_equal_folded),
    "Null": lambda _actual, expectations: expectations[0].lower() == "false",
}
