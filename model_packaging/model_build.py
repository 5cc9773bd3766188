"""Builds one model: what its source lays out is packed, looked at by the rules, and becomes the artifact."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model_packaging.archive.packing import PackedArchive, pack_folder
from model_packaging.artifact.image_needs_reading import image_needs
from model_packaging.artifact.inspection import ArtifactInspector
from model_packaging.artifact.keys import BuildInputs, content_key_of
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.manifest import ArchiveRecord, Manifest, SamplesRecord, Tolerance
from model_packaging.build_folder import ARCHIVE_SUFFIX, SAMPLES_SUFFIX, SBOM_SUFFIX, BuildFolder
from model_packaging.cancellation import check_cancelled
from model_packaging.packed_inspection import asks_for_a_cache, inspection_of
from model_packaging.progress import PackagingProgress, PackagingStep, ProgressListener
from model_packaging.provenance import provenance_of
from model_packaging.remote.plan_builder import PlanBuilder
from model_packaging.remote.plan_versions import plan_versions
from model_packaging.sbom import sbom_of
from model_packaging.sources import LaidOut, SourceTask, lay_out
from model_packaging.sources.laid_out import RECORDED_SEED, Member
from model_packaging.worker.protocol import WorkerFolder
from spec import Model

__all__ = ["ModelBuild", "build_model"]


@dataclass(frozen=True, slots=True)
class ModelBuild:
    """One model to build, and whom to ask and tell meanwhile.

    Attributes:
        name: of the model.
        model: its section.
        project_root: where the paths of the section start.
        inspect: applies the artifact rules.
        listen: told of every step.
        members: the packaged models that it is made of, by name.
        cancelled: set by another thread to end the build.
        plans: whoever builds TensorRT plans; None where nobody does.
        sections: its own, and those of the members.
    """

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
        check_cancelled(self.cancelled)
        self.listen(PackagingProgress(self.name, step, done_bytes, total_bytes))


def build_model(build: ModelBuild, inputs: BuildInputs, folder: BuildFolder) -> Manifest:
    """Lay out, pack and inspect the model, and make the result the artifact of ``folder``.

    Args:
        build: the model.
        inputs: what it is built from; they go into the manifest.
        folder: locked by this process.

    Raises:
        PackagingError: it can't be built, or was cancelled.
        OSError: its files can't be written.
    """
    name, model = build.name, build.model
    with folder.temporary() as path:
        work = WorkerFolder(path)
        build.tell(PackagingStep.EXPORT)
        laid_out = lay_out(
            SourceTask(name, model, build.project_root, work, build.members, build.cancelled, build.plans)
        )
        archive = path / "model.tar.gz"
        packed = _pack(build, work.repository, archive)
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
            findings=tuple(build.inspect(inspection)),
            provenance=provenance_of(build.project_root, plan_versions(work.repository)),
            load_models=laid_out.load_models,
            default_model=laid_out.default_model,
            response_cache=asks_for_a_cache(inspection),
            sbom=f"{key}{SBOM_SUFFIX}",
            image_needs=image_needs((inspection, *inspection.beside)),
        )
        sbom = path / "model.cdx.json"
        sbom.write_text(sbom_of(name, build.sections, key, packed.files, inputs), encoding="utf-8")
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


def _pack(build: ModelBuild, repository: Path, archive: Path) -> PackedArchive:
    total_bytes = sum(path.stat().st_size for path in repository.rglob("*") if path.is_file())
    done_bytes = 0

    def report(read_bytes: int) -> None:
        nonlocal done_bytes
        done_bytes += read_bytes
        build.tell(PackagingStep.PACK, min(done_bytes, total_bytes), total_bytes)

    build.tell(PackagingStep.PACK, 0, total_bytes)
    return pack_folder(repository, archive, report)
