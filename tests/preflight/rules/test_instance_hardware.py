"""The rules about instances that AWS's Triton image was not made for."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

OWN = '    container: {image_uri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"}\nendpoints:\n'


@pytest.mark.parametrize(
    ("instance_type", "kind"),
    [("ml.inf2.xlarge", "neuron"), ("ml.trn1.2xlarge", "neuron"), ("ml.dl1.24xlarge", "habana")],
)
def test_sea514_accelerators_unused(project: "Project", instance_type: str, kind: str) -> None:
    """Inferentia, Trainium and Gaudi have images of their own."""
    project.edit("ml.g4dn.xlarge", instance_type)
    [finding] = project.found("SEA514")
    assert finding.what == (
        f"{instance_type} has accelerators of the kind {kind!r}, and the image of the model 'classifier' "
        "uses none of these."
    )
    project.edit("endpoints:\n", OWN)
    assert project.found("SEA514") == []


@pytest.mark.parametrize("instance_type", ["ml.g4dn.xlarge", "ml.m5.large"])
def test_sea514_lets_others_pass(project: "Project", instance_type: str) -> None:
    """NVIDIA's GPUs, and none."""
    project.edit("ml.g4dn.xlarge", instance_type)
    assert project.found("SEA514") == []
    assert project.found("SEA515") == []


def test_sea515_arm(project: "Project") -> None:
    """Graviton runs no x86_64 image; one of one's own may be for it."""
    project.edit("ml.g4dn.xlarge", "ml.c7g.large")
    [finding] = project.found("SEA515")
    assert finding.what == (
        "ml.c7g.large has Arm processors, and the Triton image of the model 'classifier' is for x86_64."
    )
    project.edit("endpoints:\n", OWN)
    assert project.found("SEA515") == []
