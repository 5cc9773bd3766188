"""The manifest: one JSON document beside an archive that says everything about it without opening it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from model_packaging.artifact._json_file import write_json
from model_packaging.artifact.errors import ManifestError
from model_packaging.artifact.image_needs import ImageNeeds
from model_packaging.artifact.keys import BuildInputs
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.provenance import Provenance
from model_packaging.artifact.signature import Signature, TensorSpec

__all__ = [
    "MANIFEST_FILE_NAME",
    "ArchiveRecord",
    "FileRecord",
    "Manifest",
    "RecordedFinding",
    "SamplesRecord",
    "Tolerance",
    "manifest_document",
    "parse_manifest",
    "read_manifest",
    "write_manifest",
]

MANIFEST_FILE_NAME = "manifest.json"
MANIFEST_FORMAT = 3


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
        format: ``torchscript``, ``onnx``, ``tensorrt``, ``python``, ``ensemble`` or ``repository``.
        max_batch_size: as declared; 0 where the model has no batch dimension.
        signature: observed on samples of the eager model, read from the model's file, or declared.
        files: of the archive, in the archive's order.
        archive: the packed file.
        samples: recorded requests and answers; None where there is no eager module to ask.
        content_key: names what is served; changes exactly when the archive's content does.
        build_inputs: what it was built from; ``build_inputs.build_key`` decides whether to build again.
        findings: what the artifact rules found while packaging.
        provenance: what it was built with, and from which commit.
        load_models: what Triton must be told to load beside the model that answers: what that calls while it
            answers, which nothing in its configuration names.
        default_model: the folder of the repository that answers, where it is not called like the model.
        response_cache: whether a configuration in the archive asks for a response cache, which the server has
            to be started with.
        sbom: the bill of materials beside it, in CycloneDX; None where none was made.
        image_needs: what its models ask of the image; nothing where an older Seatrial packaged it.
    """

    model: str
    layout: Layout
    format: str
    max_batch_size: int
    signature: Signature
    files: tuple[FileRecord, ...]
    archive: ArchiveRecord
    samples: SamplesRecord | None
    content_key: str
    build_inputs: BuildInputs
    findings: tuple[RecordedFinding, ...]
    provenance: Provenance
    load_models: tuple[str, ...] = ()
    default_model: str | None = None
    response_cache: bool = False
    sbom: str | None = None
    image_needs: ImageNeeds = field(default_factory=ImageNeeds)

    @property
    def answering_folder(self) -> str:
        """The folder of the repository that answers, which Triton knows the model by."""
        return self.default_model or self.model

    @property
    def file_names(self) -> tuple[str, ...]:
        """The files beside the manifest that belong to it."""
        samples = self.samples.file_name if self.samples is not None else None
        return tuple(name for name in (self.archive.file_name, samples, self.sbom) if name is not None)

    @property
    def build_key(self) -> str:
        """Whether to build again: see ``BuildInputs``."""
        return self.build_inputs.build_key


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write ``manifest`` to ``path`` atomically, as sorted, indented JSON."""
    write_json(manifest_document(manifest), path)


def manifest_document(manifest: Manifest) -> dict[str, Any]:
    """Return ``manifest`` as JSON can hold it."""
    return {"manifest_format": MANIFEST_FORMAT, **asdict(manifest)}


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
    return parse_manifest(document, str(path))


def parse_manifest(document: object, place: str) -> Manifest:
    """Return the manifest that ``manifest_document`` made ``document`` of.

    Args:
        document: as read from JSON.
        place: how errors name it.

    Raises:
        ManifestError: it has another format, or is incomplete.
    """
    found = document.get("manifest_format") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or found != MANIFEST_FORMAT:
        raise ManifestError(
            f"{place}: manifest_format is {found!r}, this Seatrial reads {MANIFEST_FORMAT}; "
            "run `seatrial package` again"
        )
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ManifestError(f"{place}: incomplete ({error!r}); run `seatrial package` again") from error


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
        samples=None if samples is None else _samples(samples),
        content_key=document["content_key"],
        build_inputs=BuildInputs(
            spec_sha256=inputs["spec_sha256"],
            sources=tuple((path, digest) for path, digest in inputs["sources"]),
            pins=tuple((package, version) for package, version in inputs["pins"]),
        ),
        findings=tuple(RecordedFinding(**finding) for finding in document["findings"]),
        provenance=Provenance.of_document(document["provenance"]),
        load_models=tuple(document["load_models"]),
        default_model=document["default_model"],
        response_cache=bool(document["response_cache"]),
        sbom=document["sbom"],
        image_needs=ImageNeeds.of_document(document["image_needs"])
        if "image_needs" in document
        else ImageNeeds(),
    )


def _samples(document: Mapping[str, Any]) -> SamplesRecord:
    return SamplesRecord(
        file_name=document["file_name"],
        batch_sizes=tuple(document["batch_sizes"]),
        tolerance=Tolerance(**document["tolerance"]),
    )


def _tensors(documents: list[dict[str, Any]]) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(each["name"], each["datatype"], tuple(each["dims"]), bool(each.get("optional", False)))
        for each in documents
    )
