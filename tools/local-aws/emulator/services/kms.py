"""AWS Key Management Service."""

import json

from emulator.gaps import closes
from emulator.kit import wrap

#: Days, unless asked otherwise (EnableKeyRotation).
_ROTATION_PERIOD = 365


@closes("kms-rotation-period")
def keep_rotation_period() -> None:
    from moto.kms.responses import KmsResponse

    def key_of(self):
        return self.kms_backend.keys[self.kms_backend.get_key_id(self._get_param("KeyId"))]

    @wrap(KmsResponse, "enable_key_rotation")
    def enable_key_rotation(original, self):
        """EnableKeyRotation: RotationPeriodInDays"""
        answer = original(self)
        key_of(self).asked_rotation_period = self._get_param("RotationPeriodInDays") or _ROTATION_PERIOD
        return answer

    @wrap(KmsResponse, "get_key_rotation_status")
    def get_key_rotation_status(original, self):
        """GetKeyRotationStatus"""
        status = json.loads(original(self))
        if status["KeyRotationEnabled"]:
            status["RotationPeriodInDays"] = getattr(key_of(self), "asked_rotation_period", _ROTATION_PERIOD)
        return json.dumps(status)
