"""Packages the models of a deployment: from a factory's name to an artifact in ``build/``."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from model_packaging._build_memory import needed_bytes_of
from model_packaging.archive.packing import PackedArchive, pack_folder
from model_packaging.artifact.inspection import ArtifactInspector
from model_packaging.artifact.keys import BuildInputs, content_key_of
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.manifest import ArchiveRecord, Manifest, SamplesRecord, Tolerance
from model_packaging.build_folder import ARCHIVE_SUFFIX, SAMPLES_SUFFIX, SBOM_SUFFIX, BuildFolder
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import PackagingError, PackError, SeveralModelsError, WorkerError
from model_packaging.layout.packed_inspection import asks_for_a_cache, inspection_of
from model_packaging.machine import Machine
from model_packaging.parallel_builds import Build, run_builds
from model_packaging.progress import PackagingProgress, PackagingStep, ProgressListener, one_at_a_time
from model_packaging.provenance import provenance_of
from model_packaging.remote.plan_builder import PlanBuilder
from model_packaging.remote.plan_versions import plan_versions
from model_packaging.sbom import sbom_of
from model_packaging.source_files import SourceFiles
from model_packaging.sources import LaidOut, SourceTask, lay_out
from model_packaging.sources.laid_out import RECORDED_SEED, Member
from model_packaging.worker.protocol import WorkerFolder
from spec import DeploymentFile, Model

__all__ = ["PackagedModel", "package_deployment", "package_model"]


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model whose artifact is in ``build/``.

    Attributes:
        model: its name in the deployment file.
        section: what the file says of it.
        directory: holds the manifest and the files it names.
        manifest: everything about the artifact.
        built: False where it was there already.
        seconds: what building, or finding it unchanged, took.
    """

    model: str
    section: Model
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
    plans: PlanBuilder | None = None,
    progress: ProgressListener | None = None,
    force: bool = False,
) -> tuple[PackagedModel, ...]:
    """Package every model of ``file`` into ``build_root/<deployment>/<model>/``.

    Models are built side by side, each in a process of its own, as many as the machine has cores and memory
    for; members come before what is made of them.

    Args:
        file: the deployment.
        build_root: holds the artifacts of all deployments.
        project_root: the folder that factory references start from.
        inspect: applies the artifact rules; what it finds goes into the manifest.
        plans: whoever builds TensorRT plans. Default: nobody, a model that needs one can't be packaged.
        progress: told of every step, one at a time.
        force: build again in spite of an equal build key.

    Returns:
        One for each model, in the file's order.

    Raises:
        PackagingError: a model can't be packaged. The others are packaged all the same; where several
            can't be, it is a ``SeveralModelsError``.
    """
    deployment = file.deployment
    packaged: dict[str, PackagedModel] = {}
    files = SourceFiles(project_root, remember=True)
    listen = one_at_a_time(progress or _ignore)

    def package(name: str, cancelled: threading.Event) -> PackagedModel:
        packaged[name] = package_model(
            name,
            deployment.models[name],
            build_root / deployment.name / name,
            project_root,
            inspect=inspect,
            members=[packaged[member] for member in deployment.members_of(name)],
            plans=plans,
            progress=listen,
            force=force,
            files=files,
            cancelled=cancelled,
        )
        return packaged[name]

    builds = [
        Build(
            name,
            needed_bytes_of(model, build_root / deployment.name / name, project_root),
            frozenset(deployment.members_of(name)),
            partial(package, name),
        )
        for name, model in deployment.models.items()
    ]
    try:
        done, failed = run_builds(builds, Machine.here())
    finally:
        files.save()
    errors = tuple(failed.values())
    if len(errors) > 1:
        raise SeveralModelsError(errors)
    if errors:
        raise errors[0]
    return tuple(done.values())


