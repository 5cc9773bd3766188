"""A configuration that Triton serves, and what one with a mistake is."""

from dataclasses import dataclass, field

from model_packaging.artifact import ArtifactInspection, FileRecord, Signature, TensorSpec

__all__ = ["ECHO", "GOOD", "BrokenConfig", "artifact_of"]

GOOD = """backend: "python"
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ 4 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 4 ] } ]
instance_group [ { kind: KIND_CPU } ]
"""
"""What Triton loads and serves with ``ECHO``."""

ECHO = """import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        arrays = [pb_utils.get_input_tensor_by_name(request, "x").as_numpy() for request in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("y", array)]) for array in arrays]
"""


@dataclass(frozen=True)
class BrokenConfig:
    """One configuration with one mistake.

    Attributes:
        rule: that says so.
        config: the text of config.pbtxt.
        what: the rule's words.
        allowed: the rule's words.
        files: further files below the model's folder, and their sizes in bytes.
        loads: whether Triton 2.51 loads it all the same.
    """

    rule: str
    config: str
    what: str
    allowed: str
    files: dict[str, int] = field(default_factory=dict)
    loads: bool = False


def artifact_of(config: str, files: dict[str, int] | None = None, name: str = "echo") -> ArtifactInspection:
    """Return the packed model: ``ECHO`` with this configuration."""
    sizes = {"config.pbtxt": 1, "1/model.py": 1, **(files or {})}
    tensors = (TensorSpec("x", "FP32", (4,)),), (TensorSpec("y", "FP32", (4,)),)
    return ArtifactInspection(
        model=name,
        files=tuple(FileRecord(f"{name}/{path}", 0o644, size, "0" * 64) for path, size in sizes.items()),
        config_pbtxt=config,
        signature=Signature(*tensors, batched=True),
        max_batch_size=4,
        python_model=ECHO,
    )
