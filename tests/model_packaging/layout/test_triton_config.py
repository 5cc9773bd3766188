"""Everything that a section says stands in config.pbtxt, and what it leaves to the model is filled in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import given, settings
from pydantic import BaseModel
from tritonclient.grpc import model_config_pb2

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.layout.triton_config import config_pbtxt_of
from spec import TritonModelConfig, parse_deployment
from tests.model_packaging.triton_sections import SIGNATURE, triton_sections

_ONE_FILE = "an artifact holds one model file and no library"
LEFT_OUT = {
    "ModelConfig.name": "the model's key",
    "ModelConfig.platform": "follows from the export's format",
    "ModelConfig.backend": "follows from the export's format",
    "ModelConfig.runtime": "follows from the export's format",
    "ModelConfig.ensemble_scheduling": "a source of its own: `ensemble`",
    "ModelOutput.label_filename": "label_filename is a key of the section, by output",
    "ModelConfig.cc_model_filenames": _ONE_FILE,
    "ModelConfig.model_operations": _ONE_FILE,
    "ModelConfig.model_repository_agents": "the image's agent compares digests, as S3 does",
    "ModelParameter.string_value": "the value of a parameter stands beside its name",
    "ModelInstanceGroup.secondary_devices": "no SageMaker instance has a deep learning accelerator (NVDLA)",
    "ModelWarmup.Input.input_data_file": "zeros and random numbers need no file in the archive",
    "ModelSequenceBatching.InitialState.data_file": "zeros need no file in the archive",
}
"""Fields of Triton's message that a section can't say, and why."""

OBSERVED = {"input", "output"}
"""Keys that a section of an exported module leaves to what is observed."""

OWN_KEYS = {"TritonModelConfig.label_filename"}
"""Keys of a section that stand elsewhere in Triton's message."""


def section_of(annotation: object) -> type[BaseModel] | None:
    """Return the section that an annotation holds, in a list, a mapping or by itself."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(section_of, get_args(annotation))), None)


def value_field(field: FieldDescriptor) -> FieldDescriptor:
    """Return what holds a field's value: of a map, that of its entries."""
    entry = field.message_type
    return entry.fields_by_name["value"] if entry is not None and entry.GetOptions().map_entry else field


def name_of(field: FieldDescriptor) -> str:
    return field.full_name.removeprefix("inference.")


def unsaid(message: Descriptor, section: type[BaseModel]) -> Iterator[str]:
    """Yield fields of ``message`` that ``section`` has no key for, and keys that are no field."""
    keys = {field.alias or name: field for name, field in section.model_fields.items()}
    yield from sorted({f"{section.__name__}.{key}" for key in keys if key not in message.fields_by_name})
    for field in message.fields:
        if field.name not in keys:
            yield name_of(field)
            continue
        inner = section_of(keys[field.name].annotation)
        below = value_field(field).message_type
        if inner is not None and below is not None:
            yield from unsaid(below, inner)
        elif below is not None:
            yield from (name_of(each) for each in below.fields)


def test_every_field_of_tritons_message_is_sayable_or_left_out_for_a_reason() -> None:
    """A new release of tritonclient that brings a field fails here, and so does a key that is no field."""
    assert set(unsaid(model_config_pb2.ModelConfig.DESCRIPTOR, TritonModelConfig)) == {*LEFT_OUT, *OWN_KEYS}


def section_in(message: Any) -> dict[str, Any]:  # noqa: ANN401 - protobuf ships no types
    """Return what ``message`` says as a section of a deployment file."""
    document: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value, holder = getattr(message, field.name), value_field(field)
        absent = field.has_presence and not message.HasField(field.name)
        if absent or name_of(field) in LEFT_OUT:
            continue
        if holder is not field:
            document[field.name] = {str(key): plain(holder, each) for key, each in value.items()}
        elif field.is_repeated:
            document[field.name] = [plain(field, each) for each in value]
        elif plain(field, value) not in ("", "TYPE_INVALID"):
            document[field.name] = plain(field, value)
    return document


def plain(field: FieldDescriptor, value: Any) -> Any:  # noqa: ANN401 - protobuf ships no types
    if field.message_type is model_config_pb2.ModelParameter.DESCRIPTOR:
        return value.string_value
    if field.message_type is not None:
        return section_in(value)
    return value if field.enum_type is None else field.enum_type.values_by_number[value].name


def config(section: dict[str, Any]) -> Any:  # noqa: ANN401 - protobuf ships no types
    return parse_config_pbtxt(config_pbtxt_of("m", TritonModelConfig.model_validate(section), SIGNATURE))


