"""What keeps images."""

import hashlib
import json
from datetime import datetime, timedelta, timezone

from checks.aws import Aws, check, refused, same


def manifest_of(name: str) -> tuple[str, str]:
    """A manifest, and its digest."""
    kind = "application/vnd.oci.image"
    part = {"digest": f"sha256:{'0' * 64}", "size": 10}
    # The same layers in every one of them.
    text = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": f"{kind}.manifest.v1+json",
            "config": {"mediaType": f"{kind}.config.v1+json", **part},
            "layers": [{"mediaType": f"{kind}.layer.v1.tar+gzip", **part}],
            "annotations": {"name": name},
        },
        indent=1,
    )
    return text, f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@check("ecr-images")
def images(aws: Aws) -> None:
    ecr = aws("ecr")
    for name, mutability in (("fixed", "IMMUTABLE"), ("moving", "MUTABLE")):
        ecr.create_repository(repositoryName=name, imageTagMutability=mutability)
    (one, digest), (other, other_digest) = manifest_of("one"), manifest_of("other")
    fixed = {"repositoryName": "fixed"}

    pushed = ecr.put_image(**fixed, imageManifest=one, imageTag="a", imageDigest=digest)["image"]
    same(pushed["imageId"], {"imageDigest": digest, "imageTag": "a"})
    ecr.put_image(**fixed, imageManifest=one, imageTag="b")
    refused("ImageAlreadyExistsException", ecr.put_image, **fixed, imageManifest=one, imageTag="a")
    refused("ImageAlreadyExistsException", ecr.put_image, **fixed, imageManifest=one)
    refused("ImageTagAlreadyExistsException", ecr.put_image, **fixed, imageManifest=other, imageTag="a")
    wrong = {"imageManifest": other, "imageDigest": digest}
    refused("ImageDigestDoesNotMatchException", ecr.put_image, **fixed, **wrong, imageTag="c")
    refused("RepositoryNotFoundException", ecr.put_image, repositoryName="none", imageManifest=one)

    asked = [{"imageTag": "a"}, {"imageTag": "b"}, {"imageDigest": digest}, {"imageDigest": other_digest}]
    answer = ecr.batch_get_image(**fixed, imageIds=asked)
    same([image["imageManifest"] for image in answer["images"]], [one] * 3)
    same([image["imageId"].get("imageTag") for image in answer["images"]][:2], ["a", "b"])
    same({image["imageId"]["imageDigest"] for image in answer["images"]}, {digest})
    same([(one["imageId"], one["failureCode"]) for one in answer["failures"]], [(asked[3], "ImageNotFound")])
    [told] = ecr.describe_images(**fixed)["imageDetails"]
    same((told["imageDigest"], sorted(told["imageTags"]), told["imageSizeInBytes"]), (digest, ["a", "b"], 20))
    refused("ImageNotFoundException", ecr.describe_images, **fixed, imageIds=[{"imageTag": "c"}])

    moving = {"repositoryName": "moving", "imageTag": "a"}
    ecr.put_image(**moving, imageManifest=one)
    ecr.put_image(**moving, imageManifest=other)
    told = ecr.describe_images(repositoryName="moving")["imageDetails"]
    same([(image["imageDigest"], image.get("imageTags")) for image in told], [(digest, None), (other_digest, ["a"])])
    refused("RepositoryNotEmptyException", ecr.delete_repository, **fixed)
    ecr.delete_repository(**fixed, force=True)
    refused("RepositoryNotFoundException", ecr.describe_images, **fixed)


@check("ecr-token")
def token(aws: Aws) -> None:
    [given] = aws("ecr").get_authorization_token()["authorizationData"]
    left = given["expiresAt"] - datetime.now(timezone.utc)
    assert timedelta(hours=11) < left <= timedelta(hours=12), f"it is valid for {left}"
