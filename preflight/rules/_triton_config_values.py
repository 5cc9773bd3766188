"""What a config.pbtxt says, as plain values: the part of it that rules look at."""

from dataclasses import dataclass

__all__ = [
    "NO_DATATYPE",
    "ConfiguredSequences",
    "ConfiguredTensor",
    "InstanceGroup",
    "Step",
    "TritonConfig",
    "Warmup",
]

NO_DATATYPE = "INVALID"
"""What a tensor has whose ``data_type`` the file leaves out."""

_BACKEND_OF_PLATFORM = {
    "pytorch_libtorch": "pytorch",
    "onnxruntime_onnx": "onnxruntime",
    "tensorrt_plan": "tensorrt",
    "tensorflow_graphdef": "tensorflow",
    "tensorflow_savedmodel": "tensorflow",
}
_PYTHON = ".py"
"""How a runtime ends that stands in for a backend's library, as PyTorch's does for eager models."""


@dataclass(frozen=True, slots=True)
class ConfiguredTensor:
    """One input or output as config.pbtxt has it.

    Attributes:
        name: as requests use it.
        datatype: KServe v2 name, such as ``FP32``; ``NO_DATATYPE`` where the file gives none.
        dims: what a request carries, without the batch dimension.
        model_dims: what the model is given: those of ``reshape`` where the file reshapes.
        label_filename: of an output, the file of its labels in the model's folder; empty where it has none.
        optional: an input that a request may leave out.
        ragged: an input that Triton joins without a batch dimension (``allow_ragged_batch``).
    """

    name: str
    datatype: str
    dims: tuple[int, ...]
    model_dims: tuple[int, ...]
    label_filename: str = ""
    optional: bool = False
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class InstanceGroup:
    """One entry of ``instance_group``: its kind by name, its instances and the GPUs it names."""

    kind: str
    count: int
    gpus: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Warmup:
    """One request of ``model_warmup``: its name, its batch size and its inputs."""

    name: str
    batch_size: int
    inputs: tuple[ConfiguredTensor, ...]


@dataclass(frozen=True, slots=True)
class ConfiguredSequences:
    """What ``sequence_batching`` says of tensors that requests don't carry; empty where it is off.

    Attributes:
        inputs: those that Triton fills: controls and states.
        outputs: those that Triton keeps: states.
        state_datatypes: of each state, the input that takes it and its KServe v2 data type.
    """

    inputs: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    state_datatypes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of ``ensemble_scheduling``.

    Attributes:
        model: what it executes.
        version: of that model; -1 is the newest.
        inputs: of the model, each with the ensemble's tensor that fills it.
        outputs: of the model, each with the ensemble's tensor that it fills.
    """

    model: str
    version: int
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TritonConfig:
    """What rules ask of a ``ModelConfig``.

    Attributes:
        name: empty where the file leaves it to the folder.
        backend: ``pytorch``, ``onnxruntime``, ...; empty where the file names none.
        platform: the older way to name a backend, ``pytorch_libtorch``.
        runtime: the backend's own runtime file, where the model brings one.
        max_batch_size: 0 where the model has no batch dimension for Triton.
        inputs: of ``input``.
        outputs: of ``output``.
        preferred_batch_sizes: of ``dynamic_batching``.
        instance_groups: of ``instance_group``.
        response_cache: whether ``response_cache`` is enabled.
        uncacheable: what keeps Triton from caching answers: ``sequence_batching``, ``decoupled``.
        warmups: of ``model_warmup``.
        sequences: of ``sequence_batching``.
        batch_tensors: inputs that Triton makes of a batch, and outputs that it splits its own way
            (``batch_input``, ``batch_output``).
        specific_versions: those that ``version_policy`` names; none with another policy.
        default_model_filename: empty where the backend's own default holds.
        latest_version_only: the version policy is Triton's default, the newest version.
        steps: of ``ensemble_scheduling``.
        of_executed_models: what is said that only a model of its own has use for: ``instance_group``,
            ``optimization``, ``model_warmup``.
        decoupled: whether a request may get any number of answers.
    """

    name: str
    backend: str
    platform: str
    runtime: str
    max_batch_size: int
    inputs: tuple[ConfiguredTensor, ...]
    outputs: tuple[ConfiguredTensor, ...]
    preferred_batch_sizes: tuple[int, ...]
    instance_groups: tuple[InstanceGroup, ...]
    response_cache: bool
    uncacheable: tuple[str, ...]
    warmups: tuple[Warmup, ...]
    sequences: ConfiguredSequences
    batch_tensors: frozenset[str]
    specific_versions: tuple[int, ...]
    default_model_filename: str
    latest_version_only: bool
    steps: tuple[Step, ...]
    of_executed_models: tuple[str, ...]
    decoupled: bool

    @property
    def serving_backend(self) -> str:
        """The backend, whichever way the file names it.

        Empty where it names none that is known here, and where a runtime in Python stands in for the
        backend's library: what such a one reads and completes is its own (pytorch_backend, README, PyTorch
        2.0 models).
        """
        if self.runtime.endswith(_PYTHON):
            return ""
        return self.backend or _BACKEND_OF_PLATFORM.get(self.platform, "")

    @property
    def is_ensemble(self) -> bool:
        """Whether it only joins other models and has no model file of its own."""
        return self.platform == "ensemble"
