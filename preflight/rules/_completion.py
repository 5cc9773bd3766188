"""Which backends complete a configuration, so that what it leaves out is no mistake."""

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.rules._triton_config import config_of

__all__ = ["completes_tensors"]

_COMPLETES_NOTHING = "pytorch"
_BY_THE_MODEL_ITSELF = "auto_complete_config"


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
