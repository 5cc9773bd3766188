"""A Triton model repository that is there already: packed as it is, and read for what it takes and gives.

Sources: Triton user guide, "Model Repository"; sagemaker-tritonserver image, ``serve``
(triton-inference-server/server, docker/sagemaker/serve), which wants model folders at the root.
"""

import glob
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.errors import DeclaredTensorsError, LayoutError, SandboxError, TorchScriptError
from model_packaging.layout.configured_signature import configured_signature
from model_packaging.layout.model_formats import MODEL_FORMATS
from model_packaging.layout.python_calls import called_beside
from model_packaging.layout.repository_copy import copy_repository
from model_packaging.layout.triton_repository import CONFIG_FILE_NAME
from model_packaging.sources.laid_out import LaidOut, ModelFolder, SourceTask
from model_packaging.sources.reference import record_reference
from model_packaging.sources.torchscript_trial import torchscript_misfits, trial_inputs
from model_packaging.untrusted.torchscript_scan import scan_torchscript
from spec import ExistingRepository

if TYPE_CHECKING:
    from tritonclient.grpc.model_config_pb2 import ModelConfig

__all__ = ["lay_out_repository"]

_KEY = "repository.from"
_REFUSED_FIX = (
    "take the repository from whom you trust, or save the model into it again with "
    "`torch.jit.trace(...).save(...)` or `torch.jit.script(...).save(...)`."
)
_UNKNOWN_OPERATOR = "Unknown builtin op"
"""How torch refuses to load a model of operators that a library brings, as torchvision does, which Triton's
PyTorch backend is linked with (pytorch_backend, CMakeLists.txt)."""
_PYTHON_RUNTIME = "model.py"
"""With it the PyTorch backend runs a Python module, whose model.pt is no TorchScript (pytorch_backend,
README, "PyTorch 2.0 Models")."""


def lay_out_repository(task: SourceTask, existing: ExistingRepository) -> LaidOut:
    """Pack the repository as it is.

    Raises:
        LayoutError: it is missing, holds links, is one model instead of a repository, does not say which
            model answers, or that model's configuration does not say what it takes and gives.
        DeclaredTensorsError: a TorchScript file in it takes or gives something else than is configured.
        TorchScriptError: one holds more than a model.
        SandboxError: one can't be loaded.
        PackagingError: the reference fails, or takes or gives something else than is configured.
    """
    repository = task.work.repository
    copy_repository(existing, task.project_root, repository, task.cancelled)
    folders = sorted(path for path in repository.iterdir() if (path / CONFIG_FILE_NAME).is_file())
    answering = _answering(existing, repository, [path.name for path in folders])
    configs = {path.name: _config(path) for path in folders}
    for name, config in configs.items():
        for file in _torchscript_files(config, repository / name):
            _scan(existing, file, repository)
    signatures = {name: configured_signature(config, repository / name) for name, config in configs.items()}
    _try_torchscript(task, existing, configs)
    signature, maximum = signatures[answering], configs[answering].max_batch_size
    return LaidOut(
        format="repository",
        signature=signature,
        max_batch_size=maximum,
        config_pbtxt=(repository / answering / CONFIG_FILE_NAME).read_text(encoding="utf-8"),
        batch_sizes=record_reference(task, signature, maximum),
        load_models=called_beside(answering, repository, configs),
        default_model=answering,
        beside=tuple(
            ModelFolder(name, signatures[name], configs[name].max_batch_size)
            for name in configs
            if name != answering
        ),
    )


def _answering(existing: ExistingRepository, repository: Path, folders: list[str]) -> str:
    if (repository / CONFIG_FILE_NAME).is_file() and not folders:
        raise LayoutError(
            f"{existing.from_} is one model, not a repository of models: config.pbtxt lies at its root, and "
            "the container exits with 'Incorrect directory structure'.",
            "name the folder that holds the model's folder.",
        )
    found = ", ".join(folders) or "none"
    if existing.model is not None and existing.model not in folders:
        raise LayoutError(
            f"{existing.from_} has no model {existing.model!r} with a config.pbtxt; it has {found}.",
            "name one of these in repository.model.",
        )
    if existing.model is None and len(folders) != 1:
        raise LayoutError(
            f"{existing.from_} has {len(folders)} models with a config.pbtxt: {found}.",
            "name the one that answers in repository.model.",
        )
    return existing.model or folders[0]


def _torchscript_files(config: "ModelConfig", folder: Path) -> Iterator[Path]:
    """Yield what Triton's PyTorch backend would load of a model's folder; a rule tells what is missing.

    Source: pytorch_backend, README, "PyTorch (LibTorch) Backend"; Triton, ModelConfig, ``platform``,
    ``default_model_filename`` and ``cc_model_filenames``.
    """
    torchscript = MODEL_FORMATS["torchscript"]
    by_backend = config.backend == "pytorch" and not config.platform and config.runtime != _PYTHON_RUNTIME
    if config.platform != torchscript.served_by and not by_backend:
        return
    names = {config.default_model_filename or torchscript.file_name, *config.cc_model_filenames.values()}
    for file in sorted(path for name in names for path in folder.glob(f"*/{glob.escape(name)}")):
        if file.is_file():
            yield file


def _scan(existing: ExistingRepository, file: Path, repository: Path) -> None:
    try:
        scan_torchscript(file, _shown(existing, file, repository))
    except TorchScriptError as error:
        raise TorchScriptError(error.cause, _REFUSED_FIX) from error


def _try_torchscript(
    task: SourceTask, existing: ExistingRepository, configs: Mapping[str, "ModelConfig"]
) -> None:
    """Run every TorchScript file as its configuration declares it."""
    repository = task.work.repository
    found: list[str] = []
    wrong: list[str] = []
    for name, config in configs.items():
        for file in _torchscript_files(config, repository / name):
            misfits = _misfits(task, config, file, _shown(existing, file, repository))
            found += [f"{file.relative_to(repository)}: {each}" for each in misfits]
            wrong += [f"{name}/{CONFIG_FILE_NAME}"] if misfits else []
    if found:
        raise DeclaredTensorsError(
            f"{_KEY}: {existing.from_}: {'; '.join(found)}.",
            f"correct input, output or max_batch_size in {', '.join(dict.fromkeys(wrong))}.",
        )


def _misfits(task: SourceTask, config: "ModelConfig", file: Path, shown: str) -> tuple[str, ...]:
    """Say what does not fit; nothing of a model whose operators come with Triton's image alone."""
    inputs = trial_inputs(file, config)
    try:
        return torchscript_misfits(file, shown, config, inputs, task.cancelled) if inputs else ()
    except SandboxError as error:
        if _UNKNOWN_OPERATOR in error.cause:
            return ()
        raise


def _shown(existing: ExistingRepository, file: Path, repository: Path) -> str:
    return f"{_KEY}: {existing.from_}: {file.relative_to(repository)}"


def _config(folder: Path) -> "ModelConfig":
    place = f"{folder.name}/{CONFIG_FILE_NAME}"
    try:
        return parse_config_pbtxt((folder / CONFIG_FILE_NAME).read_text(encoding="utf-8"), place)
    except (ConfigPbtxtError, UnicodeDecodeError) as error:
        raise LayoutError(f"the repository's {error}.", "correct the file.") from error
