"""Application Auto Scaling."""

import json

from emulator.gaps import closes
from emulator.kit import Shelf, graft, wrap


@closes("autoscaling-tags")
def keep_tags() -> None:
    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

    tags = Shelf("application-autoscaling tags")

    class Operations:
        def list_tags_for_resource(self):
            """ListTagsForResource"""
            return json.dumps({"Tags": tags.of(self).get(self._get_param("ResourceARN"), {})})

        def tag_resource(self):
            """TagResource"""
            tags.of(self).setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags") or {})
            return "{}"

        def untag_resource(self):
            """UntagResource"""
            kept = tags.of(self).get(self._get_param("ResourceARN"), {})
            for key in self._get_param("TagKeys") or []:
                kept.pop(key, None)
            return "{}"

    graft(ApplicationAutoScalingResponse, Operations)

    @wrap(ApplicationAutoScalingResponse, "register_scalable_target")
    def register_scalable_target(original, self):
        """RegisterScalableTarget: Tags"""
        answer = original(self)
        if self._get_param("Tags"):
            arn = json.loads(answer)["ScalableTargetARN"]
            tags.of(self).setdefault(arn, {}).update(self._get_param("Tags"))
        return answer