def package_model(
    name: str,
    model: Model,
    directory: Path,
    project_root: Path,
    *,
    inspect: ArtifactInspector,
    members: Sequence[PackagedModel] = (),
    plans: PlanBuilder | None = None,
    progress: ProgressListener | None = None,
    force: bool = False,
    files: SourceFiles | None = None,
    cancelled: threading.Event | None = None,
) -> PackagedModel:
    """Package one model into ``directory``.

    A build that fails or is killed at any moment leaves the artifact before, or none.

    Args:
        name: of the model.
        model: its section.
        directory: of its artifact.
        project_root: the folder that factory references start from.
        inspect: applies the artifact rules; what it finds goes into the manifest.
        members: the models that it is made of, and theirs, packaged before.
        plans: whoever builds its TensorRT plan, if it is one. Default: nobody.
        progress: told of every step, in this thread.
        force: build again in spite of an equal build key.
        files: the project's files, as a run that packages several models has seen them so far.
        cancelled: set by another thread to end the build.

    Raises:
        PackagingError: it can't be packaged.
    """
    started = time.monotonic()
    made_of = {
        each.model: Member(each.manifest, each.directory / each.manifest.archive.file_name)
        for each in members
    }
    cancelled = cancelled or threading.Event()
    sections = (model, *(each.section for each in members))
    task = _Task(name, model, project_root, inspect, progress or _ignore, made_of, cancelled, plans, sections)
    try:
        inputs = build_inputs_of(model, project_root, {each.model: each.section for each in members}, files)
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
    task.tell(PackagingStep.BUILT if built else PackagingStep.UNCHANGED)
    return PackagedModel(name, model, directory, manifest, built, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _Task:
    """One model to build, and whom to ask and tell meanwhile."""

    name: str
    model: Model
    project_root: Path
    inspect: ArtifactInspector
    listen: ProgressListener
    members: Mapping[str, Member]
    cancelled: threading.Event
    plans: PlanBuilder | None
    sections: Sequence[Model]

    def tell(self, step: PackagingStep, done_bytes: int = 0, total_bytes: int = 0) -> None:
        """Tell of a step; the end of a build that was cancelled.

        Raises:
            WorkerError: it was cancelled.
        """
        if self.cancelled.is_set():
            raise WorkerError("its build was cancelled.", "run the command again.")
        self.listen(PackagingProgress(self.name, step, done_bytes, total_bytes))


def _build(task: _Task, inputs: BuildInputs, folder: BuildFolder) -> Manifest:
    name, model = task.name, task.model
    with folder.temporary() as path:
        work = WorkerFolder(path)
        task.tell(PackagingStep.EXPORT)
        laid_out = lay_out(
            SourceTask(name, model, task.project_root, work, task.members, task.cancelled, task.plans)
        )
        archive = path / "model.tar.gz"
        packed = _pack(task, work.repository, archive)
        key = content_key_of((each.path, each.mode, each.size_bytes, each.sha256) for each in packed.files)
        inspection = inspection_of(name, model, laid_out, work.repository, packed.files)
        manifest = Manifest(
            model=name,
            layout=Layout(model.layout),
            format=laid_out.format,
            max_batch_size=laid_out.max_batch_size,
            signature=laid_out.signature,
            files=packed.files,
            archive=ArchiveRecord(f"{key}{ARCHIVE_SUFFIX}", packed.size_bytes),
            samples=_samples_record(model, key, laid_out),
            content_key=key,
            build_inputs=inputs,
            findings=tuple(task.inspect(inspection)),
            provenance=provenance_of(task.project_root, plan_versions(work.repository)),
            load_models=laid_out.load_models,
            default_model=laid_out.default_model,
            response_cache=asks_for_a_cache(inspection),
            sbom=f"{key}{SBOM_SUFFIX}",
        )
        sbom = path / "model.cdx.json"
        sbom.write_text(sbom_of(name, task.sections, key, packed.files, inputs), encoding="utf-8")
        files = {manifest.archive.file_name: archive, f"{key}{SBOM_SUFFIX}": sbom}
        if manifest.samples is not None:
            files[manifest.samples.file_name] = work.samples(RECORDED_SEED)
        folder.commit(manifest, files)
    return manifest


def _samples_record(model: Model, key: str, laid_out: LaidOut) -> SamplesRecord | None:
    if laid_out.batch_sizes is None:
        return None
    tolerance = Tolerance(model.tolerance.absolute, model.tolerance.relative)
    return SamplesRecord(f"{key}{SAMPLES_SUFFIX}", laid_out.batch_sizes, tolerance)


def _pack(task: _Task, repository: Path, archive: Path) -> PackedArchive:
    total_bytes = sum(path.stat().st_size for path in repository.rglob("*") if path.is_file())
    done_bytes = 0

    def report(read_bytes: int) -> None:
        nonlocal done_bytes
        done_bytes += read_bytes
        task.tell(PackagingStep.PACK, min(done_bytes, total_bytes), total_bytes)

    task.tell(PackagingStep.PACK, 0, total_bytes)
    return pack_folder(repository, archive, report)


def _ignore(_step: PackagingProgress) -> None:
    """Nobody watches."""
