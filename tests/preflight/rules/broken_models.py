"""Tensors, instances, platforms and backends that Triton refuses, or loads and can't serve."""

from tests.preflight.rules.echo_configs import GOOD, BrokenConfig

__all__ = ["BROKEN_MODELS"]


def _input(words: str) -> str:
    assert "dims: [ 4 ] } ]\noutput" in GOOD
    return GOOD.replace("dims: [ 4 ] } ]\noutput", f"{words} }} ]\noutput")


def _output(words: str) -> str:
    return GOOD.replace("dims: [ 4 ] } ]\ninstance", f"{words} }} ]\ninstance")


def _group(words: str) -> str:
    return GOOD.replace("{ kind: KIND_CPU }", f"{{ {words} }}")


_BATCH = "batch_input [ { kind: BATCH_ELEMENT_COUNT"
_SCATTER = "batch_output [ { kind: BATCH_SCATTER_WITH_INPUT_SHAPE"
_PLATFORMS = (
    "'ensemble', 'onnxruntime_onnx', 'pytorch_libtorch', 'tensorflow_savedmodel', 'tensorflow_graphdef', "
    "'tensorrt_plan'."
)

BROKEN_MODELS = [
    BrokenConfig("SEA260", GOOD.replace('name: "x" ', ""), "input 0 has no name.", "a name."),
    BrokenConfig("SEA260", GOOD.replace('name: "y" ', ""), "output 0 has no name.", "a name."),
    BrokenConfig(
        "SEA261",
        _input('dims: [ 4 ] }, { name: "x" data_type: TYPE_FP32 dims: [ 4 ]'),
        "The input 'x' is declared 2 times.",
        "each input once.",
        loads=True,
    ),
    BrokenConfig(
        "SEA262",
        _input("dims: [ 4 ] reshape { shape: [ 5 ] }"),
        "'x' has dims [4] and is reshaped to [5].",
        "as many elements, and as many before, between and behind each -1.",
    ),
    BrokenConfig(
        "SEA262",
        _output("dims: [ -1 ] reshape { shape: [ -1, -1 ] }"),
        "'y' has dims [-1] and is reshaped to [-1, -1].",
        "as many elements, and as many before, between and behind each -1.",
    ),
    BrokenConfig(
        "SEA262",
        _input("dims: [ 2, -1 ] reshape { shape: [ -1, 2 ] }"),
        "'x' has dims [2, -1] and is reshaped to [-1, 2].",
        "as many elements, and as many before, between and behind each -1.",
    ),
    BrokenConfig(
        "SEA262",
        _input("dims: [ 4 ] reshape { shape: [ 0 ] }"),
        "'x' is reshaped to [0].",
        "sizes of at least 1, or -1.",
    ),
    BrokenConfig(
        "SEA262",
        _input("dims: [ 1 ] reshape { }").replace("max_batch_size: 4", "max_batch_size: 0"),
        "'x' is reshaped to a scalar, and max_batch_size is 0.",
        "at least one dimension, such as [ 1 ].",
    ),
    BrokenConfig(
        "SEA263",
        _input("dims: [ 4 ] format: FORMAT_NCHW"),
        "'x' has FORMAT_NCHW and dims [4].",
        "three dims, or no format.",
    ),
    BrokenConfig(
        "SEA264",
        _input("dims: [ 4 ] is_shape_tensor: true"),
        "'x' has is_shape_tensor.",
        "is_shape_tensor with TensorRT alone.",
    ),
    BrokenConfig(
        "SEA264",
        _output("dims: [ 4, 2, 2 ] is_non_linear_format_io: true"),
        "'y' has is_non_linear_format_io.",
        "is_non_linear_format_io with TensorRT alone.",
    ),
    BrokenConfig(
        "SEA265",
        f'{GOOD}{_BATCH} target_name: "i" data_type: TYPE_FP32 }} ]',
        "batch_input 0 of kind BATCH_ELEMENT_COUNT has the source_input none.",
        "one of 'x'.",
    ),
    BrokenConfig(
        "SEA265",
        f'{GOOD}{_BATCH} target_name: "i" data_type: TYPE_FP32 source_input: "z" }} ]',
        "batch_input 0 of kind BATCH_ELEMENT_COUNT has the source_input 'z'.",
        "one of 'x'.",
    ),
    BrokenConfig(
        "SEA265",
        f'{GOOD}{_BATCH} target_name: "i" data_type: TYPE_INT64 source_input: "x" }} ]',
        "batch_input 0 is TYPE_INT64.",
        "TYPE_INT32 or TYPE_FP32.",
    ),
    BrokenConfig(
        "SEA265",
        f'{GOOD}{_SCATTER} target_name: "q" source_input: "x" }} ]',
        "batch_output 0 has the target 'q'.",
        "'y', each once.",
    ),
    BrokenConfig(
        "SEA265",
        f'{GOOD}{_SCATTER} target_name: [ "y", "y" ] source_input: "x" }} ]',
        "batch_output 0 has the target 'y' twice.",
        "'y', each once.",
    ),
    BrokenConfig(
        "SEA280",
        _group("kind: KIND_MODEL gpus: [ 0 ]"),
        "An instance_group of KIND_MODEL names the GPUs [0].",
        "gpus with KIND_GPU alone.",
    ),
    BrokenConfig(
        "SEA281",
        _group('kind: KIND_CPU profile: [ "0" ]'),
        "An instance_group names the profiles ['0'].",
        "profile with TensorRT alone.",
    ),
    BrokenConfig(
        "SEA282",
        _group("kind: KIND_CPU passive: true"),
        "Every instance_group is passive.",
        "at least one that is not.",
        loads=True,
    ),
    BrokenConfig(
        "SEA283",
        GOOD.replace('backend: "python"', 'platform: "pytorch"'),
        "platform is 'pytorch'.",
        _PLATFORMS,
        files={"1/model.pt": 1},
    ),
    BrokenConfig(
        "SEA283",
        GOOD.replace('backend: "python"', 'platform: "python"'),
        "platform is 'python'.",
        _PLATFORMS,
    ),
    BrokenConfig(
        "SEA284",
        GOOD.replace('"python"', '"onnxruntime"\nplatform: "pytorch_libtorch"'),
        "backend is 'onnxruntime', platform 'pytorch_libtorch'.",
        "platform 'onnxruntime_onnx'.",
        files={"1/model.onnx": 1},
    ),
    BrokenConfig(
        "SEA284",
        GOOD.replace('"python"', '"pytorch"\nplatform: "pytorch"'),
        "backend is 'pytorch', platform 'pytorch'.",
        "platform 'pytorch_libtorch'.",
        files={"1/model.pt": 1},
    ),
    BrokenConfig(
        "SEA284",
        GOOD.replace('"python"', '"python"\nplatform: "ensemble"'),
        "backend is 'python', platform 'ensemble'.",
        "no backend.",
    ),
]
"""A mistake each; but for it, ``GOOD``."""
