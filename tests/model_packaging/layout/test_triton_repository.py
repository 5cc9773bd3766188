from pathlib import Path

import pytest
from tritonclient.grpc import model_config_pb2

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.errors import LayoutError
from model_packaging.layout.triton_config import config_pbtxt_of
from model_packaging.layout.triton_repository import model_file_path, write_model_folder
from spec import TritonModelConfig

SIGNATURE = Signature(
    inputs=(TensorSpec("ids", "INT64", (-1,)), TensorSpec("image", "FP32", (3, 4))),
    outputs=(TensorSpec("OUTPUT__0", "BOOL", (2,)),),
    batched=True,
)
KINDS = model_config_pb2.ModelInstanceGroup.Kind


def config(**triton: object) -> model_config_pb2.ModelConfig:
    text = config_pbtxt_of("m", TritonModelConfig.model_validate(triton), SIGNATURE)
    return parse_config_pbtxt(text)


def test_tensors_are_those_of_the_signature() -> None:
    """Names, types and dims, in order."""
    found = config(max_batch_size=8)
    assert [(each.name, each.data_type, list(each.dims)) for each in found.input] == [
        ("ids", model_config_pb2.TYPE_INT64, [-1]),
        ("image", model_config_pb2.TYPE_FP32, [3, 4]),
    ]
    assert [(each.name, each.data_type, list(each.dims)) for each in found.output] == [
        ("OUTPUT__0", model_config_pb2.TYPE_BOOL, [2])
    ]


def test_name_platform_and_batch_size() -> None:
    """What every config.pbtxt needs."""
    found = config(max_batch_size=8)
    assert (found.name, found.platform, found.max_batch_size) == ("m", "pytorch_libtorch", 8)


def test_dynamic_batching_is_off_without_a_word() -> None:
    """The field is absent, not empty: an empty one turns it on."""
    assert not config(max_batch_size=8).HasField("dynamic_batching")


def test_empty_dynamic_batching_is_on() -> None:
    """With Triton's defaults."""
    assert config(max_batch_size=8, dynamic_batching={}).HasField("dynamic_batching")


def test_dynamic_batching_is_taken_over() -> None:
    """Every field."""
    wanted = {"preferred_batch_size": [4, 8], "max_queue_delay_microseconds": 100}
    found = config(max_batch_size=8, dynamic_batching=wanted).dynamic_batching
    assert (list(found.preferred_batch_size), found.max_queue_delay_microseconds) == ([4, 8], 100)


@pytest.mark.parametrize("kind", ["KIND_AUTO", "KIND_GPU", "KIND_CPU"])
def test_instance_groups_are_taken_over(kind: str) -> None:
    """Kind and count."""
    (found,) = config(max_batch_size=8, instance_group=[{"count": 2, "kind": kind}]).instance_group
    assert (found.count, found.kind) == (2, KINDS.Value(kind))


def test_named_gpus_are_taken_over() -> None:
    """In their order."""
    (found,) = config(max_batch_size=8, instance_group=[{"kind": "KIND_GPU", "gpus": [0, 2]}]).instance_group
    assert list(found.gpus) == [0, 2]


def test_the_model_file_lies_in_version_one() -> None:
    """As Triton looks for it."""
    assert model_file_path(Path("r"), "m") == Path("r/m/1/model.pt")


def test_the_model_file_has_the_name_that_the_section_gives_it() -> None:
    """default_model_filename, in the folder of the version."""
    assert model_file_path(Path("r"), "m", "best.pt") == Path("r/m/1/best.pt")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the folder of the model ``m``, beside a project with labels."""
    (tmp_path / "project" / "data").mkdir(parents=True)
    (tmp_path / "project" / "data" / "labels.txt").write_text("no\nyes\n", encoding="utf-8")
    (tmp_path / "repository" / "m").mkdir(parents=True)
    return tmp_path / "repository"


def write(repository: Path, **labels: str) -> str:
    triton = TritonModelConfig.model_validate({"max_batch_size": 8, "label_filename": labels})
    return write_model_folder(repository, "m", triton, SIGNATURE, repository.parent / "project")


def test_labels_lie_beside_the_configuration(repository: Path) -> None:
    """Byte for byte, under the file's own name."""
    text = write(repository, OUTPUT__0="data/labels.txt")
    assert 'label_filename: "labels.txt"' in text
    assert (repository / "m" / "config.pbtxt").read_text(encoding="utf-8") == text
    assert (repository / "m" / "labels.txt").read_bytes() == b"no\nyes\n"


def test_labels_of_an_output_that_the_model_lacks(repository: Path) -> None:
    """The message names the outputs there are, and nothing is written."""
    with pytest.raises(LayoutError) as caught:
        write(repository, logits="data/labels.txt")
    assert caught.value.cause == "triton.label_filename names the output 'logits'; the model has OUTPUT__0."
    assert list((repository / "m").iterdir()) == []


def test_labels_that_are_no_file(repository: Path) -> None:
    """The message names the key and the path."""
    with pytest.raises(LayoutError) as caught:
        write(repository, OUTPUT__0="data/lables.txt")
    assert caught.value.cause == (
        "triton.label_filename.OUTPUT__0 is 'data/lables.txt', and the project has no such file."
    )
