"""What `seatrial package` left in ``build/``: read, never made, at synth."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact import MANIFEST_FILE_NAME, Manifest, ManifestError, read_manifest
from spec import DeploymentFile
from stacks.errors import StacksError

__all__ = ["BuiltArtifact", "read_built_artifacts"]


@dataclass(frozen=True, slots=True)
class BuiltArtifact:
    """A packaged model.

    Attributes:
        manifest: everything about it.
        archive: the file that is uploaded.
    """

    manifest: Manifest
    archive: Path


def read_built_artifacts(file: DeploymentFile, build_root: Path) -> Mapping[str, BuiltArtifact]:
    """Return the artifact of every model that an endpoint or a component serves, by the model's name.

    The manifest is believed: the archive is looked for and measured, not opened.

    Args:
        file: whose endpoints.
        build_root: the folder that holds ``<deployment>/<model>/manifest.json``.

    Raises:
        StacksError: a manifest can't be read or is another model's, or its archive is missing or of another
            size; all of them at once.
    """
    deployment = file.deployment
    found: dict[str, BuiltArtifact] = {}
    problems: list[str] = []
    for name in sorted(deployment.served_models):
        folder = build_root / deployment.name / name
        try:
            found[name] = _read(name, folder)
        except ManifestError as error:
            problems.append(f"{file.path}:{file.line_of('models', name)}: models.{name}: {error}")
    if problems:
        raise StacksError(problems)
    return found


def _read(name: str, folder: Path) -> BuiltArtifact:
    path = folder / MANIFEST_FILE_NAME
    manifest = read_manifest(path)
    problem = _problem(name, manifest, folder)
    if problem:
        raise ManifestError(f"{path}: {problem}; run `seatrial package` again")
    return BuiltArtifact(manifest, folder / manifest.archive.file_name)


def _problem(name: str, manifest: Manifest, folder: Path) -> str | None:
    if manifest.model != name:
        return f"it is of the model {manifest.model!r}, not {name!r}"
    archive = manifest.archive
    try:
        size_bytes = (folder / archive.file_name).stat().st_size
    except OSError as error:
        return f"its archive {archive.file_name} can't be read ({error.strerror})"
    if size_bytes != archive.size_bytes:
        return f"its archive {archive.file_name} has {size_bytes} bytes, not {archive.size_bytes}"
    return None
