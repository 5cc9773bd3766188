"""The rules about what the private network lets through."""

from typing import TYPE_CHECKING

import pytest

from preflight import Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project


@pytest.mark.parametrize(
    ("services", "words"),
    [
        ("[sagemaker.runtime, ecr.api]", "private_link lacks ecr.dkr."),
        ("[]", "private_link lacks ecr.api and ecr.dkr."),
    ],
)
def test_sea701_image_pull_endpoints_missing(project: "Project", services: str, words: str) -> None:
    """Documents disagree on whether the pull goes through the VPC: a warning that can be acknowledged."""
    project.edit("models:\n", f"network: {{private_link: {services}}}\nmodels:\n")
    [finding] = project.found("SEA701")
    assert finding.what == words
    assert finding.severity is Severity.WARNING
    assert finding.subject == "network"


def test_sea701_is_silent_with_both_services(project: "Project") -> None:
    """The default network has both, and a network without endpoints pulls nothing."""
    assert project.found("SEA701") == []
    project.text = project.text[: project.text.index("endpoints:")]
    project.edit("models:\n", "network: {private_link: []}\nmodels:\n")
    assert project.found("SEA701") == []
