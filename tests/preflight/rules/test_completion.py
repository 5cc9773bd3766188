"""What backends complete is held missing by no rule."""

from dataclasses import replace

import pytest

from model_packaging.artifact import ArtifactInspection
from model_packaging.artifact.model_files import ModelFileReading
from preflight import inspect_artifact
from tests.preflight.rules.echo_configs import ECHO, GOOD, artifact_of
from tests.preflight.rules.ensemble_examples import GOOD_ENSEMBLES

ABOUT_TENSORS = {"SEA205", "SEA207", "SEA208"}
BARE = GOOD[: GOOD.index("input")] + GOOD[GOOD.index("instance_group") :]
INCOMPLETE = GOOD.replace("data_type: TYPE_FP32 dims: [ 4 ] } ]\ninstance", "} ]\ninstance")
COMPLETES = f"{ECHO}    @staticmethod\n    def auto_complete_config(config):\n        return config\n"


def rules_of(artifact: ArtifactInspection) -> set[str]:
    return {each.rule for each in inspect_artifact(artifact)}


@pytest.mark.parametrize("backend", ["onnxruntime", "tensorrt", "openvino", "dali"])
@pytest.mark.parametrize("config", [BARE, INCOMPLETE])
def test_backends_that_read_tensors_from_the_model(backend: str, config: str) -> None:
    """Their models say what the configuration does not."""
    assert not rules_of(artifact_of(config.replace("python", backend))) & ABOUT_TENSORS


@pytest.mark.parametrize("config", [BARE, INCOMPLETE])
def test_a_python_model_may_complete_itself(config: str) -> None:
    """With auto_complete_config."""
    assert rules_of(artifact_of(config)) & ABOUT_TENSORS
    assert not rules_of(replace(artifact_of(config), python_model=COMPLETES)) & ABOUT_TENSORS


def test_libtorch_completes_nothing() -> None:
    """Its files name no types and no dims."""
    assert rules_of(artifact_of(BARE.replace("python", "pytorch"))) >= {"SEA205"}
    assert rules_of(artifact_of(INCOMPLETE.replace("python", "pytorch"))) >= {"SEA207", "SEA208"}


def test_a_size_that_is_none_is_none_anywhere() -> None:
    """Only what is left out is completed."""
    assert "SEA207" in rules_of(artifact_of(GOOD.replace("python", "onnxruntime").replace("[ 4 ]", "[ 0 ]")))


def test_a_python_model_needs_no_input() -> None:
    """It may make its answer of nothing."""
    no_input = GOOD[: GOOD.index("input")] + GOOD[GOOD.index("output") :]
    assert "SEA205" not in rules_of(artifact_of(no_input))


def test_a_folder_that_names_its_backend() -> None:
    """What follows the dot is the backend."""
    unnamed = GOOD.replace('backend: "python"', "")
    for name, is_found in (("model", True), ("model.dali", False)):
        other = replace(artifact_of(unnamed, name=name), files=artifact_of(GOOD, name=name).files[:1])
        assert ("SEA204" in rules_of(other)) is is_found


def test_a_batcher_whose_batches_are_completed() -> None:
    """ONNX Runtime's backend completes max_batch_size where it completes inputs and outputs."""
    unbatched = BARE.replace("python", "onnxruntime").replace("max_batch_size: 4\n", "")
    assert "SEA272" not in rules_of(artifact_of(f"{unbatched}dynamic_batching {{ }}"))


def test_a_step_of_a_model_whose_tensors_are_completed() -> None:
    """Triton compares with what the backend has completed."""
    completed = artifact_of(BARE.replace("python", "onnxruntime"), name="batched")
    ensemble = replace(artifact_of(GOOD_ENSEMBLES["plain"], name="plain"), beside=(completed,))
    assert not rules_of(ensemble) & {"SEA242", "SEA243"}


def test_a_state_that_is_an_output_as_well() -> None:
    """It is kept, and it is answered."""
    state = 'state [ { input_name: "s" output_name: "y" data_type: TYPE_FP32 dims: [ 4 ] } ]'
    assert not rules_of(artifact_of(f"{GOOD}sequence_batching {{ {state} }}")) & {"SEA301", "SEA302"}


def test_sea203_preferred_batches_are_compared_with_the_file() -> None:
    """Triton compares them before any backend completes max_batch_size: seen on Triton 2.51."""
    unbatched = BARE.replace("max_batch_size: 4\n", "")
    preferred = artifact_of(f"{unbatched}dynamic_batching {{ preferred_batch_size: [ 4 ] }}")
    assert "SEA203" in rules_of(replace(preferred, python_model=COMPLETES))


