"""Packages the models of a deployment: from a factory's name to an artifact in ``build/``."""

import time
from dataclasses import dataclass
from pathlib import Path

from model_packaging._worker_protocol import WorkerFolder, WorkerRequest
from model_packaging.artifact.inspection import ArtifactInspection, ArtifactInspector
from model_packaging.artifact.keys import BuildInputs, content_key_of
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.manifest import ArchiveRecord, Manifest, SamplesRecord, Tolerance
from model_packaging.build_folder import ARCHIVE_SUFFIX, SAMPLES_SUFFIX, BuildFolder
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import PackagingError, PackError, SeveralModelsError
from model_packaging.packing import PackedArchive, pack_folder
from model_packaging.progress import PackagingProgress, PackagingStep, ProgressListener
from model_packaging.repository import complete_repository, model_file_path
from model_packaging.worker_process import run_worker
from spec import DeploymentFile, Model

__all__ = ["RECORDED_SEED", "PackagedModel", "package_deployment", "package_model"]

RECORDED_SEED = 1
"""Of the recorded samples."""


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model whose artifact is in ``build/``.

    Attributes:
        model: its name in the deployment file.
        directory: holds the manifest and the files it names.
        manifest: everything about the artifact.
        built: False where it was there already.
        seconds: what building, or finding it unchanged, took.
    """

    model: str
    directory: Path
    manifest: Manifest
    built: bool
    seconds: float


def package_deployment(
    file: DeploymentFile,
    build_root: Path,
    project_root: Path,
    *,
    inspect: ArtifactInspector,
    progress: ProgressListener | None = None,
    force: bool = False,
) -> tuple[PackagedModel, ...]:
    """Package every model of ``file`` into ``build_root/<deployment>/<model>/``.

    Args:
        file: the deployment.
        build_root: holds the artifacts of all deployments.
        project_root: the folder that factory references start from.
        inspect: applies the artifact rules; what it finds goes into the manifest.
        progress: told of every step.
        force: build again in spite of an equal build key.

    Returns:
        One for each model, in the file's order.

    Raises:
        PackagingError: a model can't be packaged. The others are packaged all the same; where several
            can't be, it is a ``SeveralModelsError``.
    """
    packaged: list[PackagedModel] = []
    errors: list[PackagingError] = []
    for name, model in file.deployment.models.items():
        directory = build_root / file.deployment.name / name
        try:
            packaged.append(
                package_model(
                    name, model, directory, project_root, inspect=inspect, progress=progress, force=force
                )
            )
        except PackagingError as error:
            errors.append(error)
    if len(errors) > 1:
        raise SeveralModelsError(errors)
    if errors:
        raise errors[0]
    return tuple(packaged)


def package_model(
    name: str,
    model: Model,
    directory: Path,
    project_root: Path,
    *,
    inspect: ArtifactInspector,
    progress: ProgressListener | None = None,
    force: bool = False,
) -> PackagedModel:
    """Package one model into ``directory``; what is not said here is as for ``package_deployment``.

    A build that fails or is killed at any moment leaves the artifact before, or none.
    """
    started = time.monotonic()
    task = _Task(name, model, project_root, inspect, progress or _ignore)
    try:
        inputs = build_inputs_of(model, project_root)
        with BuildFolder.locked(directory) as folder:
            manifest = None if force else folder.current()
            built = manifest is None or manifest.model != name or manifest.build_key != inputs.build_key
            if manifest is None or built:
                manifest = _build(task, inputs, folder)
    except OSError as error:
        raise PackError(
            f"writing {directory} failed ({error.strerror or error}).",
            "make room there and make it writable.",
            name,
        ) from error
    except PackagingError as error:
        error.model = name
        raise
    task.listen(PackagingProgress(name, PackagingStep.BUILT if built else PackagingStep.UNCHANGED))
    return PackagedModel(name, directory, manifest, built, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _Task:
    """One model to build, and whom to ask and tell meanwhile."""

    name: str
    model: Model
    project_root: Path
    inspect: ArtifactInspector
    listen: ProgressListener


def _build(task: _Task, inputs: BuildInputs, folder: BuildFolder) -> Manifest:
    name, model = task.name, task.model
    with folder.temporary() as path:
        work = WorkerFolder(path)
        task.listen(PackagingProgress(name, PackagingStep.EXPORT))
        batch_sizes = tuple(sorted({1, max(model.max_batch_size, 1)}))
        seeds = (RECORDED_SEED,)
        run_worker(WorkerRequest("export", name, model, task.project_root, seeds, batch_sizes), work)
        signature = work.read_signature()
        texts = complete_repository(work.repository, name, model, signature, task.project_root)
        archive = path / "model.tar.gz"
        packed = _pack(task, work.repository, archive)
        key = content_key_of((each.path, each.mode, each.size_bytes, each.sha256) for each in packed.files)
        tolerance = Tolerance(model.tolerance.absolute, model.tolerance.relative)
        inspection = ArtifactInspection(
            model=name,
            layout=Layout(model.layout),
            files=packed.files,
            config_pbtxt=texts.config_pbtxt,
            signature=signature,
            max_batch_size=model.max_batch_size,
            entry_point=texts.entry_point,
        )
        manifest = Manifest(
            model=name,
            layout=Layout(model.layout),
            format=model.export.to,
            max_batch_size=model.max_batch_size,
            signature=signature,
            files=packed.files,
            archive=ArchiveRecord(f"{key}{ARCHIVE_SUFFIX}", packed.size_bytes),
            samples=SamplesRecord(f"{key}{SAMPLES_SUFFIX}", batch_sizes, tolerance),
            content_key=key,
            build_inputs=inputs,
            findings=tuple(task.inspect(inspection)),
        )
        folder.commit(manifest, archive, work.samples(RECORDED_SEED))
    return manifest


def _pack(task: _Task, repository: Path, archive: Path) -> PackedArchive:
    total_bytes = model_file_path(repository, task.name, task.model).stat().st_size
    done_bytes = 0

    def report(read_bytes: int) -> None:
        nonlocal done_bytes
        done_bytes += read_bytes
        task.listen(
            PackagingProgress(task.name, PackagingStep.PACK, min(done_bytes, total_bytes), total_bytes)
        )

    task.listen(PackagingProgress(task.name, PackagingStep.PACK, 0, total_bytes))
    return pack_folder(repository, archive, report)


def _ignore(_step: PackagingProgress) -> None:
    """Nobody watches."""
