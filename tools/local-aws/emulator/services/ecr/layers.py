"""The layers of images, as they are pushed and pulled.

Whoever pushes uploads a layer in parts, one after the other, and completes it by its digest; an image can name it then.
Whoever pulls is given a URL that needs no credentials: AWS's leads to S3, this one to the emulator.
"""

import hashlib
import json
import re
import uuid
from typing import Any

from moto import settings
from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, add_service, found, problem, wrap
from emulator.server import HOST

#: Where the emulator gives layers, by the token of a download URL.
PATH = "/_local-aws/layers/"

#: Of a part, in bytes: what is asked for, and the bounds (Amazon ECR service quotas; API reference, UploadLayerPart).
#: The last part may be smaller.
_PART_SIZE = 10 * 1024 * 1024
_SMALLEST_PART = 5 * 1024 * 1024
_LARGEST_PART = 20 * 1024 * 1024

_DIGEST = re.compile(r"[\w+.-]+:[0-9a-fA-F]{64}")


class Layer:
    """In parts, as they came: large ones are not copied."""

    def __init__(self) -> None:
        self.token = uuid.uuid4().hex
        self.parts: list[bytes] = []
        self.size = 0
        self._hash = hashlib.sha256()

    def add(self, part: bytes) -> None:
        self.parts.append(part)
        self.size += len(part)
        self._hash.update(part)

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


#: By repository: layers by digest, unfinished ones by the id of their upload.
_layers, _uploads = Shelf("ecr layers"), Shelf("ecr layer uploads")


def of_token(token: str) -> Layer | None:
    """GET /_local-aws/layers/<token>"""
    for _, repositories in _layers.places():
        for kept in list(repositories.values()):
            for layer in list(kept.values()):
                if layer.token == token:
                    return layer
    return None


@closes("ecr-layers")
def keep_layers() -> None:
    from moto.ecr.models import ECRBackend

    add_service(Layers)

    @wrap(ECRBackend, "put_image")
    def put_image(original, self, repository_name, image_manifest, *args, **kwargs):
        """PutImage: LayersNotFoundException"""
        repository = self._get_repository(repository_name)
        kept = _layers.at(self.account_id, self.region_name).get(repository_name, {})
        missing = [digest for digest in _digests_in(image_manifest) if digest not in kept]
        if missing:
            raise problem(
                "LayersNotFoundException",
                f"Layers with digests '[{', '.join(missing)}]' required for pushing image into repository with name "
                f"'{repository_name}' in the registry with id '{repository.registry_id}' do not exist",
            )
        return original(self, repository_name, image_manifest, *args, **kwargs)

    @wrap(ECRBackend, "delete_repository")
    def delete_repository(original, self, repository_name, *args, **kwargs):
        """DeleteRepository"""
        deleted = original(self, repository_name, *args, **kwargs)
        for shelf in (_layers, _uploads):
            shelf.at(self.account_id, self.region_name).pop(repository_name, None)
        return deleted


def _digests_in(manifest: str) -> list[str]:
    """What an image consists of; an index of images has neither configuration nor layers of its own."""
    try:
        told = json.loads(manifest)
    except ValueError:
        message = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"
        raise problem("InvalidParameterException", message) from None
    parts = [told["config"]] if "config" in told else []
    return [part["digest"] for part in [*parts, *told.get("layers", [])]]


