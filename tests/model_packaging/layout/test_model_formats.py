"""How Triton knows each format, and what stands in its config.pbtxt for it."""

import pytest
from hypothesis import given, settings

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.layout.declared_signature import declared_signature
from model_packaging.layout.model_formats import MODEL_FORMATS, format_of
from model_packaging.layout.triton_config import config_pbtxt_of
from spec import Ensemble, Model, TritonModelConfig
from tests.model_packaging.ensembles import ensembles

SIGNATURE = Signature(
    inputs=(TensorSpec("text", "BYTES", (1,)),), outputs=(TensorSpec("y", "FP32", (2,)),), batched=True
)
EXPORT = {"from": "m:f", "to": "torchscript", "how": "trace"}
FILE = {"sha256": "0" * 64}
TRITON = {"max_batch_size": 4}
STEP = {"model_name": "m", "input_map": {"x": "x"}, "output_map": {"y": "y"}}


@pytest.mark.parametrize(
    ("model_format", "platform", "backend", "file_name"),
    [
        ("torchscript", "pytorch_libtorch", "", "model.pt"),
        ("onnx", "onnxruntime_onnx", "", "model.onnx"),
        ("tensorrt", "tensorrt_plan", "", "model.plan"),
        ("python", "", "python", "model.py"),
        ("ensemble", "ensemble", "", ".keep"),
    ],
)
def test_what_serves_a_format(model_format: str, platform: str, backend: str, file_name: str) -> None:
    """Platform or backend, and the file's default name."""
    text = config_pbtxt_of("m", TritonModelConfig(max_batch_size=4), SIGNATURE, model_format)
    config = parse_config_pbtxt(text)
    assert (config.platform, config.backend) == (platform, backend)
    assert MODEL_FORMATS[model_format].file_name == file_name


@pytest.mark.parametrize(
    ("source", "model_format"),
    [
        ({"export": EXPORT}, "torchscript"),
        ({"export": {"from": "m:f", "to": "onnx"}}, "onnx"),
        ({"file": {"from": "model.pt", **FILE}}, "torchscript"),
        ({"file": {"from": "model.onnx", **FILE}}, "onnx"),
        ({"file": {"from": "model.plan", **FILE}}, "tensorrt"),
        ({"python": {"from": "model.py"}}, "python"),
        ({"ensemble": {"step": [STEP]}}, "ensemble"),
        ({"repository": {"from": "models"}}, "repository"),
    ],
)
def test_the_format_of_a_section(source: dict[str, object], model_format: str) -> None:
    """In the manifest's words."""
    assert format_of(Model.model_validate({**source, "triton": TRITON})) == model_format


def test_strings_have_tritons_name() -> None:
    """BYTES of KServe v2 is TYPE_STRING of config.pbtxt, in inputs and in warm-up requests."""
    warmed = TritonModelConfig.model_validate({**TRITON, "model_warmup": [{"name": "w"}]})
    text = config_pbtxt_of("m", warmed, SIGNATURE, "python")
    assert text.count("data_type: TYPE_STRING") == 2
    assert parse_config_pbtxt(text).model_warmup[0].inputs["text"].zero_data


def test_declared_tensors_are_the_signature() -> None:
    """Names, KServe's data types and dims, in their order."""
    said = TritonModelConfig.model_validate(
        {
            "max_batch_size": 0,
            "input": [{"name": "text", "data_type": "TYPE_STRING", "dims": [-1]}],
            "output": [{"name": "y", "data_type": "TYPE_BF16", "dims": [2, 3]}],
        }
    )
    assert declared_signature(said) == Signature(
        inputs=(TensorSpec("text", "BYTES", (-1,)),),
        outputs=(TensorSpec("y", "BF16", (2, 3)),),
        batched=False,
    )


@given(ensembles())
@settings(max_examples=100, deadline=None)  # the first example imports protobuf
def test_an_ensembles_steps_stand_in_its_configuration(drawn: dict[str, object]) -> None:
    """Parsed back, they are equal, in their order."""
    triton = TritonModelConfig.model_validate(drawn["triton"])
    said = Ensemble.model_validate(drawn["ensemble"])
    text = config_pbtxt_of("m", triton, declared_signature(triton), "ensemble", said)
    found = parse_config_pbtxt(text)
    again = Ensemble.model_validate(
        {
            "step": [
                {
                    "model_name": step.model_name,
                    "model_version": step.model_version,
                    "input_map": dict(step.input_map),
                    "output_map": dict(step.output_map),
                }
                for step in found.ensemble_scheduling.step
            ]
        }
    )
    assert again == said
    assert found.response_cache.enable == (triton.response_cache is not None and triton.response_cache.enable)
