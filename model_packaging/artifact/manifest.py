"""The manifest: one JSON document beside an archive that says everything about it without opening it."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model_packaging.artifact.errors import ManifestError
from model_packaging.artifact.keys import BuildInputs
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.signature import Signature, TensorSpec

__all__ = [
    "MANIFEST_FILE_NAME",
    "ArchiveRecord",
    "FileRecord",
    "Manifest",
    "RecordedFinding",
    "SamplesRecord",
    "Tolerance",
    "read_manifest",
    "write_manifest",
]

MANIFEST_FILE_NAME = "manifest.json"
MANIFEST_FORMAT = 2


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of the archive: its path inside, permission bits, size in bytes and sha256."""

    path: str
    mode: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ArchiveRecord:
    """The archive beside the manifest: its file name and its size in bytes."""

    file_name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an answer may be from eager's: ``|answer - eager| <= absolute + relative * |eager|``."""

    absolute: float
    relative: float


@dataclass(frozen=True, slots=True)
class SamplesRecord:
    """Recorded requests with eager PyTorch's answers, in an .npz beside the manifest.

    The .npz holds arrays named ``<batch size>/input/<name>`` and ``<batch size>/output/<name>``.

    Attributes:
        file_name: the .npz.
        batch_sizes: the recorded batch sizes: 1 and the model's maximum.
        tolerance: for comparing an answer with the recorded one.
    """

    file_name: str
    batch_sizes: tuple[int, ...]
    tolerance: Tolerance


@dataclass(frozen=True, slots=True)
class RecordedFinding:
    """What a rule found while packaging; preflight turns it into a Finding of the deployment."""

    rule: str
    severity: str
    what: str
    allowed: str
    fix: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about a packaged model.

    Attributes:
        model: the model's name; in Triton's layout the folder in the repository and the name in requests.
        layout: what lies where in the archive, and so which server reads it and how requests look.
        format: ``torchscript``.
        max_batch_size: as declared; 0 where the model has no batch dimension.
        signature: observed on samples.
        files: of the archive, in the archive's order.
        archive: the packed file.
        samples: recorded requests and answers.
        content_key: names what is served; changes exactly when the archive's content does.
        build_inputs: what it was built from; ``build_inputs.build_key`` decides whether to build again.
        findings: what the artifact rules found while packaging.
    """

    model: str
    layout: Layout
    format: str
    max_batch_size: int
    signature: Signature
    files: tuple[FileRecord, ...]
    archive: ArchiveRecord
    samples: SamplesRecord
    content_key: str
    build_inputs: BuildInputs
    findings: tuple[RecordedFinding, ...]

    @property
    def build_key(self) -> str:
        """Whether to build again: see ``BuildInputs``."""
        return self.build_inputs.build_key


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write ``manifest`` to ``path`` atomically, as sorted, indented JSON."""
    document = {"manifest_format": MANIFEST_FORMAT, **asdict(manifest)}
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=1, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_manifest(path: Path) -> Manifest:
    """Return the manifest at ``path``.

    Raises:
        ManifestError: it is missing, no JSON, of another format, or incomplete.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(f"{path}: no manifest; run `seatrial package` to build the model") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ManifestError(
            f"{path}: can't be read as JSON ({error}); run `seatrial package` again"
        ) from error
    found = document.get("manifest_format") if isinstance(document, Mapping) else None
    if found != MANIFEST_FORMAT:
        raise ManifestError(
            f"{path}: manifest_format is {found!r}, this Seatrial reads {MANIFEST_FORMAT}; "
            "run `seatrial package` again"
        )
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ManifestError(f"{path}: incomplete ({error!r}); run `seatrial package` again") from error


def _manifest(document: Mapping[str, Any]) -> Manifest:
    samples = document["samples"]
    inputs = document["build_inputs"]
    return Manifest(
        model=document["model"],
        layout=Layout(document["layout"]),
        format=document["format"],
        max_batch_size=int(document["max_batch_size"]),
        signature=Signature(
            inputs=_tensors(document["signature"]["inputs"]),
            outputs=_tensors(document["signature"]["outputs"]),
            batched=bool(document["signature"]["batched"]),
        ),
        files=tuple(FileRecord(**record) for record in document["files"]),
        archive=ArchiveRecord(**document["archive"]),
        samples=SamplesRecord(
            file_name=samples["file_name"],
            batch_sizes=tuple(samples["batch_sizes"]),
            tolerance=Tolerance(**samples["tolerance"]),
        ),
        content_key=document["content_key"],
        build_inputs=BuildInputs(
            spec_sha256=inputs["spec_sha256"],
            sources=tuple((path, digest) for path, digest in inputs["sources"]),
            pins=tuple((package, version) for package, version in inputs["pins"]),
        ),
        findings=tuple(RecordedFinding(**finding) for finding in document["findings"]),
    )


def _tensors(documents: list[dict[str, Any]]) -> tuple[TensorSpec, ...]:
    return tuple(TensorSpec(each["name"], each["datatype"], tuple(each["dims"])) for each in documents)
