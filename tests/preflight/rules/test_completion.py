"""What backends complete is held missing by no rule."""

from dataclasses import replace

import pytest

from model_packaging.artifact import ArtifactInspection
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
