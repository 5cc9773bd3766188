"""Checks models' files before Triton sees them: with a missing one its Python backend hangs for minutes."""

from pathlib import Path

from local.triton.overlay import CONFIG_FILE_NAME
from model_packaging.artifact.config_text import ConfigTextError, Message, parse_config_text

__all__ = ["completes_nothing", "ensemble_members", "missing_model_file"]

_FILE_NAMES = {
    "pytorch": "model.pt",
    "pytorch_libtorch": "model.pt",
    "python": "model.py",
    "onnxruntime": "model.onnx",
    "onnxruntime_onnx": "model.onnx",
    "tensorrt": "model.plan",
    "tensorrt_plan": "model.plan",
}
"""The default file of a version, by backend and by platform (server docs/user_guide/model_repository.md)."""

_COMPLETED_ONLY_WITHOUT_TENSORS = {"pytorch", "pytorch_libtorch", "onnxruntime", "onnxruntime_onnx"}
"""LibTorch's backend completes nothing, ONNX Runtime's nothing that names inputs and outputs
(onnxruntime_backend, src/onnxruntime.cc, ``AutoCompleteConfig``)."""


def missing_model_file(repository: Path, model: str) -> str | None:
    """Return what is missing of ``model`` in ``repository``, in words, or None."""
    folder = repository / model
    if not folder.is_dir():
        found = sorted(path.name for path in repository.iterdir() if path.is_dir())
        return f"the repository has no model folder '{model}'; it has {', '.join(found) or 'none'}"
    versions = sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal() and path.is_dir())
    if not versions:
        return f"model '{model}' has no version folder such as '{model}/1'"
    config = _config(folder)
    backend = config.string("backend") or config.string("platform")
    file_name = config.string("default_model_filename") or _FILE_NAMES.get(backend, "")
    if config.messages("version_policy") or not file_name:
        return None  # which versions load, or which file, is Triton's to say
    path = Path(model, str(versions[-1]), file_name)
    return None if (repository / path).exists() else f"'{path}' is missing from the repository"


def completes_nothing(repository: Path) -> bool:
    """Say whether every model's configuration is served as written: these are, when they name tensors.

    Then Triton need not start a Python stub before each model only to ask it, which takes over a second. Of
    an empty repository nobody knows what will come into it.
    """
    configs = [_config(path) for path in repository.iterdir() if path.is_dir()]
    return bool(configs) and all(
        {config.string("backend"), config.string("platform")} & _COMPLETED_ONLY_WITHOUT_TENSORS
        and config.all("input")
        and config.all("output")
        for config in configs
    )


def ensemble_members(folder: Path) -> tuple[str, ...]:
    """Return the models that a model's folder names as steps of an ensemble; none if it is no ensemble."""
    scheduling = _config(folder).messages("ensemble_scheduling")
    return tuple(step.string("model_name") for each in scheduling for step in each.messages("step"))


def _config(folder: Path) -> Message:
    try:
        text = (folder / CONFIG_FILE_NAME).read_text(encoding="utf-8", errors="surrogateescape")
        return parse_config_text(text)
    except (FileNotFoundError, ConfigTextError):
        return Message(())  # what is wrong with it is Triton's to say
