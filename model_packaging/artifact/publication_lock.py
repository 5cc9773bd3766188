"""The lock file beside a deployment file: which artifacts were published, and where each is in Amazon S3.

``seatrial publish`` writes it and it is committed with the deployment file, so that a machine that only
synthesizes needs no ``build/``: it holds the manifests, too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model_packaging.artifact._json_file import write_json
from model_packaging.artifact.errors import ManifestError, PublicationLockError
from model_packaging.artifact.keys import BuildInputs
from model_packaging.artifact.manifest import Manifest, manifest_document, parse_manifest
from model_packaging.artifact.provenance import Provenance

__all__ = [
    "Publication",
    "publication_lock_path",
    "read_publications",
    "write_publications",
]

_LOCK_FORMAT = 1
_FIX = "restore it from version control, or delete it and run `seatrial publish`"


@dataclass(frozen=True, slots=True)
class Publication:
    """A packaged model in Amazon S3.

    Attributes:
        manifest: everything about the artifact.
        region: of the bucket.
        bucket_name: the bucket.
        object_key: the archive, which ends in ``.tar.gz``; or the prefix of its files, which ends in ``/``.
        kms_key_arn: the key that encrypts it; None where Amazon S3's own do.
        sha256: Amazon S3's checksum of the archive, in base64; with several parts that of the parts'
            checksums, followed by ``-<number of parts>``. None of a prefix.
    """

    manifest: Manifest
    region: str
    bucket_name: str
    object_key: str
    kms_key_arn: str | None
    sha256: str | None

    @property
    def is_uncompressed(self) -> bool:
        """Whether each file is an object of its own."""
        return self.object_key.endswith("/")

    @property
    def url(self) -> str:
        """``s3://<bucket>/<key>``."""
        return f"s3://{self.bucket_name}/{self.object_key}"

    def says_the_same_as(self, other: "Publication") -> bool:
        """Whether both say the same of what is served, wherever and from whichever commit it was built."""
        return _essence(self) == _essence(other)


def publication_lock_path(deployment: Path) -> Path:
    """Return where the lock file of a deployment file lies: ``deployments/vision.lock.json``."""
    return deployment.with_name(f"{deployment.stem}.lock.json")


def write_publications(publications: Mapping[str, Publication], deployment: Path) -> None:
    """Write the lock file of a deployment file atomically; models are sorted by name.

    Raises:
        OSError: the folder can't be written.
    """
    models = {
        name: {
            "region": each.region,
            "bucket": each.bucket_name,
            "key": each.object_key,
            "kms_key": each.kms_key_arn,
            "sha256": each.sha256,
            "manifest": manifest_document(each.manifest),
        }
        for name, each in publications.items()
    }
    write_json({"lock_format": _LOCK_FORMAT, "models": models}, publication_lock_path(deployment))


def read_publications(deployment: Path) -> Mapping[str, Publication]:
    """Return what the lock file of a deployment file holds, by model; nothing where there is none.

    Raises:
        PublicationLockError: it is there and can't be read, or has another format.
    """
    path = publication_lock_path(deployment)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise PublicationLockError(f"{path}: can't be read as JSON ({error}); {_FIX}") from error
    found = document.get("lock_format") if isinstance(document, dict) else None
    if found != _LOCK_FORMAT:
        raise PublicationLockError(
            f"{path}: lock_format is {found!r}, this Seatrial reads {_LOCK_FORMAT}; {_FIX}"
        )
    try:
        return {name: _publication(each, path) for name, each in document["models"].items()}
    except ManifestError as error:
        raise PublicationLockError(f"{error}, then `seatrial publish`") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise PublicationLockError(f"{path}: incomplete ({error!r}); {_FIX}") from error


def _publication(document: Mapping[str, Any], path: Path) -> Publication:
    kms_key, sha256 = document["kms_key"], document["sha256"]
    return Publication(
        manifest=parse_manifest(document["manifest"], str(path)),
        region=_text(document["region"]),
        bucket_name=_text(document["bucket"]),
        object_key=_text(document["key"]),
        kms_key_arn=None if kms_key is None else _text(kms_key),
        sha256=None if sha256 is None else _text(sha256),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _essence(publication: Publication) -> Publication:
    """Leave out what differs from machine to machine and from commit to commit."""
    manifest = publication.manifest
    inputs = BuildInputs(manifest.build_inputs.spec_sha256, manifest.build_inputs.sources, ())
    nowhere = Provenance((), "", None)
    return replace(publication, manifest=replace(manifest, build_inputs=inputs, provenance=nowhere))
