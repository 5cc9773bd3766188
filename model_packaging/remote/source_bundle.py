"""What a CodeBuild build needs of the project to package one model: a zip archive named by its content."""

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.keys import BuildInputs, canonical_json
from model_packaging.build_inputs import PACKAGING_VERSION
from model_packaging.remote.errors import PlanRequestError
from spec import DeploymentFile, Model

__all__ = ["SourceBundle", "write_bundle"]

_KEY_FORMAT = "seatrial-package-1"
_REQUIREMENTS = "environments/packaging.txt"
_SEATRIAL = (
    "catalogue",
    "cli",
    "environments",
    "invocation",
    "local",
    "migration",
    "model_packaging",
    "planning",
    "preflight",
    "spec",
)
"""The folders that `seatrial package` is made of."""

_SUFFIXES = frozenset({".json", ".in", ".py", ".template", ".txt"})
_DATED = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip archive can hold: equal content gives equal bytes."""

_MODE = 0o644 << 16
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceBundle:
    """A model to package elsewhere.

    Attributes:
        file: the deployment file, below the project's root.
        model: the model's name.
        inputs: what decides its artifact.
        project_root: where the paths of the sections start.
    """

    file: DeploymentFile
    model: str
    inputs: BuildInputs
    project_root: Path

    @property
    def deployment_path(self) -> str:
        """The deployment file's path in the project.

        Raises:
            PlanRequestError: it lies elsewhere.
        """
        resolved, root = self.file.path.resolve(), self.project_root.resolve()
        if not resolved.is_relative_to(root):
            raise PlanRequestError(
                f"{self.file.path} lies outside of the project {root}.", "move it below the project's root."
            )
        return resolved.relative_to(root).as_posix()

    def key(self) -> str:
        """Return 64 hexadecimal digits: sha256 over what decides the artifact, wherever it is packaged."""
        requirements = (self.project_root / _REQUIREMENTS).read_bytes()
        document = {
            "format": _KEY_FORMAT,
            "packaging": PACKAGING_VERSION,
            "model": self.model,
            "spec": self.inputs.spec_sha256,
            "sources": self.inputs.sources,
            "requirements": hashlib.sha256(requirements).hexdigest(),
        }
        return hashlib.sha256(canonical_json(document)).hexdigest()

    def paths(self) -> tuple[str, ...]:
        """Return the files of the bundle, relative to the project's root, sorted."""
        root = self.project_root
        own = {
            path.relative_to(root).as_posix()
            for folder in _SEATRIAL
            for path in (root / folder).rglob("*")
            if path.suffix in _SUFFIXES and path.is_file()
        }
        sections = (
            self.file.deployment.models[self.model],
            *self.file.deployment.members_of(self.model).values(),
        )
        given = {path for each in sections for path in _given_files(each) if (root / path).is_file()}
        sources = {path for path, _ in self.inputs.sources}
        return tuple(sorted(own | given | sources | {self.deployment_path, "pyproject.toml"}))


def _given_files(model: Model) -> Iterator[str]:
    """Yield the files that a section holds to their digest; those that lie elsewhere are no paths here."""
    versions = tuple(model.export.versions.values()) if model.export is not None else ()
    for each in (model.eager, *versions):
        if each is not None and each.weights is not None:
            yield each.weights.from_
    if model.file is not None:
        yield model.file.from_


def write_bundle(bundle: SourceBundle, destination: Path) -> None:
    """Write the zip archive to ``destination``, a piece at a time; equal files give equal bytes.

    Raises:
        OSError: a file can't be read, or the archive not be written.
    """
    with zipfile.ZipFile(destination, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in bundle.paths():
            member = zipfile.ZipInfo(path, _DATED)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = _MODE
            source = bundle.project_root / path
            member.file_size = source.stat().st_size  # decides whether it needs the form for large files
            with source.open("rb") as content, archive.open(member, "w") as packed:
                shutil.copyfileobj(content, packed, _READ_BYTES)