@given(triton_sections())
@settings(max_examples=200, deadline=None)  # the first example imports protobuf
def test_what_a_section_says_stands_in_config_pbtxt(drawn: dict[str, Any]) -> None:
    """Parsed again, config.pbtxt says what the section says, and gives the same text a second time."""
    said = TritonModelConfig.model_validate(drawn)
    text = config_pbtxt_of("m", said, SIGNATURE)
    found = section_in(parse_config_pbtxt(text))
    again = TritonModelConfig.model_validate({key: found[key] for key in found.keys() - OBSERVED})
    assert config_pbtxt_of("m", again, SIGNATURE) == text
    assert again.model_copy(update={"model_warmup": ()}) == said.model_copy(update={"model_warmup": ()})
    for one, other in zip(said.model_warmup, again.model_warmup, strict=True):
        assert (one.name, one.count) == (other.name, other.count)


@given(triton_sections())
@settings(max_examples=100, deadline=None)
def test_a_valid_section_passes_the_checks_of_the_file(drawn: dict[str, Any]) -> None:
    """What Triton loads is not refused by the loader."""
    model = {"export": {"from": "m:f", "to": "torchscript", "how": "trace"}, "triton": drawn}
    document = {
        "name": "d",
        "environment": {
            "account": "123456789012",
            "region": "eu-west-1",
            "availability_zones": ["eu-west-1a", "eu-west-1b"],
        },
        "models": {"m": model},
        "endpoints": {},
    }
    file = parse_deployment(json.dumps(document, ensure_ascii=False), Path("deployments/d.yaml"))
    assert file.deployment.models["m"].triton == TritonModelConfig.model_validate(drawn)


def test_warm_up_is_filled_in_from_the_model() -> None:
    """Inputs that are not named are zeros; types and dims are the model's unless the file says others."""
    warmup = {"name": "w", "inputs": {"ids": {"random_data": True, "dims": [7]}}}
    (found,) = config({"max_batch_size": 4, "model_warmup": [warmup]}).model_warmup
    ids, x = found.inputs["ids"], found.inputs["x"]
    assert (found.name, found.batch_size, sorted(found.inputs)) == ("w", 1, ["START", "ids", "memory", "x"])
    assert (ids.data_type, list(ids.dims), ids.random_data) == (model_config_pb2.TYPE_INT64, [7], True)
    assert (x.data_type, list(x.dims), x.zero_data) == (model_config_pb2.TYPE_FP32, [2], True)


def test_warm_up_without_a_batch_dimension_has_batch_size_1() -> None:
    """Triton skips one of 0."""
    (found,) = config({"max_batch_size": 0, "model_warmup": [{"name": "w"}]}).model_warmup
    assert found.batch_size == 1


def test_controls_and_states_are_no_inputs_and_outputs_of_a_request() -> None:
    """Triton fills and keeps them itself (stateful models)."""
    start = {"kind": "CONTROL_SEQUENCE_START", "fp32_false_true": [0.0, 1.0]}
    state = {"input_name": "memory", "output_name": "OUTPUT__1", "data_type": "TYPE_FP32", "dims": [3]}
    sequences = {"control_input": [{"name": "START", "control": [start]}], "state": [state]}
    found = config({"max_batch_size": 4, "sequence_batching": sequences})
    assert [each.name for each in found.input] == ["x", "ids"]
    assert [each.name for each in found.output] == ["OUTPUT__0"]


def test_labels_are_named_by_their_place_beside_the_configuration() -> None:
    """The file's folder in the project is of no meaning there."""
    found = config({"max_batch_size": 4, "label_filename": {"OUTPUT__1": "data/colours.txt"}})
    assert [each.label_filename for each in found.output] == ["", "colours.txt"]


def test_parameters_and_metrics() -> None:
    """Parameters are Triton's string values; histograms have their buckets."""
    control = {"metric_identifier": {"family": "f"}, "histogram_options": {"buckets": [1.0, 2.5]}}
    found = config(
        {
            "max_batch_size": 4,
            "parameters": {"INFERENCE_MODE": "true"},
            "model_metrics": {"metric_control": [control]},
            "default_model_filename": "m.pt",
            "model_transaction_policy": {"decoupled": True},
        }
    )
    assert found.parameters["INFERENCE_MODE"].string_value == "true"
    (metric,) = found.model_metrics.metric_control
    assert (metric.metric_identifier.family, list(metric.histogram_options.buckets)) == ("f", [1.0, 2.5])
    assert (found.default_model_filename, found.model_transaction_policy.decoupled) == ("m.pt", True)
