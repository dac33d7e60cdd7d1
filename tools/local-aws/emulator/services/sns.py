"""Amazon SNS."""

from emulator.gaps import closes
from emulator.kit import wrap

_ATTRIBUTES = {"tracing_config": "TracingConfig", "signature_version": "SignatureVersion"}


@closes("sns-topic-attributes")
def tell_topic_attributes() -> None:
    """GetTopicAttributes: TracingConfig and SignatureVersion"""
    from moto.sns.responses import SNSResponse

    @wrap(SNSResponse, "get_topic_attributes")
    def get_topic_attributes(original, self):
        answer = original(self)
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        for field, name in _ATTRIBUTES.items():
            if getattr(topic, field, None):
                answer.result["Attributes"][name] = getattr(topic, field)
        return answer
