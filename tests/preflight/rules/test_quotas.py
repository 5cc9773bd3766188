"""The rules about instances and the quotas that the deployment file knows."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

T4 = '"ml.g4dn.xlarge for endpoint usage"'
ALL = '"Number of instances across active endpoints"'
SHARED = """\
  shared:
    type: inference-components
    instances: {INSTANCES, min: 1, max: 4}
    components:
      it: {model: classifier, copies: {min: 1, max: 1}, compute: {accelerators: 1, memory_mib: 4096}}
"""


def given(project: "Project", quotas: str, instances: str = "") -> None:
    """Let the file know these quotas, and the endpoint have these instances besides their type."""
    project.edit("us-east-1b]}", f"us-east-1b], quotas: {{{quotas}}}}}")
    project.edit("{type: ml.g4dn.xlarge}", f"{{type: ml.g4dn.xlarge{instances}}}")


def test_sea508_more_than_the_quota(project: "Project") -> None:
    """Of one type, and of all."""
    given(project, f"{T4}: 1", ", count: 2")
    [finding] = project.found("SEA508")
    assert finding.what == "The endpoints begin with 2 of 'ml.g4dn.xlarge for endpoint usage'."
    assert finding.allowed == "1."
    assert finding.subject == "endpoints.dedicated"
    project.edit(T4, ALL)
    [finding] = project.found("SEA508")
    assert finding.what == "The endpoints begin with 2 of 'Number of instances across active endpoints'."
    project.edit(": 1}}", ": 4}}")
    assert project.found("SEA508") == []


def test_sea508_counts_endpoints_together(project: "Project") -> None:
    """Instances that components share are of the same quota; of several pools only all together count."""
    given(project, f"{T4}: 1, {ALL}: 1")
    project.text += SHARED.replace("INSTANCES", "type: ml.g4dn.xlarge")
    assert sorted(each.what for each in project.found("SEA508")) == [
        "The endpoints begin with 2 of 'Number of instances across active endpoints'.",
        "The endpoints begin with 2 of 'ml.g4dn.xlarge for endpoint usage'.",
    ]
    assert {each.subject for each in project.found("SEA508")} == {"endpoints.shared"}
    project.edit("type: ml.g4dn.xlarge, min", "pools: [{type: ml.g4dn.xlarge, priority: 1}], min")
    assert len(project.found("SEA508")) == 2
    project.edit("priority: 1}]", "priority: 1}, {type: ml.g5.xlarge, priority: 2}]")
    [finding] = project.found("SEA508")
    assert "Number of instances" in finding.what


def test_sea508_other_quotas(project: "Project") -> None:
    """A quota of 0 forbids the type; that of a type nobody uses says nothing."""
    given(project, '"ml.g5.xlarge for endpoint usage": 0')
    assert project.found("SEA508") == []
    project.edit("ml.g5.xlarge for", "ml.g4dn.xlarge for")
    assert len(project.found("SEA508")) == 1


def test_sea509_scaling_beyond_the_quota(project: "Project") -> None:
    """What scaling, or a scheduled action, may ask for."""
    given(project, f"{T4}: 3")
    scaling = "    scaling: {min: 1, max: 4, invocations_per_instance: 100}\n"
    project.edit("    model: classifier\n", f"    model: classifier\n{scaling}")
    [finding] = project.found("SEA509")
    assert finding.what == "The endpoints may have 4 of 'ml.g4dn.xlarge for endpoint usage'."
    project.edit("max: 4", "max: 3")
    assert project.found("SEA509") == []
    action = 'scheduled: {day: {schedule: "rate(1 day)", max: 9}}'
    project.edit("invocations_per_instance: 100", f"invocations_per_instance: 100, {action}")
    [finding] = project.found("SEA509")
    assert "may have 9" in finding.what


def test_sea509_shared_instances(project: "Project") -> None:
    """Instances of components go up to their most."""
    given(project, f"{T4}: 4")
    project.text += SHARED.replace("INSTANCES", "type: ml.g4dn.xlarge")
    [finding] = project.found("SEA509")
    assert finding.what == "The endpoints may have 5 of 'ml.g4dn.xlarge for endpoint usage'."
    assert project.found("SEA508") == []


def test_sea510_an_update_beyond_the_quota(project: "Project") -> None:
    """The new instances are there before the old ones go."""
    given(project, f"{T4}: 3", ", count: 2")
    [finding] = project.found("SEA510")
    assert finding.what == (
        "The endpoints begin with 2 of 'ml.g4dn.xlarge for endpoint usage', and an update starts up to 2 "
        "beside them."
    )
    project.edit(": 3}}", ": 4}}")
    assert project.found("SEA510") == []
    project.edit(": 4}}", ": 1}}")
    assert project.found("SEA510") == []


@pytest.mark.parametrize("rule", ["SEA508", "SEA509", "SEA510"])
def test_without_quotas_nothing_is_guessed(project: "Project", rule: str) -> None:
    """What an account has at first differs; only what the file says counts."""
    project.edit("{type: ml.g4dn.xlarge}", "{type: ml.g4dn.xlarge, count: 1000}")
    assert project.found(rule) == []
