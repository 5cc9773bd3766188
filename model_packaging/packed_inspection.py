"""What the rules look at of a packed folder: the model that answers, and the models beside it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.layout import Layout
from model_packaging.artifact.manifest import FileRecord
from model_packaging.artifact.model_files import ModelFileReading, read_model_files
from model_packaging.layout.python_files import python_model_text
from model_packaging.layout.triton_repository import CONFIG_FILE_NAME
from model_packaging.sources.laid_out import LaidOut, ModelFolder
from spec import Model

if TYPE_CHECKING:
    from tritonclient.grpc.model_config_pb2 import ModelConfig

__all__ = ["asks_for_a_cache", "inspection_of"]


def inspection_of(
    name: str, model: Model, laid_out: LaidOut, repository: Path, files: Sequence[FileRecord]
) -> ArtifactInspection:
    """Return what the rules look at of the folder ``repository``, which was packed.

    Args:
        name: of the model.
        model: its section.
        laid_out: what its source says of the folder.
        repository: the folder.
        files: of the archive, in its order.
    """
    answering = laid_out.default_model or name
    loaded = (answering, *laid_out.load_models)
    alone = ArtifactInspection(
        model=answering,
        layout=Layout(model.layout),
        files=tuple(files),
        config_pbtxt=laid_out.config_pbtxt,
        signature=laid_out.signature,
        max_batch_size=laid_out.max_batch_size,
        entry_point=laid_out.entry_point,
        python_model=_python_model(repository / answering, laid_out.config_pbtxt),
        load_models=loaded,
        model_files=_model_files(repository / answering),
    )
    beside = [replace(_beside(repository, each, files), load_models=loaded) for each in laid_out.beside]
    every = (alone, *beside)
    return replace(
        alone,
        beside=tuple(
            replace(each, beside=tuple(other for other in every if other is not each)) for each in beside
        ),
    )


def asks_for_a_cache(inspection: ArtifactInspection) -> bool:
    """Whether a model of the archive has the response cache on."""
    configs = (_config(each.config_pbtxt) for each in (inspection, *inspection.beside))
    return any(config is not None and config.response_cache.enable for config in configs)


def _beside(repository: Path, folder: ModelFolder, files: Sequence[FileRecord]) -> ArtifactInspection:
    config_pbtxt = (repository / folder.name / CONFIG_FILE_NAME).read_text(encoding="utf-8")
    return ArtifactInspection(
        model=folder.name,
        files=tuple(each for each in files if each.path.startswith(f"{folder.name}/")),
        config_pbtxt=config_pbtxt,
        signature=folder.signature,
        max_batch_size=folder.max_batch_size,
        python_model=_python_model(repository / folder.name, config_pbtxt),
        model_files=_model_files(repository / folder.name),
    )


def _python_model(folder: Path, config_pbtxt: str) -> str:
    config = _config(config_pbtxt)
    return python_model_text(folder, config) if config is not None else ""


def _config(config_pbtxt: str) -> "ModelConfig | None":
    """Return the configuration; None where it can't be read: a rule says so."""
    try:
        return parse_config_pbtxt(config_pbtxt)
    except ConfigPbtxtError:
        return None


def _model_files(folder: Path) -> tuple[ModelFileReading, ...]:
    """Read the model files of a repository's folder; the PyTorch images' layout has none."""
    return read_model_files(folder) if folder.is_dir() else ()
