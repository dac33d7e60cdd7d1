"""Signatures of requests (Signature Version 4)."""

from urllib.parse import urlsplit

from flask import request

from emulator.gaps import closes
from emulator.kit import wrap


@closes("iam-signatures")
def read_requests_as_they_were_signed() -> None:
    """Create a signed AWS API request: path and query as they were sent, and the hash of a body that may be empty."""
    from moto.core.responses import BaseResponse
    from moto.iam.access_control import IAMRequest, IAMRequestBase

    @wrap(BaseResponse, "_authenticate_and_authorize_action")
    def authorize_action(original, self, iam_request_cls, resource="*"):
        sent = urlsplit(request.environ["RAW_URI"])

        class Request(iam_request_cls):
            def __init__(self, **about):
                path = sent.path + (f"?{sent.query}" if sent.query else "")
                super().__init__(**{**about, "path": path})

        return original(self, Request, resource)

    @wrap(IAMRequestBase, "_create_aws_request")
    def create_aws_request(original, self):
        kept, is_form = self._data, "form-urlencoded" in self._headers.get("Content-Type", "")
        # Where a request has no parameters, moto has its headers in their place.
        if isinstance(self, IAMRequest) and not self._body and not is_form:
            self._data = b""
        try:
            return original(self)
        finally:
            self._data = kept
