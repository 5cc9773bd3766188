"""Components scale out under load, in without it, to zero, and up again; describe calls show every step."""

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from model_packaging.eager.comparison import compare_answers
from tests.end_to_end.component_load import minutes_of_invocations, scale_out_encoder
from tests.end_to_end.components import CLASSIFIER, ENCODER, Components
from tests.end_to_end.steady_load import SteadyLoad

pytestmark = pytest.mark.integration

_MINUTE_SECONDS = 60
_INVOCATIONS = 320
"""A minute: more than the classifier's target of 300 for one copy, less than for two."""


@dataclass(frozen=True)
class Seen:
    """What describe calls said at one time: desired and current copies, and instances."""

    encoder: tuple[int, int]
    classifier: tuple[int, int]
    instances: int

    @classmethod
    def now(cls, components: Components) -> "Seen":
        return cls(components.copies(ENCODER), components.copies(CLASSIFIER), components.instances())


@dataclass(frozen=True)
class ScaledOut:
    """What was seen before the load, and after each of its parts."""

    before: Seen
    encoder_loaded: Seen
    encoder_load: SteadyLoad
    classifier_loaded: Seen


@dataclass(frozen=True)
class ScaledIn:
    """What was seen soon after the load, when the copies had gone, and when idle instances had."""

    too_early: Seen
    copies_gone: Seen
    instances_gone: Seen


@pytest.fixture(scope="module")
def scaled_out(components: Components) -> ScaledOut:
    """Load the encoder with requests at once, then the classifier with requests a minute."""
    before = Seen.now(components)
    load = scale_out_encoder(components)
    encoder_loaded = Seen.now(components)
    minutes_of_invocations(components, 3, _INVOCATIONS)
    return ScaledOut(before, encoder_loaded, load, Seen.now(components))


@pytest.fixture(scope="module")
def scaled_in(components: Components, scaled_out: ScaledOut) -> ScaledIn:  # noqa: ARG001 - what scales in
    """Send nothing for half an hour and more."""
    components.advance(5 * _MINUTE_SECONDS)
    too_early = Seen.now(components)
    components.advance(16 * _MINUTE_SECONDS)
    copies_gone = Seen.now(components)
    components.advance(12 * _MINUTE_SECONDS)
    return ScaledIn(too_early, copies_gone, Seen.now(components))


def _last(activities: list[dict[str, Any]]) -> tuple[str, str]:
    return activities[-1]["StatusCode"], activities[-1]["Description"]


def test_the_encoder_scales_out_by_concurrent_requests(components: Components, scaled_out: ScaledOut) -> None:
    """Some 30 requests under way, 5 a copy: three datapoints later all copies that may be are there."""
    most = components.limits(ENCODER)[1]
    assert scaled_out.before.encoder == (1, 1)
    assert scaled_out.encoder_loaded.encoder == (most, most) == (5, 5)
    assert components.has_fired(ENCODER, "AlarmHigh")
    (out, *_) = components.activities(ENCODER)
    assert out["Description"] == "Setting desired copy count to 5."
    assert out["StatusCode"] == "Successful"
    assert "triggered policy components-shared-encoder-tracking" in out["Cause"]
    assert scaled_out.encoder_load.failures == []


def test_the_classifier_scales_out_by_invocations(components: Components, scaled_out: ScaledOut) -> None:
    """320 invocations a minute, 300 a copy: after three minutes there is a second copy, on a second GPU."""
    assert scaled_out.encoder_loaded.classifier == (1, 1)
    assert scaled_out.encoder_loaded.instances == scaled_out.before.instances == 1
    assert scaled_out.classifier_loaded.classifier == (2, 2)
    assert scaled_out.classifier_loaded.instances == 2
    assert components.has_fired(CLASSIFIER, "AlarmHigh")
    (out, *_) = components.activities(CLASSIFIER)
    assert out["Description"] == "Setting desired copy count to 2."
    assert "triggered policy components-shared-classifier-tracking" in out["Cause"]


def test_copies_go_when_the_load_has_ended(components: Components, scaled_in: ScaledIn) -> None:
    """Not within fifteen minutes; then the encoder is at its minimum of one, and the classifier at none."""
    assert (scaled_in.too_early.encoder, scaled_in.too_early.classifier) == ((5, 5), (2, 2))
    assert components.limits(ENCODER)[0] == 1
    assert scaled_in.copies_gone.encoder == (1, 1)
    assert components.limits(CLASSIFIER)[0] == 0
    assert scaled_in.copies_gone.classifier == (0, 0)
    for component, least in ((ENCODER, 1), (CLASSIFIER, 0)):
        assert _last(components.activities(component)) == (
            "Successful",
            f"Setting desired copy count to {least}.",
        )
        assert components.has_fired(component, "AlarmLow")


def test_an_instance_without_a_copy_goes_and_one_with_a_copy_stays(scaled_in: ScaledIn) -> None:
    """The endpoint may have no instance; the encoder's copy keeps one."""
    assert scaled_in.copies_gone.instances == 2
    assert scaled_in.instances_gone.instances == 1


def test_a_component_without_copies_fails_and_comes_back(components: Components, scaled_in: ScaledIn) -> None:
    """SageMaker's error; then its alarm fires, the step policy adds a copy, and who asks on is answered."""
    assert scaled_in.instances_gone.classifier == (0, 0)
    sample = components.sample(CLASSIFIER)
    with pytest.raises(ClientError) as refused:
        components.clients("sagemaker-runtime").invoke_endpoint(
            EndpointName=components.endpoint,
            InferenceComponentName=components.name(CLASSIFIER),
            ContentType="application/json",
            Body=b"{}",
        )
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert "has no capacity to process this request" in refused.value.response["Error"]["Message"]
    assert components.alarm_state(CLASSIFIER, "no-capacity") != "ALARM"

    patient = components.client(CLASSIFIER, capacity_timeout_seconds=5 * _MINUTE_SECONDS)
    answer = patient.infer(sample.inputs)

    tolerance = components.manifest(CLASSIFIER).samples.tolerance
    assert compare_answers(answer.outputs, sample.outputs, tolerance) == ()
    assert components.copies(CLASSIFIER) == (1, 1)
    assert components.alarm_state(CLASSIFIER, "no-capacity") == "ALARM"
    up = components.activities(CLASSIFIER)[-1]
    assert up["Description"] == "Setting desired copy count to 1."
    assert "triggered policy components-shared-classifier-from-zero" in up["Cause"]
