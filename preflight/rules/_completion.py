"""Which backends complete a configuration, so that what it leaves out is no mistake."""

from collections.abc import Sequence

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.rules._triton_config import ConfiguredTensor, config_of

__all__ = ["completes_batch_size", "completes_tensors", "may_have_more"]

_COMPLETES_NOTHING = "pytorch"
_BY_THE_MODEL_ITSELF = "auto_complete_config"
_SETS_BATCH_SIZE = "set_max_batch_size"
_BATCH_SIZE_IN_ANY_CASE = ("tensorflow", "tensorrt")
"""Backends that may complete max_batch_size where all inputs and outputs are declared."""
_ONLY_WHERE_NOTHING_IS_DECLARED = ("onnxruntime", "openvino", "tensorflow", "tensorrt")
"""Backends that complete a list of inputs or outputs which is empty, and add nothing to another."""


def completes_tensors(artifact: ArtifactInspection) -> bool:
    """Say whether inputs and outputs, their types and dims, may come from elsewhere than config.pbtxt.

    LibTorch's backend completes nothing, an ensemble has nobody to ask, and a Python model completes what its
    ``auto_complete_config`` does; of other backends, and where none is named, nothing is held missing.
    Source: Triton, model configuration, auto-generated model configuration; Python backend, README,
    auto_complete_config.
    """
    config = config_of(artifact)
    if config is None or config.is_ensemble:
        return False
    if config.serving_backend == "python":
        return _BY_THE_MODEL_ITSELF in artifact.python_model
    return config.serving_backend != _COMPLETES_NOTHING


def completes_batch_size(artifact: ArtifactInspection) -> bool:
    """Say whether ``max_batch_size`` may become larger than config.pbtxt has it, or than nothing.

    Of preferred batch sizes that is no excuse: they are compared with what the file says.
    Source: Triton core, src/model_repository_manager, InitializeModelInfo (the scheduler is validated before
    the backend completes anything; seen on Triton 2.51); onnxruntime_backend, src/onnxruntime.cc,
    AutoCompleteConfig (nothing where inputs and outputs are declared); tensorflow_backend, README,
    auto-complete model configuration; Python backend, README, auto_complete_config (``set_max_batch_size``).
    """
    config = config_of(artifact)
    if config is None or not completes_tensors(artifact):
        return False
    if config.serving_backend == "python":
        return _SETS_BATCH_SIZE in artifact.python_model
    return config.serving_backend in _BATCH_SIZE_IN_ANY_CASE or not (config.inputs and config.outputs)


def may_have_more(artifact: ArtifactInspection, declared: Sequence[ConfiguredTensor]) -> bool:
    """Say whether the model may have inputs, or outputs, beside those ``declared``.

    Backends of which nothing is known may add some, as vLLM's does: its ``auto_complete_config`` adds what
    is not declared. A Python model whose text nobody read may declare none and complete all.
    """
    config = config_of(artifact)
    if config is None:
        return True
    if config.serving_backend == "python" and not artifact.python_model:
        return not declared
    if not completes_tensors(artifact):
        return False
    return not declared or config.serving_backend not in _ONLY_WHERE_NOTHING_IS_DECLARED
