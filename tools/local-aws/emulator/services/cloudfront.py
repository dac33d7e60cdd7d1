"""Amazon CloudFront."""

from datetime import datetime, timezone
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, add_service, found, problem, wrap


@closes("cloudfront-distribution")
def leave_out_what_was_not_asked_for() -> None:
    from moto.cloudfront import models

    @wrap(models.DefaultCacheBehaviour, "__init__")
    def behaviour(original, self, config):
        """DefaultCacheBehavior: ForwardedValues and CachePolicyId exclude each other."""
        original(self, config)
        if config.get("CachePolicyId"):
            self.forwarded_values = None

    @wrap(models.ViewerCertificate, "__init__")
    def certificate(original, self, config):
        """ViewerCertificate: CloudFrontDefaultCertificate is false where another one is named."""
        original(self, config)
        if self.acm_certificate_arn or self.iam_certificate_id:
            self.cloud_front_default_certificate = False


@closes("cloudfront-policies")
def add_policies() -> None:
    add_service(CloudFrontPolicies)


_LONG_AGO = datetime(2021, 1, 1, tzinfo=timezone.utc)

_ALL = {
    "HeadersConfig": {"HeaderBehavior": "allViewer"},
    "CookiesConfig": {"CookieBehavior": "all"},
    "QueryStringsConfig": {"QueryStringBehavior": "all"},
}

#: AWS's own policies, by kind and id: those that are named in its guide and used for an API.
_MANAGED = {
    "CachePolicy": {
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {"Name": "Managed-CachingDisabled", "MinTTL": 0},
        "658327ea-f89d-4fab-a63d-7e88639e58f6": {"Name": "Managed-CachingOptimized", "MinTTL": 1},
    },
    "OriginRequestPolicy": {
        "216adef6-5c7f-47e4-b989-5492eafa07d3": {"Name": "Managed-AllViewer", **_ALL},
        "b689b0a8-53d0-40ab-baf2-68738e2966ac": {
            "Name": "Managed-AllViewerExceptHostHeader",
            **_ALL,
            "HeadersConfig": {
                "HeaderBehavior": "allExcept",
                "Headers": {"Quantity": 1, "Items": ["host"]},
            },
        },
    },
    "ResponseHeadersPolicy": {
        "67f7725c-6f97-4210-82d7-5512b31e9d03": {"Name": "Managed-SecurityHeadersPolicy"},
    },
}


class CloudFrontPolicies(AddedService):
    """Cache, origin request and response headers policies: the same operations three times."""

    service = "cloudfront"
    _policies = Shelf("cloudfront policies")

    def create_cache_policy(self):
        """CreateCachePolicy"""
        return self._create("CachePolicy")

    def get_cache_policy(self):
        """GetCachePolicy"""
        return self._get("CachePolicy")

    def list_cache_policies(self):
        """ListCachePolicies"""
        return self._list("CachePolicy")

    def update_cache_policy(self):
        """UpdateCachePolicy"""
        return self._update("CachePolicy")

    def delete_cache_policy(self):
        """DeleteCachePolicy"""
        return self._delete("CachePolicy")

    def create_origin_request_policy(self):
        """CreateOriginRequestPolicy"""
        return self._create("OriginRequestPolicy")

    def get_origin_request_policy(self):
        """GetOriginRequestPolicy"""
        return self._get("OriginRequestPolicy")

    def list_origin_request_policies(self):
        """ListOriginRequestPolicies"""
        return self._list("OriginRequestPolicy")

    def update_origin_request_policy(self):
        """UpdateOriginRequestPolicy"""
        return self._update("OriginRequestPolicy")

    def delete_origin_request_policy(self):
        """DeleteOriginRequestPolicy"""
        return self._delete("OriginRequestPolicy")

    def create_response_headers_policy(self):
        """CreateResponseHeadersPolicy"""
        return self._create("ResponseHeadersPolicy")

    def get_response_headers_policy(self):
        """GetResponseHeadersPolicy"""
        return self._get("ResponseHeadersPolicy")

    def list_response_headers_policies(self):
        """ListResponseHeadersPolicies"""
        return self._list("ResponseHeadersPolicy")

    def update_response_headers_policy(self):
        """UpdateResponseHeadersPolicy"""
        return self._update("ResponseHeadersPolicy")

    def delete_response_headers_policy(self):
        """DeleteResponseHeadersPolicy"""
        return self._delete("ResponseHeadersPolicy")

    def _create(self, kind):
        config = self._get_param(f"{kind}Config")
        own = self._own(kind)
        if any(policy[f"{kind}Config"]["Name"] == config["Name"] for policy in own.values()):
            raise problem(f"{kind}AlreadyExists", f"A policy named {config['Name']} already exists.")
        policy = _policy(kind, str(uuid4()), config)
        own[policy["Id"]] = policy
        return self._answer(kind, policy)

    def _get(self, kind):
        policies = {**_managed(kind), **self._own(kind)}
        return self._answer(kind, found(policies, self._get_param("Id"), *_absent(kind)))

    def _list(self, kind):
        managed = [("managed", policy) for policy in _managed(kind).values()]
        custom = [("custom", policy) for policy in self._own(kind).values()]
        wanted = self._get_param("Type")
        items = [
            {"Type": type_, kind: policy}
            for type_, policy in managed + custom
            if wanted in (None, type_)
        ]
        return ActionResult({f"{kind}List": {"MaxItems": 100, "Quantity": len(items), "Items": items}})

    def _update(self, kind):
        own = self._own(kind)
        old = found(own, self._get_param("Id"), *_absent(kind))
        self._check_tag(old)
        own[old["Id"]] = _policy(kind, old["Id"], self._get_param(f"{kind}Config"))
        return self._answer(kind, own[old["Id"]])

    def _delete(self, kind):
        own = self._own(kind)
        policy = found(own, self._get_param("Id"), *_absent(kind))
        self._check_tag(policy)
        del own[policy["Id"]]
        return EmptyResult()

    def _own(self, kind):
        return self._policies.everywhere(self).setdefault(kind, {})

    def _answer(self, kind, policy):
        return ActionResult({kind: policy, "ETag": policy["tag"]})

    def _check_tag(self, policy):
        if self._get_param("IfMatch") != policy["tag"]:
            message = "The precondition in one or more of the request fields evaluated to false."
            raise problem("PreconditionFailed", message)


def _policy(kind, policy_id, config, modified=None):
    return {
        "Id": policy_id,
        "LastModifiedTime": modified or datetime.now(timezone.utc),
        f"{kind}Config": config,
        # Not a field of the answer's body: its version, which a change has to name.
        "tag": f"E{uuid4().hex[:13].upper()}",
    }


def _managed(kind):
    return {
        policy_id: {**_policy(kind, policy_id, config, _LONG_AGO), "tag": "E23ZP02F085DFQ"}
        for policy_id, config in _MANAGED[kind].items()
    }


def _absent(kind):
    return f"NoSuch{kind}", f"The {kind} does not exist."