@pytest.mark.parametrize("rule", ["SEA262", "SEA272"])
def test_a_python_model_may_set_its_batch_size(rule: str) -> None:
    """By set_max_batch_size: scalars of a request and batches are there then (seen on Triton 2.51)."""
    unbatched = GOOD.replace("max_batch_size: 4\n", "").replace(
        "[ 4 ] } ]\noutput", "[ 1 ] reshape { } } ]\noutput"
    )
    config = f"{unbatched}dynamic_batching {{ }}"
    assert rule in rules_of(artifact_of(config))
    sets = COMPLETES.replace("return config", "return config.set_max_batch_size(4)")
    assert rule not in rules_of(replace(artifact_of(config), python_model=sets))


def test_sea244_a_step_that_raises_its_batch_size() -> None:
    """The ensemble is compared with what the model has set."""
    sets = COMPLETES.replace("return config", "return config.set_max_batch_size(8)")
    ensemble = artifact_of(
        GOOD_ENSEMBLES["plain"].replace("max_batch_size: 4", "max_batch_size: 8"), name="plain"
    )
    member = artifact_of(GOOD, name="batched")
    assert "SEA244" in rules_of(replace(ensemble, beside=(member,)))
    assert "SEA244" not in rules_of(replace(ensemble, beside=(replace(member, python_model=sets),)))


def test_formats_reshapes_and_batch_inputs_of_completed_tensors() -> None:
    """Dims that are left to the backend are compared when it has completed them."""
    words = """input [ { name: "x" format: FORMAT_NHWC }, { name: "z" reshape { shape: [ 2, 2 ] } } ]"""
    partial = artifact_of(f"{BARE.replace('python', 'onnxruntime')}{words}")
    assert not rules_of(partial) & {"SEA262", "SEA263"}
    count = 'kind: BATCH_ELEMENT_COUNT target_name: "n" data_type: TYPE_INT32 source_input: "x"'
    batch = f"batch_input [ {{ {count} }} ]"
    assert "SEA265" not in rules_of(artifact_of(f"{BARE.replace('python', 'onnxruntime')}{batch}"))


def warmed_up(config: str) -> ArtifactInspection:
    data = "data_type: TYPE_FP32 dims: [ 4 ] zero_data: true"
    return artifact_of(
        f'{config}model_warmup {{ name: "w" batch_size: 1 inputs {{ key: "x" value {{ {data} }} }} }}'
    )


@pytest.mark.parametrize("config", [BARE, INCOMPLETE, f'{BARE}input [ {{ name: "x" }} ]'])
def test_warm_up_of_inputs_that_are_completed(config: str) -> None:
    """It may be the input's own (seen on Triton 2.51)."""
    warm = {"SEA211", "SEA212", "SEA213"}
    assert not rules_of(warmed_up(config.replace("python", "onnxruntime"))) & warm
    assert not rules_of(replace(warmed_up(config), python_model=COMPLETES)) & warm


def test_a_step_of_a_backend_that_adds_inputs() -> None:
    """That of vLLM adds what is not declared; ONNX Runtime's adds to no list that there is."""
    ensemble = artifact_of(GOOD_ENSEMBLES["plain"].replace('{ key: "x"', '{ key: "z"'), name="plain")
    for backend, is_found in (("vllm", False), ("onnxruntime", True), ("python", True)):
        member = artifact_of(GOOD.replace("python", backend), name="batched")
        assert ("SEA242" in rules_of(replace(ensemble, beside=(member,)))) is is_found, backend


def test_a_step_of_a_python_model_that_nobody_read() -> None:
    """Of inputs that are declared no other is taken; of outputs that are not nobody knows."""
    inputs_alone = GOOD[: GOOD.index("output")]
    member = replace(artifact_of(inputs_alone, name="batched"), python_model="")
    other = GOOD_ENSEMBLES["plain"].replace('output_map { key: "y"', 'output_map { key: "z"')
    assert "SEA242" not in rules_of(replace(artifact_of(other, name="plain"), beside=(member,)))
    other = GOOD_ENSEMBLES["plain"].replace('input_map { key: "x"', 'input_map { key: "z"')
    assert "SEA242" in rules_of(replace(artifact_of(other, name="plain"), beside=(member,)))


def test_an_eager_model_of_pytorch() -> None:
    """With a runtime in Python model.pt may be a state dictionary, and other rules than LibTorch's hold."""
    eager = f'{BARE.replace("python", "pytorch")}runtime: "model.py"\n'
    checkpoint = ModelFileReading("echo/1/model.pt", None, "is no readable TorchScript; save it otherwise")
    artifact = replace(artifact_of(eager), model_files=(checkpoint,))
    assert not rules_of(artifact) & {"SEA205", "SEA221", "SEA314"}
    without_runtime = replace(artifact, config_pbtxt=BARE.replace("python", "pytorch"))
    assert rules_of(without_runtime) >= {"SEA205", "SEA221"}
