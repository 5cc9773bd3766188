"""Lays out a Triton model repository for one model: its files beside the exported one.

Layout: Triton user guide, "Model Repository".
"""

from pathlib import Path

from model_packaging.artifact.signature import Signature
from model_packaging.errors import LayoutError
from model_packaging.label_files import label_files
from model_packaging.triton_config import config_pbtxt_of
from spec import TritonModelConfig

__all__ = ["CONFIG_FILE_NAME", "MODEL_FILE_NAME", "model_file_path", "write_model_folder"]

CONFIG_FILE_NAME = "config.pbtxt"
MODEL_FILE_NAME = "model.pt"
_VERSION = "1"


def model_file_path(repository: Path, model_name: str, file_name: str | None = None) -> Path:
    """Return where the model file of ``model_name`` lies in ``repository``.

    Args:
        repository: the folder of models.
        model_name: the model's folder.
        file_name: the section's ``default_model_filename``; None is the backend's own name.
    """
    return repository / model_name / _VERSION / (file_name or MODEL_FILE_NAME)


def write_model_folder(
    repository: Path, model_name: str, triton: TritonModelConfig, signature: Signature, project_root: Path
) -> str:
    """Write config.pbtxt and what it names into the model's folder, and return its text.

    Raises:
        LayoutError: a file of labels is missing, or its output is.
    """
    outputs = [each.name for each in signature.outputs]
    for output in triton.label_filename:
        if output not in outputs:
            raise LayoutError(
                f"triton.label_filename names the output {output!r}; the model has {', '.join(outputs)}.",
                "name one of these, or remove the key.",
            )
    folder = repository / model_name
    for name, source in label_files(triton, project_root):
        (folder / name).write_bytes(source.read_bytes())
    config_pbtxt = config_pbtxt_of(model_name, triton, signature)
    (folder / CONFIG_FILE_NAME).write_text(config_pbtxt, encoding="utf-8")
    return config_pbtxt
