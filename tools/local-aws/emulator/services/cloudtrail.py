"""AWS CloudTrail."""

from emulator.gaps import closes
from emulator.kit import wrap

_BY_NAME_ONLY = [
    "start_logging",
    "stop_logging",
    "delete_trail",
    "update_trail",
    "put_event_selectors",
    "get_event_selectors",
    "put_insight_selectors",
    "get_insight_selectors",
]


@closes("cloudtrail-arn")
def take_arns_for_names() -> None:
    """StartLogging and the others: Name is the name of the trail or its ARN."""
    from moto.cloudtrail.models import CloudTrailBackend

    def name_of(value):
        return value.split("/")[-1] if isinstance(value, str) and ":trail/" in value else value

    for method in _BY_NAME_ONLY:

        @wrap(CloudTrailBackend, method)
        def by_name(original, self, *args, **kwargs):
            named = {key: name_of(value) for key, value in kwargs.items()}
            return original(self, *map(name_of, args), **named)
