"""What is to be tried: a deployment's models, or one bare artifact."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import spec
from model_packaging.artifact import MANIFEST_FILE_NAME, Manifest, ManifestError, Tolerance, read_manifest
from model_packaging.container_variables import container_variables
from preflight.trial._subject import GoldenFile, RecordedSamples, Subject

__all__ = ["subject_of_artifact", "subjects_of_deployment"]

_ARCHIVE_SUFFIX = ".tar.gz"


def subjects_of_deployment(
    file: spec.DeploymentFile, build_root: Path, project_root: Path
) -> tuple[Subject, ...]:
    """Return every model that an endpoint of ``file`` serves, as it was packaged, in the file's order.

    Args:
        file: the deployment.
        build_root: the folder that `seatrial package` writes to.
        project_root: the folder that golden requests start from.
    """
    deployment = file.deployment
    served = deployment.served_models
    return tuple(
        _of_model(name, model, build_root / deployment.name / name, project_root)
        for name, model in deployment.models.items()
        if name in served
    )


def subject_of_artifact(path: Path, environment: Mapping[str, str], golden: Sequence[Path]) -> Subject:
    """Return what is known of a bare artifact; where a manifest lies beside an archive, what it says as well.

    Args:
        path: the archive or the folder.
        environment: what its container is told.
        golden: the user's own requests.
    """
    manifest = _manifest_beside(path)
    files = tuple(GoldenFile(str(each), each) for each in golden)
    name = path.resolve().name.removesuffix(_ARCHIVE_SUFFIX)
    if manifest is None:
        return Subject(name, source=path, environment=dict(environment), golden=files)
    container = spec.Container.model_construct(environment=dict(environment))
    return Subject(
        manifest.model,
        source=path,
        environment={**container_variables(container, manifest)},
        recorded=_recorded(path.parent, manifest),
        golden=files,
        signature=manifest.signature,
        max_batch_size=manifest.max_batch_size,
    )


def _of_model(name: str, model: spec.Model, folder: Path, project_root: Path) -> Subject:
    place = ("models", name)
    golden = tuple(GoldenFile(each, project_root / each) for each in model.golden_requests)
    try:
        manifest = read_manifest(folder / MANIFEST_FILE_NAME)
    except ManifestError:
        return Subject(name, place, golden=golden, untried="it is not packaged; run `seatrial package`")
    archive = folder / manifest.archive.file_name
    if not archive.is_file():
        return Subject(
            name, place, golden=golden, untried="its archive is not in the build folder; package it again"
        )
    return Subject(
        name,
        place,
        source=archive,
        environment=container_variables(model.container, manifest),
        recorded=_recorded(folder, manifest),
        golden=golden,
        tolerance=Tolerance(model.tolerance.absolute, model.tolerance.relative),
        signature=manifest.signature,
        max_batch_size=manifest.max_batch_size,
    )


def _recorded(folder: Path, manifest: Manifest) -> RecordedSamples | None:
    samples = manifest.samples
    if samples is None:
        return None
    return RecordedSamples(folder / samples.file_name, samples.tolerance)


def _manifest_beside(path: Path) -> Manifest | None:
    beside = path.parent / MANIFEST_FILE_NAME
    if not path.is_file() or not beside.is_file():
        return None
    try:
        manifest = read_manifest(beside)
    except ManifestError:
        return None  # a file of that name that is none of ours
    return manifest if manifest.archive.file_name == path.name else None
