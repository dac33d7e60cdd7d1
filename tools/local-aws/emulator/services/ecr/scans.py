"""Scans of images: they take no time, and find what was given."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from emulator.gaps import closes
from emulator.kit import Shelf, wrap

_SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")

#: What is found in a repository's images, by its name: how many of each severity.
_given = Shelf("ecr scan settings")


def give(asked: Mapping[str, Any]) -> None:
    """POST /_local-aws/scan-findings

    :param asked: `{"repositoryName", "severities": {"CRITICAL": 1}}`: what every later scan in that repository finds
    """
    unknown = set(asked["severities"]) - set(_SEVERITIES)
    if unknown:
        raise ValueError(f"there is no severity {', '.join(sorted(unknown))}; wanted: {', '.join(_SEVERITIES)}")
    _given.at("", "")[asked["repositoryName"]] = dict(asked["severities"])


@closes("ecr-scans")
def scan_at_once() -> None:
    """PutImage, StartImageScan, DescribeImageScanFindings, DescribeImages"""
    from moto.ecr.models import ECRBackend

    @wrap(ECRBackend, "put_image")
    def put_image(original, self, repository_name, *args, **kwargs):
        image = original(self, repository_name, *args, **kwargs)
        # With another tag it is the same image.
        if image.last_scan is None and self._get_repository(repository_name).image_scanning_configuration["scanOnPush"]:
            _scan(image)
        return image

    @wrap(ECRBackend, "start_image_scan")
    def start_image_scan(original, self, registry_id, repository_name, image_id):
        answer = original(self, registry_id, repository_name, image_id)
        _scan(_image(self, registry_id, repository_name, image_id))
        return answer

    @wrap(ECRBackend, "describe_image_scan_findings")
    def describe_image_scan_findings(original, self, registry_id, repository_name, image_id):
        answer = original(self, registry_id, repository_name, image_id)
        image = _image(self, registry_id, repository_name, image_id)
        summary = image.image_scan_findings_summary
        answer["imageScanFindings"] = {**summary, "findings": _findings(summary["findingSeverityCounts"])}
        return answer


def _image(backend: Any, registry_id: str | None, repository_name: str, image_id: Mapping[str, str]) -> Any:
    repository = backend._get_repository(repository_name, registry_id)
    return repository._get_image(image_id.get("imageTag"), image_id.get("imageDigest"))


def _scan(image: Any) -> None:
    now = datetime.now(timezone.utc)
    image.last_scan = now
    # As DescribeImages tells them.
    image.image_scan_status = {"status": "COMPLETE", "description": "The scan was completed successfully."}
    image.image_scan_findings_summary = {
        "imageScanCompletedAt": now,
        "vulnerabilitySourceUpdatedAt": now,
        "findingSeverityCounts": dict(_given.at("", "").get(image.repository_name, {})),
    }


def _findings(counts: Mapping[str, int]) -> list[dict]:
    severities = [severity for severity, count in counts.items() for _ in range(count)]
    return [
        {"name": f"CVE-0000-{number:04}", "severity": severity, "description": "Given to the emulator"}
        for number, severity in enumerate(severities, 1)
    ]
