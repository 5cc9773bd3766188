"""A deploy never undoes what autoscaling did, and one that fails costs no request."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from invocation import binary_request
from model_packaging.eager.comparison import compare_answers
from tests.end_to_end.component_deploy import deploy
from tests.end_to_end.component_load import scale_out_encoder
from tests.end_to_end.components import ENCODER, Components
from tests.end_to_end.steady_load import SteadyLoad, steady_load
from tests.end_to_end.tampering import tamper

pytestmark = pytest.mark.integration

_FIVE = (5, 5)


@pytest.fixture(scope="module")
def scaled(components: Components) -> Components:
    """Return the components; Application Auto Scaling has set the encoder's copies to five."""
    scale_out_encoder(components)
    assert components.copies(ENCODER) == _FIVE
    assert components.activities(ENCODER)[-1]["Description"] == "Setting desired copy count to 5."
    return components


def _spoil(path: Path) -> None:
    path.write_bytes(b"no TorchScript")


def _asked_steadily(components: Components) -> AbstractContextManager[SteadyLoad]:
    request = binary_request(components.manifest(ENCODER).signature, components.sample(ENCODER).inputs)
    return steady_load(
        components.project, components.endpoint, request, component_name=components.name(ENCODER)
    )


def test_a_changed_model_leaves_the_copies(scaled: Components) -> None:
    """The five copies change batch by batch; none is lost, no request fails, and they answer anew."""
    old_model, old_answer = scaled.model(ENCODER), scaled.answer(ENCODER)
    scaled.project.replace_in_deployment(
        "arguments: {random_seed: 11}", "arguments: {random_seed: 12}", scaled.deployment
    )
    assert scaled.project.document("package", scaled.deployment)["models"][1]["built"] is True
    with _asked_steadily(scaled) as load:
        deployed = deploy(scaled)
    assert deployed.finished.returncode == 0, deployed.finished.stdout + deployed.finished.stderr
    assert scaled.copies(ENCODER) == _FIVE
    # A batch is a quarter, rounded up: two new copies come before two old ones go.
    assert {desired for desired, _ in deployed.copies} == {5}
    assert {current for _, current in deployed.copies} <= {5, 6, 7}
    assert load.failures == []
    assert scaled.model(ENCODER) != old_model
    answer, sample = scaled.answer(ENCODER), scaled.sample(ENCODER)
    assert abs(answer - old_answer).max() > 1e-3
    tolerance = scaled.manifest(ENCODER).samples.tolerance
    assert compare_answers({"OUTPUT__0": answer}, sample.outputs, tolerance) == ()


def test_a_changed_tag_leaves_the_copies(scaled: Components) -> None:
    """The component has the new tag and the same copies: the same Tritons, even."""
    processes = scaled.triton_processes()
    deployed = deploy(scaled, "--tags", "team=language")
    assert deployed.finished.returncode == 0, deployed.finished.stdout + deployed.finished.stderr
    assert deployed.copies == {_FIVE}
    assert scaled.tags(ENCODER)["team"] == "language"
    assert scaled.copies(ENCODER) == _FIVE
    assert scaled.triton_processes() == processes


def test_a_model_that_cant_load_rolls_back_and_leaves_the_copies(scaled: Components, tmp_path: Path) -> None:
    """The five old copies serve throughout, and the stack's events name the reason from Triton's log."""
    folder = scaled.folder(ENCODER)
    old_model, old_answer, processes = (
        scaled.model(ENCODER),
        scaled.answer(ENCODER),
        scaled.triton_processes(),
    )
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    tamper(folder, tmp_path, _spoil)
    try:
        with _asked_steadily(scaled) as load:
            deployed = deploy(scaled)
    finally:
        for name, content in kept.items():
            (folder / name).write_bytes(content)
    assert deployed.finished.returncode == 1
    assert deployed.copies == {_FIVE}
    assert load.failures == []
    assert load.answered > 50
    cloudformation = scaled.clients("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName=scaled.stack)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName=scaled.stack)["StackEvents"]
    reasons = [
        event["ResourceStatusReason"]
        for event in events
        if event["ResourceType"] == "AWS::SageMaker::InferenceComponent"
        and event["ResourceStatus"] == "UPDATE_FAILED"
    ]
    # Triton's log, not ours: these are the words of PyTorch's own reader inside it.
    assert ["PytorchStreamReader failed" in reason for reason in reasons] == [True]
    assert scaled.copies(ENCODER) == _FIVE
    assert scaled.model(ENCODER) == old_model
    assert scaled.triton_processes() == processes
    assert abs(scaled.answer(ENCODER) - old_answer).max() == 0
