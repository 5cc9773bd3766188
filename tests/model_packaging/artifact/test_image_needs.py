"""What an archive asks of its image."""

from dataclasses import asdict, replace

from model_packaging.artifact import ArtifactInspection, FileRecord, Signature
from model_packaging.artifact.image_needs import ImageNeeds
from model_packaging.artifact.image_needs_reading import image_needs
from model_packaging.artifact.model_files import ModelFileReading
from model_packaging.artifact.onnx_signature import OnnxSignature

CONFIG = """backend: "onnxruntime"
max_batch_size: 4
dynamic_batching { priority_queue_policy { key: 1 value { max_queue_size: 9 } } }
parameters: { key: "a" value: { string_value: "b" } }
"""
GRAPH = OnnxSignature(inputs=(), overridable=(), outputs=(), opset=18, external_files=(), ir_version=10)


def model(config: str, *paths: str, text: str = "") -> ArtifactInspection:
    return ArtifactInspection(
        model="m",
        files=tuple(FileRecord(path, 0o644, 1, "") for path in ("m/config.pbtxt", *paths)),
        config_pbtxt=config,
        signature=Signature((), (), batched=True),
        max_batch_size=4,
        python_model=text,
    )


def test_fields_of_every_message_are_named() -> None:
    """Those in maps and in messages within messages, too."""
    assert image_needs([model(CONFIG)]).config_fields == (
        "ModelConfig.backend",
        "ModelConfig.dynamic_batching",
        "ModelConfig.max_batch_size",
        "ModelConfig.parameters",
        "ModelDynamicBatching.priority_queue_policy",
        "ModelParameter.string_value",
        "ModelQueuePolicy.max_queue_size",
    )


def test_a_backend_that_the_model_brings_is_no_need() -> None:
    """Its library lies in the model's folder."""
    assert image_needs([model(CONFIG)]).backends == ("onnxruntime",)
    assert image_needs([model(CONFIG, "m/libtriton_onnxruntime.so")]).backends == ()


def test_the_newest_of_all_models_counts() -> None:
    """Of ONNX files, and of Python models that are run in the image's Python."""
    old = replace(model(CONFIG), model_files=(ModelFileReading("m/1/model.onnx", GRAPH),))
    newer = replace(GRAPH, opset=21, ir_version=9)
    new = replace(old, model_files=(ModelFileReading("m/1/model.onnx", newer), ModelFileReading("x", None)))
    python = model('backend: "python"', text="type X = int\n")
    needs = image_needs([old, new, python])
    assert (needs.onnx_opset, needs.onnx_ir, needs.python_minor) == (21, 10, 12)
    own = model('backend: "python"', "m/triton_python_backend_stub", text="type X = int\n")
    assert image_needs([own]).python_minor == 0
    assert image_needs([model('backend: "python"', text="x = 1\n")]).python_minor == 0


def test_an_unreadable_configuration_asks_for_nothing() -> None:
    """A rule says that it is one."""
    assert image_needs([model("backend: python")]) == image_needs([model("")]) == ImageNeeds()


def test_needs_are_written_and_read() -> None:
    """As the manifest keeps them, in JSON."""
    needs = image_needs([model(CONFIG)])
    document = {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(needs).items()}
    assert ImageNeeds.of_document(document) == needs


def test_an_onnx_file_of_a_python_model_is_its_own_matter() -> None:
    """It may bring an ONNX Runtime of its own; without any name the file leads to Triton's."""
    for config, opset in ((CONFIG, 18), ('backend: "python"', 0), ("max_batch_size: 1", 18), ("", 18)):
        packed = replace(model(config), model_files=(ModelFileReading("m/1/model.onnx", GRAPH),))
        assert image_needs([packed]).onnx_opset == opset, config


def test_tensorflow_is_named_by_platforms_too() -> None:
    """As most of its configurations do."""
    assert image_needs([model('platform: "tensorflow_savedmodel"')]).backends == ("tensorflow",)
    assert image_needs([model('platform: "ensemble"')]).backends == ()
