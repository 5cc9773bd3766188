"""What Triton's image does as a multi-model container: it starts without a model, and loads by request.

SageMaker unpacks each model to a folder of its own and has the container load it (``POST /models``), invoke
it (``POST /models/<name>/invoke``) and unload it (``DELETE /models/<name>``).

Source: triton-inference-server/server, docker/sagemaker/serve and src/sagemaker_server.cc
(``SageMakerMMELoadModel``, ``SageMakerMMEHandleInfer``, ``SageMakerMMECheckOOMError``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from local.triton.errors import ServeRuleError
from local.triton.sagemaker_contract._container_arguments import PREFIX, IgnoredSetting, container_arguments
from local.triton.sagemaker_contract.serve_rules import ServingPlan

__all__ = [
    "MultiModelPlan",
    "answering_folder",
    "failure_status",
    "loaded_model_plan",
    "multi_model_plan",
]

_ENSEMBLE = re.compile(r'platform:\s*"ensemble"')  # the frontend's own expression
_OUT_OF_MEMORY = (
    "CUDA out of memory",
    "CUDA_OUT_OF_MEMORY",
    "Out of memory",
    "Out Of Memory",
    "out of memory",
    "MemoryError",
    "OutOfMemory",
    "OOM",
    "Dst tensor is not initialized",
    "Src tensor is not initialized",
    "CNMEM_STATUS_OUT_OF_MEMORY",
    "CUDNN_STATUS_NOT_INITIALIZED",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "Failed to allocate memory",
    "failed to allocate memory",
    "No space left on device",
)
"""What the frontend takes for a lack of memory, wherever it stands in an error's text."""
_ONE_MODEL_ONLY = "a multi-model container heeds no such variable: each request names its model"
_ALWAYS_INFER = "a multi-model container always infers: its frontend generates for no target model"
_NO_DIFFERENCE = {
    f"{PREFIX}DEFAULT_MODEL_NAME": _ONE_MODEL_ONLY,
    f"{PREFIX}INFERENCE_TYPE": _ALWAYS_INFER,
}


@dataclass(frozen=True, slots=True)
class MultiModelPlan:
    """What to start before the first model is loaded; /ping asks whether it lives.

    Attributes:
        arguments: of tritonserver.
        ignored: what was set and makes no difference here.
    """

    arguments: tuple[str, ...]
    ignored: tuple[IgnoredSetting, ...] = ()


def multi_model_plan(environment: Mapping[str, str]) -> MultiModelPlan:
    """Return what ``serve`` would start in a container whose ``Mode`` is ``MultiModel``.

    Raises:
        ServeRuleError: Triton would not start, or never answer /ping.
    """
    given = container_arguments(environment)
    if given.added_models:
        raise ServeRuleError(
            f"SAGEMAKER_TRITON_ADDITIONAL_ARGS loads {', '.join(given.added_models)}, and a multi-model "
            "container starts without any model: leave out --load-model"
        )
    moot = [
        IgnoredSetting(f"{name}={environment[name]}", reason)
        for name, reason in _NO_DIFFERENCE.items()
        if environment.get(name)
    ]
    return MultiModelPlan(given.arguments, (*moot, *given.ignored))


def loaded_model_plan(name: str) -> ServingPlan:
    """Return how a model that was loaded as ``name`` answers: it infers, whatever the variables say."""
    return ServingPlan(name, (name,), ())


def answering_folder(archive: Path) -> Path:
    """Return the folder of the model that answers for an unpacked archive.

    Args:
        archive: what SageMaker unpacks to /opt/ml/models/<hash>/model.

    Returns:
        ``archive`` itself where config.pbtxt is at its root; else its one model folder, or its ensemble.

    Raises:
        ServeRuleError: there is no model, or none that the frontend would choose for certain.
    """
    if (archive / "config.pbtxt").is_file():
        return archive
    folders = sorted(path for path in archive.iterdir() if path.is_dir() and not path.is_symlink())
    found = ", ".join(path.name for path in folders) or "none"
    if not folders:
        raise ServeRuleError("no model folder found in the model data: it needs <model>/<version>/ folders")
    candidates = folders if len(folders) == 1 else [path for path in folders if _is_ensemble(path)]
    if len(candidates) != 1:
        raise ServeRuleError(
            f"several model folders ({found}) and {'no' if not candidates else 'more than one'} ensemble "
            "among them: which of them Triton's frontend loads depends on the file system's order. Pack one "
            "model, or one ensemble with its members"
        )
    return candidates[0]


def failure_status(message: str) -> int:
    """Return the status by which the frontend says that a model can't be loaded, or can't answer.

    KServe's endpoint tells more kinds of errors apart, and so does the frontend where it serves one model.

    Args:
        message: Triton's words.
    """
    short = any(words in message for words in _OUT_OF_MEMORY)
    return HTTPStatus.INSUFFICIENT_STORAGE if short else HTTPStatus.BAD_REQUEST


def _is_ensemble(folder: Path) -> bool:
    config = folder / "config.pbtxt"
    text = config.read_text(encoding="utf-8", errors="surrogateescape") if config.is_file() else ""
    return _ENSEMBLE.search(text) is not None
