"""Amazon SQS."""

from emulator.gaps import closes
from emulator.kit import wrap


@closes("sqs-redrive-policy")
def keep_redrive_policy_as_written() -> None:
    """SetQueueAttributes, GetQueueAttributes: RedrivePolicy is a text, told as it was put."""
    from moto.sqs.models import Queue

    Queue.redrive_policy_text = None

    @wrap(Queue, "_set_attributes")
    def set_attributes(original, self, attributes, now=None):
        original(self, attributes, now)
        text = attributes.get("RedrivePolicy")
        if isinstance(text, str):
            self.redrive_policy_text = text or None

    _change_attributes(
        lambda queue, told: {"RedrivePolicy": queue.redrive_policy_text}
        if told.get("RedrivePolicy") and queue.redrive_policy_text
        else {}
    )


@closes("sqs-redrive-allow-policy")
def add_redrive_allow_policy() -> None:
    """SetQueueAttributes, GetQueueAttributes: RedriveAllowPolicy"""
    from moto.sqs.models import Queue

    Queue.redrive_allow_policy = None
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    _change_attributes(
        lambda _queue, told: {} if told.get("RedriveAllowPolicy") else {"RedriveAllowPolicy": None}
    )


@closes("sqs-policy-stays")
def keep_policy() -> None:
    """SetQueueAttributes: an attribute that is not named stays as it is, the policy too."""
    from moto.sqs.models import Queue

    @wrap(Queue, "_set_attributes")
    def set_attributes(original, self, attributes, now=None):
        policy = getattr(self, "policy", None)
        original(self, attributes, now)
        if "Policy" not in attributes:
            self.policy = policy


def _change_attributes(change):
    """What GetQueueAttributes tells, with changes; None takes an attribute away."""
    from moto.sqs.models import Queue

    before = Queue.attributes.fget

    def attributes(self):
        told = before(self)
        told = {**told, **change(self, told)}
        return {name: value for name, value in told.items() if value is not None}

    Queue.attributes = property(attributes)
