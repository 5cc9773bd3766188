"""How a config.pbtxt is read: by Triton's own protobuf message, once per text, into plain values."""

from functools import lru_cache
from typing import Any

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.artifact.inspection import ArtifactInspection
from preflight.rules._triton_config_values import (
    NO_DATATYPE,
    ConfiguredSequences,
    ConfiguredTensor,
    InstanceGroup,
    Step,
    TritonConfig,
    Warmup,
)

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


@lru_cache(maxsize=1024)
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
