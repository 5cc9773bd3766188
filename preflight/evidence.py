"""What deployment rules look at: the file and what lies in the build folder, read once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    BuildInputs,
    Manifest,
    ManifestError,
    read_manifest,
)
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import PackagingError
from preflight.finding import Severity
from spec import Component, ComponentEndpoint, DeploymentFile, Model, RealtimeEndpoint
from spec.shard_lock import read_lock

__all__ = ["BuiltModel", "DeploymentEvidence", "ServedComponent", "gather_evidence"]


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """What the build folder holds for one model, and what the deployment file would build now.

    Attributes:
        manifest_path: where the manifest belongs, relative to the project where it lies inside.
        packaged: whether a manifest is there.
        manifest: None where it is missing or unreadable.
        manifest_error: why it can't be read; empty where it can, or is missing.
        archive_path: of the archive that the manifest names; None where ``manifest`` is None.
        archive_size_bytes: of the archive that the manifest names; None where it can't be found.
        declared: what the model would be built from now; None where that can't be said.
        declared_error: why it can't be said; None where it can.
    """

    manifest_path: str
    packaged: bool
    manifest: Manifest | None
    manifest_error: str
    archive_path: Path | None
    archive_size_bytes: int | None
    declared: BuildInputs | None
    declared_error: PackagingError | None


@dataclass(frozen=True, slots=True)
class ServedComponent:
    """An inference component with what it is part of.

    Attributes:
        endpoint_key: of its endpoint.
        endpoint: what hosts it.
        key: its own.
        component: itself.
        model: what it serves.
    """

    endpoint_key: str
    endpoint: ComponentEndpoint
    key: str
    component: Component
    model: Model

    @property
    def place(self) -> tuple[str, ...]:
        """Its path in the deployment file."""
        return ("endpoints", self.endpoint_key, "components", self.key)


@dataclass(frozen=True, slots=True)
class DeploymentEvidence:
    """Everything that deployment rules may look at; nothing is read from disk while they run.

    Attributes:
        file: the deployment file.
        shown_file: its path as reports print it.
        built: by model, for every model that an endpoint serves; an unserved one can't fail a deployment.
        accepted_shards: by endpoint key, as the file beside the deployment file has them.
    """

    file: DeploymentFile
    shown_file: str
    built: Mapping[str, BuiltModel]
    accepted_shards: Mapping[str, int]

    def served(self) -> Iterator[tuple[str, RealtimeEndpoint, Model]]:
        """Yield each real-time endpoint: its key, itself, and the model it serves."""
        deployment = self.file.deployment
        for key, endpoint in deployment.realtime_endpoints.items():
            yield key, endpoint, deployment.models[endpoint.model]

    def components(self) -> Iterator[ServedComponent]:
        """Yield each inference component."""
        deployment = self.file.deployment
        for key, endpoint in deployment.component_endpoints.items():
            for name, component in endpoint.components.items():
                yield ServedComponent(key, endpoint, name, component, deployment.models[component.model])

    def served_models(self) -> Iterator[tuple[str, Model]]:
        """Yield each model that an endpoint serves, once, by name."""
        for name in self.built:
            yield name, self.file.deployment.models[name]

    def packaged_models(self) -> Iterator[tuple[str, Model, Manifest]]:
        """Yield each model that an endpoint serves and whose manifest can be read, with that."""
        for name, model in self.served_models():
            manifest = self.built[name].manifest
            if manifest is not None:
                yield name, model, manifest


def gather_evidence(file: DeploymentFile, build_root: Path, project_root: Path) -> DeploymentEvidence:
    """Read the manifests of ``file``'s models, and the accepted numbers of shards.

    Args:
        file: the deployment.
        build_root: the folder that `seatrial package` writes to: ``<build_root>/<deployment>/<model>/``.
        project_root: the folder that factory references start from.

    Raises:
        spec.DeploymentFileError: the file of accepted numbers of shards can't be read.
    """
    deployment = file.deployment
    served = deployment.served_models
    return DeploymentEvidence(
        file=file,
        shown_file=_shown_path(file.path, project_root),
        built={
            name: _built(model, build_root / deployment.name / name, project_root)
            for name, model in deployment.models.items()
            if name in served
        },
        accepted_shards=read_lock(file.path),
    )


def _built(model: Model, folder: Path, project_root: Path) -> BuiltModel:
    path = folder / MANIFEST_FILE_NAME
    shown = _shown_path(path, project_root)
    packaged = path.exists()
    manifest, manifest_error = _manifest(path, shown) if packaged else (None, "")
    declared, declared_error = _declared(model, project_root)
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


def _shown_path(path: Path, project_root: Path) -> str:
    """Return ``path`` as reports print it: relative to the project where it lies inside it."""
    resolved = path.resolve()
    root = project_root.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else str(path)


def _manifest(path: Path, shown: str) -> tuple[Manifest | None, str]:
    try:
        manifest = read_manifest(path)
    except ManifestError as error:
        return None, str(error).replace(str(path), shown)
    for finding in manifest.findings:
        if finding.severity not in {severity.value for severity in Severity}:
            return None, f"{shown}: a finding has the unknown severity {finding.severity!r}"
    return manifest, ""


def _declared(model: Model, project_root: Path) -> tuple[BuildInputs | None, PackagingError | None]:
    try:
        return build_inputs_of(model, project_root), None
    except PackagingError as error:
        return None, error


def _size_bytes(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
