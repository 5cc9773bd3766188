"""What there is of one model: in the build folder, or in the lock file where it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    BuildInputs,
    Manifest,
    ManifestError,
    Publication,
    PublicationLockError,
    publication_lock_path,
    read_manifest,
    read_publications,
)
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import PackagingError
from model_packaging.source_files import SourceFiles
from preflight.finding import Severity
from spec import Deployment, DeploymentFile

__all__ = ["BuiltModel", "PublishedModels", "read_built_model", "shown_path"]


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """What the build folder or the lock file holds for one model, and what the file would build now.

    Attributes:
        manifest_path: where the manifest belongs, in the build folder or in the lock file, relative to the
            project where it lies inside.
        packaged: whether a manifest is there.
        manifest: None where it is missing or unreadable.
        manifest_error: why it can't be read; empty where it can, or is missing.
        archive_path: of the archive that the manifest names; None where ``manifest`` is None, or published.
        archive_size_bytes: of the archive that the manifest names; None where it can't be found.
        declared: what the model would be built from now; None where that can't be said.
        declared_error: why it can't be said; None where it can.
        publication: what the lock file says; None where the model is no published one, or not published.
        packaged_since: the content key in the build folder, where that was built from what the file declares
            now and the model is a published one; None otherwise.
    """

    manifest_path: str
    packaged: bool
    manifest: Manifest | None
    manifest_error: str
    archive_path: Path | None
    archive_size_bytes: int | None
    declared: BuildInputs | None
    declared_error: PackagingError | None
    publication: Publication | None = None
    packaged_since: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedModels:
    """The lock file.

    Attributes:
        lock_path: where it belongs, relative to the project where it lies inside.
        publications: by model; none where the file is not there or can't be read.
        error: why it can't be read; empty where it can, or isn't there.
    """

    lock_path: str
    publications: Mapping[str, Publication]
    error: str

    @classmethod
    def of(cls, file: DeploymentFile, project_root: Path) -> Self:
        """Read the lock file beside ``file``, where a model of it is to be published."""
        path = publication_lock_path(file.path)
        shown = shown_path(path, project_root)
        if all(model.artifact == "asset" for model in file.deployment.models.values()):
            return cls(shown, {}, "")
        try:
            publications = read_publications(file.path)
        except PublicationLockError as refused:
            return cls(shown, {}, str(refused).replace(str(path), shown))
        problems = filter(None, (_unknown_severity(each.manifest, shown) for each in publications.values()))
        error = next(problems, "")
        return cls(shown, {} if error else publications, error)


def read_built_model(
    deployment: Deployment, name: str, build_root: Path, files: SourceFiles, published: PublishedModels
) -> BuiltModel:
    """Return what there is of the model ``name``.

    Args:
        deployment: whose model it is.
        name: the model's.
        build_root: the folder that `seatrial package` writes to.
        files: those of the project, as looked at for other models so far.
        published: the lock file.
    """
    folder = build_root / deployment.name / name
    path = folder / MANIFEST_FILE_NAME
    shown = shown_path(path, files.root)
    packaged = path.exists()
    manifest, manifest_error = _manifest(path, shown) if packaged else (None, "")
    declared, declared_error = _declared(deployment, name, files)
    if deployment.models[name].artifact == "asset":
        archive_path = folder / manifest.archive.file_name if manifest else None
        return BuiltModel(
            manifest_path=shown,
            packaged=packaged,
            manifest=manifest,
            manifest_error=manifest_error,
            archive_path=archive_path,
            archive_size_bytes=_size_bytes(archive_path) if archive_path else None,
            declared=declared,
            declared_error=declared_error,
        )
    publication = published.publications.get(name)
    current = manifest if declared and manifest and not manifest.build_inputs.differences(declared) else None
    return BuiltModel(
        manifest_path=published.lock_path,
        packaged=publication is not None,
        manifest=publication.manifest if publication else None,
        manifest_error=published.error,
        archive_path=None,
        archive_size_bytes=None,
        declared=declared,
        declared_error=declared_error,
        publication=publication,
        packaged_since=current.content_key if current else None,
    )


def shown_path(path: Path, project_root: Path) -> str:
    """Return ``path`` as reports print it: relative to the project where it lies inside it."""
    resolved = path.resolve()
    root = project_root.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else str(path)


def _manifest(path: Path, shown: str) -> tuple[Manifest | None, str]:
    try:
        manifest = read_manifest(path)
    except ManifestError as error:
        return None, str(error).replace(str(path), shown)
    problem = _unknown_severity(manifest, shown)
    return (None, problem) if problem else (manifest, "")


def _unknown_severity(manifest: Manifest, shown: str) -> str:
    for finding in manifest.findings:
        if finding.severity not in {severity.value for severity in Severity}:
            return f"{shown}: a finding has the unknown severity {finding.severity!r}"
    return ""


def _declared(
    deployment: Deployment, name: str, files: SourceFiles
) -> tuple[BuildInputs | None, PackagingError | None]:
    try:
        model, members = deployment.models[name], deployment.members_of(name)
        return build_inputs_of(model, files.root, members, files), None
    except PackagingError as error:
        return None, error


def _size_bytes(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
