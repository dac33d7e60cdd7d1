"""What keeps images."""

import hashlib
import json
import urllib.request
from datetime import datetime, timedelta, timezone

from checks.aws import Aws, check, refused, same


KIND = "application/vnd.oci.image"
MEBIBYTE = 1024 * 1024


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def manifest_of(name: str, layer: bytes = b"layer", config: bytes = b"{}") -> tuple[str, str]:
    """A manifest, and its digest."""

    def part(kind: str, content: bytes) -> dict:
        return {"mediaType": f"{KIND}.{kind}", "digest": digest_of(content), "size": len(content)}

    text = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": f"{KIND}.manifest.v1+json",
            "config": part("config.v1+json", config),
            "layers": [part("layer.v1.tar+gzip", layer)],
            "annotations": {"name": name},
        },
        indent=1,
    )
    return text, digest_of(text.encode())


def upload(aws: Aws, repository: str, *parts: bytes) -> dict:
    """A layer that is not completed: what its completion asks for."""
    ecr, first = aws("ecr"), 0
    place = {"repositoryName": repository}
    place["uploadId"] = ecr.initiate_layer_upload(**place)["uploadId"]
    for part in parts:
        last = first + len(part) - 1
        told = ecr.upload_layer_part(**place, partFirstByte=first, partLastByte=last, layerPartBlob=part)
        same(told["lastByteReceived"], last)
        first = last + 1
    return {**place, "layerDigests": [digest_of(b"".join(parts))]}


def push_layers(aws: Aws, repository: str) -> None:
    """What the manifests above name."""
    for content in (b"layer", b"{}"):
        aws("ecr").complete_layer_upload(**upload(aws, repository, content))


@check("ecr-images")
def images(aws: Aws) -> None:
    ecr = aws("ecr")
    for name, mutability in (("fixed", "IMMUTABLE"), ("moving", "MUTABLE")):
        ecr.create_repository(repositoryName=name, imageTagMutability=mutability)
    # The same layers in every one of them.
    (one, digest), (other, other_digest) = manifest_of("one"), manifest_of("other")
    fixed = {"repositoryName": "fixed"}
    index = {"imageManifest": json.dumps({"mediaType": f"{KIND}.index.v1+json", "manifests": []})}
    refused("ImageDigestDoesNotMatchException", ecr.put_image, **fixed, **index, imageDigest=digest)
    for name in ("fixed", "moving"):
        push_layers(aws, name)

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
    same((told["imageDigest"], sorted(told["imageTags"]), told["imageSizeInBytes"]), (digest, ["a", "b"], 7))
    refused("ImageNotFoundException", ecr.describe_images, **fixed, imageIds=[{"imageTag": "c"}])

    moving = {"repositoryName": "moving", "imageTag": "a"}
    ecr.put_image(**moving, imageManifest=one)
    ecr.put_image(**moving, imageManifest=other)
    told = ecr.describe_images(repositoryName="moving")["imageDetails"]
    same([(image["imageDigest"], image.get("imageTags")) for image in told], [(digest, None), (other_digest, ["a"])])
    for status, wanted in (("TAGGED", [other_digest]), ("UNTAGGED", [digest]), ("ANY", [digest, other_digest])):
        told = ecr.describe_images(repositoryName="moving", filter={"tagStatus": status})["imageDetails"]
        same([image["imageDigest"] for image in told], wanted)
    refused("RepositoryNotEmptyException", ecr.delete_repository, **fixed)
    ecr.delete_repository(**fixed, force=True)
    refused("RepositoryNotFoundException", ecr.describe_images, **fixed)


