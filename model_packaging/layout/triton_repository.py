"""Lays out a model's folder of a Triton repository: what belongs beside the model's file.

Layout: Triton user guide, "Model Repository".
"""

from pathlib import Path

from model_packaging.artifact.signature import Signature
from model_packaging.errors import LayoutError
from model_packaging.layout.label_files import label_files
from model_packaging.layout.model_formats import MODEL_FORMATS
from model_packaging.layout.triton_config import config_pbtxt_of
from spec import Ensemble, TritonModelConfig

__all__ = ["CONFIG_FILE_NAME", "ONLY_VERSION", "model_file_path", "write_model_folder"]

CONFIG_FILE_NAME = "config.pbtxt"
ONLY_VERSION = "1"
"""The version's folder of a model that has one version."""


def model_file_path(
    repository: Path, model_name: str, file_name: str | None = None, model_format: str = "torchscript"
) -> Path:
    """Return where the model file of ``model_name`` lies in ``repository``.

    Args:
        repository: the folder of models.
        model_name: the model's folder.
        file_name: the section's ``default_model_filename``; None is the backend's own name.
        model_format: in the manifest's words; it decides that name.
    """
    return repository / model_name / ONLY_VERSION / (file_name or MODEL_FORMATS[model_format].file_name)


def write_model_folder(
    repository: Path,
    model_name: str,
    triton: TritonModelConfig,
    signature: Signature,
    project_root: Path,
    *,
    model_format: str = "torchscript",
    ensemble: Ensemble | None = None,
) -> str:
    """Write config.pbtxt and what it names into the model's folder, and return its text.

    Args:
        repository: the folder of models; the model's own folder is there.
        model_name: that folder's name.
        triton: what the deployment file says.
        signature: of the model.
        project_root: where files are that the section names.
        model_format: in the manifest's words.
        ensemble: the steps, of an ensemble.

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
    config_pbtxt = config_pbtxt_of(model_name, triton, signature, model_format, ensemble)
    (folder / CONFIG_FILE_NAME).write_text(config_pbtxt, encoding="utf-8")
    return config_pbtxt
