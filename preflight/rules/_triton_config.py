"""The part of a config.pbtxt that rules look at, parsed once per text, as plain values."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.artifact.inspection import ArtifactInspection

__all__ = [
    "NO_DATATYPE",
    "ConfiguredSequences",
    "ConfiguredTensor",
    "InstanceGroup",
    "Step",
    "TritonConfig",
    "Warmup",
    "config_error_of",
    "config_of",
    "config_path_of",
    "triton_datatype",
]

NO_DATATYPE = "INVALID"
"""What a tensor has whose ``data_type`` the file leaves out."""

_BACKEND_OF_PLATFORM = {
    "pytorch_libtorch": "pytorch",
    "onnxruntime_onnx": "onnxruntime",
    "tensorrt_plan": "tensorrt",
}


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
        """The backend, whichever way the file names it; empty where it names none that is known here."""
        return self.backend or _BACKEND_OF_PLATFORM.get(self.platform, "")

    @property
    def is_ensemble(self) -> bool:
        """Whether it only joins other models and has no model file of its own."""
        return self.platform == "ensemble"


def config_path_of(artifact: ArtifactInspection) -> str:
    """Return where the model's config.pbtxt lies in the archive."""
    return f"{artifact.model}/config.pbtxt"


def config_of(artifact: ArtifactInspection) -> TritonConfig | None:
    """Return the model's configuration; None where it is missing or unreadable: two rules say so."""
    found = _read(artifact)
    return found if isinstance(found, TritonConfig) else None


def config_error_of(artifact: ArtifactInspection) -> ConfigPbtxtError | None:
    """Return what keeps Triton from reading the model's config.pbtxt; None where nothing does."""
    found = _read(artifact)
    return found if isinstance(found, ConfigPbtxtError) else None


def triton_datatype(datatype: str) -> str:
    """Return config.pbtxt's name of a KServe v2 data type: ``TYPE_FP32``, but ``TYPE_STRING`` for ``BYTES``.

    Source: Triton, model configuration, datatypes.
    """
    return "TYPE_STRING" if datatype == "BYTES" else f"TYPE_{datatype}"


def _read(artifact: ArtifactInspection) -> TritonConfig | ConfigPbtxtError | None:
    wanted = config_path_of(artifact)
    if not any(record.path == wanted for record in artifact.files):
        return None
    return _parse(artifact.config_pbtxt)


@lru_cache(maxsize=8)
def _parse(text: str) -> TritonConfig | ConfigPbtxtError:
    """Return the error as a value: one rule reports it, and it is found once however many rules ask."""
    try:
        return _view(parse_config_pbtxt(text))
    except ConfigPbtxtError as error:
        return error


def _view(config: Any) -> TritonConfig:  # noqa: ANN401 - protobuf's generated classes ship no types
    policy = config.version_policy
    return TritonConfig(
        name=config.name,
        backend=config.backend,
        platform=config.platform,
        runtime=config.runtime,
        max_batch_size=config.max_batch_size,
        inputs=tuple(_tensor(each) for each in config.input),
        outputs=tuple(_tensor(each) for each in config.output),
        preferred_batch_sizes=tuple(config.dynamic_batching.preferred_batch_size),
        instance_groups=tuple(_group(each) for each in config.instance_group),
        response_cache=config.response_cache.enable,
        uncacheable=tuple(
            name
            for name, is_on in (
                ("sequence_batching", config.HasField("sequence_batching")),
                ("decoupled", config.model_transaction_policy.decoupled),
            )
            if is_on
        ),
        warmups=tuple(_warmup(each) for each in config.model_warmup),
        sequences=_sequences(config.sequence_batching),
        batch_tensors=frozenset(
            name for each in (*config.batch_input, *config.batch_output) for name in each.target_name
        ),
        specific_versions=tuple(policy.specific.versions),
        default_model_filename=config.default_model_filename,
        latest_version_only=policy.WhichOneof("policy_choice") in (None, "latest")
        and policy.latest.num_versions in (0, 1),
        steps=tuple(_step(each) for each in config.ensemble_scheduling.step),
        of_executed_models=tuple(
            name
            for name, is_given in (
                ("instance_group", bool(config.instance_group)),
                ("optimization", config.HasField("optimization")),
                ("model_warmup", bool(config.model_warmup)),
            )
            if is_given
        ),
        decoupled=config.model_transaction_policy.decoupled,
    )


def _step(step: Any) -> Step:  # noqa: ANN401 - protobuf's generated classes ship no types
    inputs, outputs = tuple(sorted(step.input_map.items())), tuple(sorted(step.output_map.items()))
    return Step(step.model_name, step.model_version, inputs, outputs)


def _tensor(tensor: Any) -> ConfiguredTensor:  # noqa: ANN401 - protobuf's generated classes ship no types
    dims = tuple(tensor.dims)
    return ConfiguredTensor(
        name=tensor.name,
        datatype=_datatype(tensor),
        dims=dims,
        model_dims=tuple(tensor.reshape.shape) if tensor.HasField("reshape") else dims,
        label_filename=getattr(tensor, "label_filename", ""),
        optional=getattr(tensor, "optional", False),
        ragged=getattr(tensor, "allow_ragged_batch", False),
    )


def _warmup(warmup: Any) -> Warmup:  # noqa: ANN401 - protobuf's generated classes ship no types
    inputs = []
    for name in sorted(warmup.inputs):
        data = warmup.inputs[name]
        dims = tuple(data.dims)
        inputs.append(ConfiguredTensor(name, _datatype(data), dims, dims))
    return Warmup(warmup.name, warmup.batch_size, tuple(inputs))


def _sequences(sequences: Any) -> ConfiguredSequences:  # noqa: ANN401 - protobuf's generated classes ship no types
    controls = {each.name for each in sequences.control_input}
    states = {each.input_name for each in sequences.state}
    kept = frozenset(each.output_name for each in sequences.state)
    datatypes = tuple((each.input_name, _datatype(each)) for each in sequences.state)
    return ConfiguredSequences(frozenset(controls | states), kept, datatypes)


def _group(group: Any) -> InstanceGroup:  # noqa: ANN401 - protobuf's generated classes ship no types
    return InstanceGroup(kind=_enum_name(group, "kind"), count=group.count, gpus=tuple(group.gpus))


def _datatype(message: Any) -> str:  # noqa: ANN401 - protobuf's generated classes ship no types
    """Return the KServe v2 name of ``data_type``: the reverse of ``triton_datatype``."""
    datatype = _enum_name(message, "data_type").removeprefix("TYPE_")
    return "BYTES" if datatype == "STRING" else datatype


def _enum_name(message: Any, field: str) -> str:  # noqa: ANN401 - protobuf's generated classes ship no types
    """Return the name of an enum's value, or the number as text where the schema has no name for it."""
    number = getattr(message, field)
    value = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number.get(number)
    return str(number) if value is None else str(value.name)