@check("ecr-layers")
def layers(aws: Aws) -> None:
    ecr = aws("ecr")
    for name in ("pushed", "copied"):
        ecr.create_repository(repositoryName=name)
    place = {"repositoryName": "pushed"}
    # In two parts; its bytes are no text.
    layer, config = [bytes(range(256)) * (20 * 1024), b"\xff\xfe"], b"{}"
    whole = b"".join(layer)
    digest, digests = digest_of(whole), [digest_of(whole), digest_of(config)]
    ecr.complete_layer_upload(**upload(aws, "pushed", *layer))

    def availability(repository: str) -> list[tuple]:
        told = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=digests)["layers"]
        return [(one["layerDigest"], one["layerAvailability"], one.get("layerSize")) for one in told]

    missing = (digests[1], "UNAVAILABLE", None)
    same(availability("pushed"), [(digest, "AVAILABLE", 5 * MEBIBYTE + 2), missing])
    same(availability("copied"), [(digest, "UNAVAILABLE", None), missing])
    answer = ecr.batch_check_layer_availability(**place, layerDigests=["sha256:0"])
    same((answer["layers"], answer["failures"][0]["failureCode"]), ([], "InvalidLayerDigest"))

    manifest, image_digest = manifest_of("one", whole, config)
    image = {"imageManifest": manifest, "imageTag": "a"}
    refused("LayersNotFoundException", ecr.put_image, **place, **image)
    refused("InvalidParameterException", ecr.put_image, **place, imageManifest="{")
    url = {**place, "layerDigest": digest}
    refused("LayersNotFoundException", ecr.get_download_url_for_layer, **place, layerDigest=digests[1])
    refused("LayerInaccessibleException", ecr.get_download_url_for_layer, **url)
    ecr.complete_layer_upload(**upload(aws, "pushed", config))
    same(ecr.put_image(**place, **image)["image"]["imageId"]["imageDigest"], image_digest)
    with urllib.request.urlopen(ecr.get_download_url_for_layer(**url)["downloadUrl"]) as given:
        same((given.headers["Content-Length"], digest_of(given.read())), (str(len(whole)), digest))

    refused("LayerAlreadyExistsException", ecr.complete_layer_upload, **upload(aws, "pushed", config))
    wrong = {**upload(aws, "pushed", b"other"), "layerDigests": [digest]}
    refused("InvalidLayerException", ecr.complete_layer_upload, **wrong)
    refused("UploadNotFoundException", ecr.complete_layer_upload, **wrong)
    refused("EmptyUploadException", ecr.complete_layer_upload, **upload(aws, "pushed"))
    refused("LayerPartTooSmallException", ecr.complete_layer_upload, **upload(aws, "pushed", b"1", b"2"))
    begun = upload(aws, "pushed", b"12")
    del begun["layerDigests"]
    for first, last in ((0, 1), (3, 4), (2, 4)):
        part = {"partFirstByte": first, "partLastByte": last, "layerPartBlob": b"34"}
        refused("InvalidLayerPartException", ecr.upload_layer_part, **begun, **part)
    refused("RepositoryNotFoundException", ecr.initiate_layer_upload, repositoryName="none")
    ecr.delete_repository(**place, force=True)
    ecr.create_repository(**place)
    same(availability("pushed")[0], (digest, "UNAVAILABLE", None))


@check("ecr-scans")
def scans(aws: Aws) -> None:
    ecr = aws("ecr")
    for name, at_once in (("scanned", True), ("unscanned", False)):
        ecr.create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": at_once})

    def push(repository: str, tag: str) -> dict:
        if tag == "a":
            push_layers(aws, repository)
        ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=manifest_of(tag)[0])
        return {"repositoryName": repository, "imageId": {"imageTag": tag}}

    def counts(image: dict) -> dict:
        told = ecr.describe_image_scan_findings(**image)
        same(told["imageScanStatus"]["status"], "COMPLETE")
        found = told["imageScanFindings"]
        same(len(found["findings"]), sum(found["findingSeverityCounts"].values()))
        return found["findingSeverityCounts"]

    clean = push("scanned", "a")
    same(counts(clean), {})
    given = {"CRITICAL": 1, "LOW": 2}
    aws.post("scan-findings", {"repositoryName": "scanned", "severities": given})
    same((counts(push("scanned", "b")), counts(clean)), (given, {}))
    # Another tag is no other image.
    ecr.put_image(repositoryName="scanned", imageTag="c", imageManifest=manifest_of("a")[0])
    same(counts(clean), {})
    [told] = ecr.describe_images(repositoryName="scanned", imageIds=[{"imageTag": "b"}])["imageDetails"]
    same(told["imageScanFindingsSummary"]["findingSeverityCounts"], given)

    later = push("unscanned", "a")
    refused("ScanNotFoundException", ecr.describe_image_scan_findings, **later)
    ecr.start_image_scan(**later)
    same(counts(later), {})


@check("ecr-token")
def token(aws: Aws) -> None:
    [given] = aws("ecr").get_authorization_token()["authorizationData"]
    left = given["expiresAt"] - datetime.now(timezone.utc)
    assert timedelta(hours=11) < left <= timedelta(hours=12), f"it is valid for {left}"
