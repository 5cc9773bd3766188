"""Inference components through the same main job: the stock CDK CLI, a real Triton for each copy."""

from collections import Counter

import pytest

from tests.end_to_end.components import Components

pytestmark = pytest.mark.integration


def test_components_answer_as_eager_pytorch_does(components: Components) -> None:
    """Two models on one endpoint, asked one by one, each within its tolerance."""
    answers = components.rehearsal["answers"]
    asked = Counter((answer["target"], answer["batch_size"]) for answer in answers)
    assert asked == {
        ("shared.classifier", 1): 5,
        ("shared.classifier", 16): 5,
        ("shared.encoder", 1): 5,
        ("shared.encoder", 8): 5,
    }
    assert [answer["wrong"] for answer in answers] == [[]] * 20


def test_a_component_is_invoked_by_its_key(components: Components) -> None:
    """`seatrial invoke` finds the component behind the endpoint."""
    document = components.project.document(
        "invoke", components.deployment, "shared", "--component", "encoder"
    )
    assert len(document["outputs"]["OUTPUT__0"][0]) == 64
