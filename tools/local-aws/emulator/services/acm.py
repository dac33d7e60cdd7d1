"""AWS Certificate Manager."""

import json

from emulator.gaps import closes
from emulator.kit import wrap


@closes("acm-key-algorithm")
def keep_key_algorithm() -> None:
    """RequestCertificate: KeyAlgorithm; DescribeCertificate tells it. (The key itself stays RSA.)"""
    from moto.acm.models import CertBundle
    from moto.acm.responses import AWSCertificateManagerResponse

    @wrap(AWSCertificateManagerResponse, "request_certificate")
    def request_certificate(original, self):
        answer = original(self)
        algorithm = self._get_param("KeyAlgorithm")
        if algorithm and isinstance(answer, str):
            arn = json.loads(answer)["CertificateArn"]
            self.acm_backend._certificates[arn].asked_algorithm = algorithm
        return answer

    @wrap(CertBundle, "describe")
    def describe(original, self):
        description = original(self)
        algorithm = getattr(self, "asked_algorithm", None)
        if algorithm:
            description["Certificate"]["KeyAlgorithm"] = algorithm
        return description
