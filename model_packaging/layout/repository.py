"""The folder that is packed, whichever layout a model's section asks for."""

from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.signature import Signature
from model_packaging.layout import pytorch_archive, triton_repository
from model_packaging.layout.model_formats import format_of
from spec import Model

__all__ = ["RepositoryTexts", "complete_repository", "model_file_path"]


@dataclass(frozen=True, slots=True)
class RepositoryTexts:
    """What rules read of a repository; each is empty where the layout has no such file.

    Attributes:
        config_pbtxt: Triton's configuration.
        entry_point: the PyTorch images' entry point.
    """

    config_pbtxt: str = ""
    entry_point: str = ""


def model_file_path(repository: Path, name: str, model: Model) -> Path:
    """Return where the model's file belongs: the exported one, or the one that was made elsewhere."""
    if model.pytorch is not None:
        return pytorch_archive.torchscript_path(repository)
    file_name = model.triton.default_model_filename if model.triton is not None else None
    return triton_repository.model_file_path(repository, name, file_name, format_of(model))


def complete_repository(
    repository: Path, name: str, model: Model, signature: Signature, project_root: Path
) -> RepositoryTexts:
    """Write everything that belongs beside the model's file.

    Args:
        repository: the folder; the model file is there.
        name: of the model.
        model: its section.
        signature: what was observed or declared.
        project_root: where files of the project are that the section names.

    Raises:
        LayoutError: such a file is missing or unusable.
    """
    texts = RepositoryTexts()
    if model.pytorch is not None:
        entry_point = pytorch_archive.write_entry_point(repository, model.pytorch, project_root)
        texts = RepositoryTexts(entry_point=entry_point)
    if model.triton is not None:
        config_pbtxt = triton_repository.write_model_folder(
            repository,
            name,
            model.triton,
            signature,
            project_root,
            model_format=format_of(model),
            ensemble=model.ensemble,
        )
        texts = RepositoryTexts(config_pbtxt=config_pbtxt)
    return texts
