"""config.pbtxt against forward of a TorchScript file."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.model_files import ModelFileReading
from model_packaging.artifact.torchscript_signature import TorchScriptArgument, TorchScriptSignature

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]
RULES = [f"SEA23{number}" for number in range(1, 6)]


def script(artifact: ArtifactInspection, result: str = "Tensor", **arguments: str) -> ArtifactInspection:
    found = TorchScriptSignature(tuple(TorchScriptArgument(*each) for each in arguments.items()), result)
    return replace(artifact, model_files=(ModelFileReading("classifier/1/model.pt", found),))


def with_inputs(artifact: ArtifactInspection, *names: str) -> ArtifactInspection:
    declared = 'input [ { name: "image" data_type: TYPE_FP32 dims: [ 3, 32, 32 ] } ]'
    inputs = ", ".join(f'{{ name: "{name}" data_type: TYPE_FP32 dims: [ 3, 32, 32 ] }}' for name in names)
    return replace(artifact, config_pbtxt=artifact.config_pbtxt.replace(declared, f"input [ {inputs} ]"))


@pytest.mark.parametrize("name", ["image", "INPUT__0", "__0", "x__"])
def test_what_fits_is_not_spoken_of(artifact: ArtifactInspection, found_in: FoundIn, name: str) -> None:
    """By forward's argument, or by an index; of another backend's model nothing is known here."""
    fitting = with_inputs(script(artifact, image="Tensor"), name)
    assert [finding for rule in RULES for finding in found_in(fitting, rule)] == []
    other = replace(
        script(artifact, x="int"), config_pbtxt=artifact.config_pbtxt.replace("pytorch_libtorch", "mine")
    )
    assert [finding for rule in RULES for finding in found_in(other, rule)] == []


def test_sea231_types(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Arguments and results that are no tensors; one dictionary is filled by name."""
    [argument, result] = found_in(script(artifact, "List[Tensor]", image="Tensor", factor="float"), "SEA231")
    assert argument.what == "forward of classifier/1/model.pt takes 'factor' of type float."
    assert result.what == "forward of classifier/1/model.pt returns List[Tensor]."
    assert result.allowed == "Tensor or a tuple of tensors."
    assert found_in(script(artifact, inputs="Dict[str, Tensor]"), "SEA231") == []


def test_sea232_count(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Forward's arguments are named; a dictionary takes any number."""
    [finding] = found_in(script(artifact, image="Tensor", mask="Tensor"), "SEA232")
    assert finding.what == (
        "config.pbtxt gives 1 inputs; forward of classifier/1/model.pt has 2 arguments: image, mask."
    )
    assert finding.allowed == "2 inputs."
    assert found_in(script(artifact, inputs="Dict[str, Tensor]"), "SEA232") == []


@pytest.mark.parametrize(
    "names", [("a", "b"), ("INPUT__0", "INPUT__2"), ("INPUT__1", "OTHER__1"), ("image", "X__1")]
)
def test_sea233_positions(artifact: ArtifactInspection, found_in: FoundIn, names: tuple[str, ...]) -> None:
    """Names of neither kind, an index beyond, one twice, and a mixture."""
    [finding] = found_in(with_inputs(script(artifact, image="Tensor", mask="Tensor"), *names), "SEA233")
    assert finding.what == (
        f"The inputs {', '.join(names)} are neither forward's arguments in classifier/1/model.pt nor "
        "numbered "
        "from 0 to 1."
    )
    assert finding.allowed == "image, mask; or INPUT__0, INPUT__1."


def test_sea233_takes_any_order(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Names are what counts."""
    two = script(artifact, image="Tensor", mask="Tensor")
    assert found_in(with_inputs(two, "mask", "image"), "SEA233") == []
    assert found_in(with_inputs(two, "B__1", "A__0"), "SEA233") == []
    assert found_in(with_inputs(script(artifact, inputs="Dict[str, Tensor]"), "a"), "SEA233") == []


def test_sea234_output_index(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """By the index, or by the order where a name has none."""
    one = script(artifact, image="Tensor")
    renamed = replace(one, config_pbtxt=one.config_pbtxt.replace("OUTPUT__0", "OUTPUT__1"))
    [finding] = found_in(renamed, "SEA234")
    assert finding.what == (
        "The output 'OUTPUT__1' is result 1 of forward in classifier/1/model.pt, which returns 1."
    )
    assert finding.allowed == "0 to 0."
    assert found_in(script(artifact, "Tuple[Tensor, Tensor]", image="Tensor"), "SEA234") == []
    named = replace(one, config_pbtxt=one.config_pbtxt.replace("OUTPUT__0", "scores"))
    assert found_in(named, "SEA234") == []
    assert found_in(script(artifact, "List[str]", image="Tensor"), "SEA234") == []


@pytest.mark.parametrize("datatype", ["TYPE_UINT16", "TYPE_UINT32", "TYPE_UINT64", "TYPE_BF16"])
def test_sea235_datatypes(artifact: ArtifactInspection, found_in: FoundIn, datatype: str) -> None:
    """Of inputs, outputs and states, once for all versions; what the backend takes is listed."""
    state = (
        f'sequence_batching {{ state {{ input_name: "memory" output_name: "next" data_type: {datatype} }} }}'
    )
    before, _ = artifact.config_pbtxt.split("dynamic_batching")
    config = f"{before}{state}".replace("TYPE_FP32", datatype)
    one = replace(script(artifact, image="Tensor", memory="Tensor"), config_pbtxt=config)
    two = replace(one, model_files=one.model_files * 2)
    found = found_in(two, "SEA235")
    assert [each.what for each in found] == [
        f"The input 'image' is {datatype}.",
        f"The output 'OUTPUT__0' is {datatype}.",
        f"The state of 'memory' is {datatype}.",
    ]
    assert found[0].allowed.startswith("TYPE_BOOL, TYPE_UINT8, TYPE_INT8, ")
    assert found[0].allowed.endswith("TYPE_FP64, TYPE_STRING.")
    assert found_in(replace(two, model_files=()), "SEA235") == []


@pytest.mark.parametrize("datatype", ["TYPE_BOOL", "TYPE_FP16", "TYPE_STRING", "TYPE_INVALID"])
def test_sea235_is_silent(artifact: ArtifactInspection, found_in: FoundIn, datatype: str) -> None:
    """Strings come as a list; a type that is not given is another rule's."""
    config = artifact.config_pbtxt.replace("TYPE_FP32", datatype)
    assert found_in(replace(script(artifact, image="Tensor"), config_pbtxt=config), "SEA235") == []
