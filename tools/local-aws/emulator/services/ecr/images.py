"""Images: manifests, and the tags that are at them."""

import copy
import hashlib
import json
from fnmatch import fnmatchcase
from typing import Any

from emulator.gaps import closes
from emulator.kit import problem, wrap


@closes("ecr-images")
def know_images_by_digest() -> None:
    """PutImage, BatchGetImage, DescribeImages: an image is the bytes of its manifest; a tag is at one image."""
    from moto.ecr.exceptions import ImageAlreadyExistsException
    from moto.ecr.models import ECRBackend, Image
    from moto.ecr.responses import ECRResponse

    def create_digest(self):
        self._image_digest = _digest_of(self.image_manifest)

    Image._create_digest = create_digest
    Image.get_image_size_in_bytes = lambda self: _size_of(json.loads(self.image_manifest))

    @wrap(ECRBackend, "put_image")
    def put_image(original, self, repository_name, image_manifest, image_tag, media_type=None, digest=None):
        repository = self._get_repository(repository_name)
        actual = _digest_of(image_manifest)
        if digest and digest != actual:
            message = f"The image digest '{digest}' does not match the digest of the manifest, '{actual}'."
            raise problem("ImageDigestDoesNotMatchException", message)
        known = _find(repository, None, actual)
        if known is not None and (image_tag is None or image_tag in known.image_tags):
            raise ImageAlreadyExistsException(repository_name, repository.registry_id, actual, image_tag or "null")
        holder = None if image_tag is None else _find(repository, image_tag, None)
        if holder is not None:
            if _is_immutable(repository, image_tag):
                raise problem(
                    "ImageTagAlreadyExistsException",
                    f"The image tag '{image_tag}' already exists in the '{repository_name}' repository and cannot be "
                    "overwritten because the tag is immutable.",
                )
            # What loses its last tag to another image stays.
            holder.remove_tag(image_tag)
            holder.image_tag = holder.image_tags[-1] if holder.image_tags else None
        return original(self, repository_name, image_manifest, image_tag, media_type, actual)

    @wrap(ECRBackend, "batch_get_image")
    def batch_get_image(_, self, repository_name, registry_id=None, image_ids=None):
        repository = self._get_repository(repository_name, registry_id)
        answer: dict[str, list] = {"images": [], "failures": []}
        for asked in image_ids or []:
            image = _find(repository, asked.get("imageTag"), asked.get("imageDigest"))
            if image is None:
                failure = {"failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
                answer["failures"].append({"imageId": asked, **failure})
            else:
                told = copy.copy(image)
                told.image_tag = asked.get("imageTag", image.image_tag)
                answer["images"].append(told)
        return answer

    @wrap(ECRResponse, "describe_images")
    def describe_images(original, self):
        answer = original(self)
        status = (self._get_param("filter") or {}).get("tagStatus", "ANY")
        answer.result["imageDetails"] = [
            image
            for image in answer.result["imageDetails"]
            if status in ("ANY", "TAGGED" if getattr(image, "image_tags", None) else "UNTAGGED")
        ]
        return answer


def _digest_of(manifest: str) -> str:
    return f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"


def _size_of(manifest: dict) -> int | None:
    parts = [manifest["config"], *manifest["layers"]] if "layers" in manifest else []
    return sum(part.get("size", 0) for part in parts) or None


def _find(repository: Any, tag: str | None, digest: str | None) -> Any:
    for image in repository.images:
        if tag in (None, *image.image_tags) and digest in (None, image.get_image_digest()):
            return image
    return None


def _is_immutable(repository: Any, tag: str) -> bool:
    filters = repository.image_tag_mutability_exclusion_filters or []
    is_excluded = any(fnmatchcase(tag, one["filter"]) for one in filters)
    return repository.is_tag_immutable() != is_excluded
