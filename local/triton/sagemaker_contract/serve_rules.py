"""What ``serve``, the entry point of Triton's image for SageMaker, makes of model data and environment.

Source: triton-inference-server/server, docker/sagemaker/serve, and src/sagemaker_server.h for
SAGEMAKER_TRITON_PING_MODE.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.triton.errors import ServeRuleError
from local.triton.sagemaker_contract._container_arguments import (
    PREFIX,
    IgnoredSetting,
    InferenceType,
    PingMode,
    container_arguments,
)

__all__ = [
    "MULTI_MODEL_VARIABLE",
    "IgnoredSetting",
    "InferenceType",
    "PingMode",
    "ServingPlan",
    "serving_plan",
]

MULTI_MODEL_VARIABLE = "SAGEMAKER_MULTI_MODEL"
"""SageMaker sets it to ``true`` in containers whose ``Mode`` is ``MultiModel``."""


@dataclass(frozen=True, slots=True)
class ServingPlan:
    """What to start, and how to answer.

    Attributes:
        default_model: answers /invocations.
        load_models: the default model, and what SAGEMAKER_TRITON_ADDITIONAL_ARGS loads beside it. Members of
            an ensemble need not be among them.
        arguments: of tritonserver.
        inference_type: what an invocation does.
        ping_mode: what /ping asks.
        ignored: what was set and makes no difference here.
    """

    default_model: str
    load_models: tuple[str, ...]
    arguments: tuple[str, ...]
    inference_type: InferenceType = "infer"
    ping_mode: PingMode = "ready"
    ignored: tuple[IgnoredSetting, ...] = ()


def serving_plan(model_root: Path, environment: Mapping[str, str]) -> ServingPlan:
    """Return what ``serve`` would start.

    Args:
        model_root: what SageMaker unpacks to /opt/ml/model.
        environment: of the container.

    Raises:
        ServeRuleError: ``serve`` would exit with 1, or the container would never answer /ping.
    """
    if environment.get(MULTI_MODEL_VARIABLE) == "true":
        raise ServeRuleError(
            "SAGEMAKER_MULTI_MODEL is true, but the container's Mode isn't MultiModel: Triton would start "
            "without a model and nothing would load one; leave the variable out"
        )
    if (model_root / "config.pbtxt").is_file():
        raise ServeRuleError(
            "Incorrect directory structure: config.pbtxt is at the root of the model data; put it, and the "
            "version folders beside it, into a folder named like the model"
        )
    given = container_arguments(environment)
    default_model = _default_model(model_root, environment)
    return ServingPlan(
        default_model=default_model,
        load_models=tuple(dict.fromkeys((default_model, *given.added_models))),
        arguments=given.arguments,
        inference_type=given.inference_type,
        ping_mode=given.ping_mode,
        ignored=given.ignored,
    )


def _default_model(model_root: Path, environment: Mapping[str, str]) -> str:
    name = environment.get(f"{PREFIX}DEFAULT_MODEL_NAME", "")
    # As `find -type d`: a hidden folder counts, a link to a folder doesn't.
    folders = sorted(path.name for path in model_root.iterdir() if path.is_dir() and not path.is_symlink())
    found = ", ".join(folders) or "none"
    if name and (model_root / name).is_dir():
        return name
    if name:
        raise ServeRuleError(
            f"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME is {name!r}, and there is no such model folder; there is: "
            f"{found}"
        )
    if not folders:
        raise ServeRuleError("no model folder found in the model data: it needs <model>/<version>/ folders")
    if len(folders) > 1:
        raise ServeRuleError(
            f"more than one model folder found ({found}): set SAGEMAKER_TRITON_DEFAULT_MODEL_NAME to the one "
            "that answers"
        )
    return folders[0]