class Layers(AddedService):
    """The operations on layers. What moto adds to them are repositories and images."""

    service = "ecr"

    def initiate_layer_upload(self):
        """InitiateLayerUpload"""
        upload_id = str(uuid.uuid4())
        self._kept(_uploads)[upload_id] = Layer()
        return ActionResult({"uploadId": upload_id, "partSize": _PART_SIZE})

    def upload_layer_part(self):
        """UploadLayerPart: each part begins where the one before it ended."""
        layer = self._upload()
        first, last = self._get_param("partFirstByte"), self._get_param("partLastByte")
        part = self._get_param("layerPartBlob")
        if first != layer.size or last - first + 1 != len(part) or len(part) > _LARGEST_PART:
            raise problem(
                "InvalidLayerPartException",
                f"The part is said to be bytes {first} to {last} of the layer, and has {len(part)} bytes; "
                f"wanted: the bytes from {layer.size} on, {_LARGEST_PART} at most",
            )
        layer.add(part)
        return self._told(uploadId=self._get_param("uploadId"), lastByteReceived=last)

    def complete_layer_upload(self):
        """CompleteLayerUpload"""
        layer, layers, upload_id = self._upload(), self._kept(_layers), self._get_param("uploadId")
        if not layer.parts:
            raise problem("EmptyUploadException", f"The upload '{upload_id}' does not contain any layer parts")
        # However it ends, nothing can be added to it any more.
        del self._kept(_uploads)[upload_id]
        if any(len(part) < _SMALLEST_PART for part in layer.parts[:-1]):
            message = f"A part but the last has less than {_SMALLEST_PART} bytes"
            raise problem("LayerPartTooSmallException", message)
        digests = self._get_param("layerDigests")
        if set(digests) != {layer.digest}:
            message = f"The layer has the digest '{layer.digest}'; its upload was completed with {digests}"
            raise problem("InvalidLayerException", message)
        if layer.digest in layers:
            message = (
                f"Layer with digest '{layer.digest}' already exists in the repository "
                f"with name '{self._get_param('repositoryName')}'"
            )
            raise problem("LayerAlreadyExistsException", message)
        layers[layer.digest] = layer
        return self._told(uploadId=upload_id, layerDigest=layer.digest)

    def batch_check_layer_availability(self):
        """BatchCheckLayerAvailability"""
        kept, layers, failures = self._kept(_layers), [], []
        for digest in self._get_param("layerDigests"):
            if not _DIGEST.fullmatch(digest):
                reason = f"Invalid layer digest: '{digest}'"
                failures.append(
                    {"layerDigest": digest, "failureCode": "InvalidLayerDigest", "failureReason": reason}
                )
            elif digest in kept:
                size = kept[digest].size
                layers.append({"layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": size})
            else:
                layers.append({"layerDigest": digest, "layerAvailability": "UNAVAILABLE"})
        return ActionResult({"layers": layers, "failures": failures})

    def get_download_url_for_layer(self):
        """GetDownloadUrlForLayer: of layers that an image names."""
        digest, name = self._get_param("layerDigest"), self._get_param("repositoryName")
        layer = found(
            self._kept(_layers),
            digest,
            "LayersNotFoundException",
            f"Layer with digest '{digest}' does not exist in the repository with name '{name}'",
        )
        if not any(digest in _digests_in(image.image_manifest) for image in self._repository().images):
            raise problem(
                "LayerInaccessibleException",
                f"Layer with digest '{digest}' in the repository with name '{name}' is not associated with an image",
            )
        url = f"http://{HOST}:{settings.moto_server_port()}{PATH}{layer.token}"
        return ActionResult({"downloadUrl": url, "layerDigest": digest})

    def _repository(self) -> Any:
        from moto.ecr.models import ecr_backends

        backend = ecr_backends[self.current_account][self.region]
        return backend._get_repository(self._get_param("repositoryName"), self._get_param("registryId"))

    def _kept(self, shelf: Shelf) -> dict[str, Layer]:
        return shelf.of(self).setdefault(self._repository().name, {})

    def _upload(self) -> Layer:
        upload_id = self._get_param("uploadId")
        message = f"Layer upload with id '{upload_id}' does not exist"
        return found(self._kept(_uploads), upload_id, "UploadNotFoundException", message)

    def _told(self, **fields: Any) -> ActionResult:
        repository = self._repository()
        return ActionResult(
            {"registryId": repository.registry_id, "repositoryName": repository.name, **fields}
        )
