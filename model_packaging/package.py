"""Packages the models of a deployment: from what its file says to artifacts in ``build/``."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from model_packaging._build_memory import needed_bytes_of
from model_packaging.artifact.inspection import ArtifactInspector
from model_packaging.artifact.manifest import Manifest
from model_packaging.build_folder import BuildFolder
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import PackagingError, PackError, SeveralModelsError
from model_packaging.machine import Machine
from model_packaging.model_build import ModelBuild, build_model
from model_packaging.parallel_builds import Build, run_builds
from model_packaging.progress import PackagingProgress, PackagingStep, ProgressListener, one_at_a_time
from model_packaging.remote.plan_builder import PlanBuilder
from model_packaging.source_files import SourceFiles
from model_packaging.sources.laid_out import Member
from spec import Deployment, DeploymentFile, Model

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
            can't be, it is a ``SeveralModelsError``. Each says what was left out because of it.
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
    for name, error in failed.items():
        _say_what_is_left_out(error, name, deployment)
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
    build = ModelBuild(
        name,
        model,
        project_root,
        inspect,
        progress or _ignore,
        made_of,
        cancelled or threading.Event(),
        plans,
        sections=(model, *(each.section for each in members)),
    )
    try:
        inputs = build_inputs_of(model, project_root, {each.model: each.section for each in members}, files)
        with BuildFolder.locked(directory) as folder:
            manifest = None if force else folder.current()
            built = manifest is None or manifest.model != name or manifest.build_key != inputs.build_key
            if manifest is None or built:
                manifest = build_model(build, inputs, folder)
    except OSError as error:
        raise PackError(
            f"writing {directory} failed ({error.strerror or error}).",
            "make room there and make it writable.",
            name,
        ) from error
    except PackagingError as error:
        error.model = name
        raise
    build.tell(PackagingStep.BUILT if built else PackagingStep.UNCHANGED)
    return PackagedModel(name, model, directory, manifest, built, time.monotonic() - started)


def _say_what_is_left_out(error: PackagingError, name: str, deployment: Deployment) -> None:
    left_out = [other for other in deployment.models if name in deployment.members_of(other)]
    if left_out:
        error.cause += f" Left out with it, since they are made of it: {', '.join(left_out)}."


def _ignore(_step: PackagingProgress) -> None:
    """Nobody watches."""
