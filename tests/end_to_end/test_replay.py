"""The post's example on real parts: the stock CDK CLI, real requests, Tritons, and an accelerated clock."""

import json
import subprocess
import sys
from typing import Any

import pytest

from local.replay.hosted import sagemaker_client
from planning.control.post_example import run_post_example
from spec import load_deployment
from tests.end_to_end.project import Project

pytestmark = pytest.mark.integration

DEPLOYMENT = "deployments/half-days.yaml"
TRAFFIC = "examples/traffic/half_days.yaml"

_LONG_SECONDS = 1200

ONE_DAY = """\
days: 1
delays: {provisioning_minutes: 5, copy_start_minutes: 3, idle_release_minutes: 1}
traffic:
  europe: [{from: 00:01, until: 12:00, invocations_per_minute: 1}]
  america: [{from: 12:00, until: 24:00, invocations_per_minute: 1}]
arms:
  - name: shared, one instance
    most_instances: 1
    endpoints: {shared-one: {europe: europe, america: america}}
"""


@pytest.mark.soak
def test_a_day_on_one_shared_instance(project: Project) -> None:
    """Two models take turns on it: paid for nearly all day, and the second waits until the first has gone.

    The first day begins without a copy, so Europe waits nine minutes for an instance; then America waits
    until Europe's copy has gone and its own is there, about nineteen.
    """
    text = (project.root / DEPLOYMENT).read_text(encoding="utf-8")
    before, rest = text.split("endpoints:\n")
    one = rest[rest.index("  shared-one:") :]
    (project.root / "deployments" / "one-instance.yaml").write_text(
        before.replace("name: half-days", "name: one-instance") + "endpoints:\n" + one, encoding="utf-8"
    )
    (project.root / "one_day.yaml").write_text(ONE_DAY, encoding="utf-8")
    deployment = "deployments/one-instance.yaml"
    document = project.document("replay", deployment, "--traffic", "one_day.yaml", "--keep")
    (arm,) = document["arms"]
    assert arm["instance_hours"] == pytest.approx(24, rel=0.02)
    assert arm["instance_hours"] == pytest.approx(arm["simulated_instance_hours"], rel=0.02)
    assert (arm["peak_instances"], arm["requests"]) == (1, 1439)
    assert arm["failed_requests"] == pytest.approx(9 + 19, abs=2)
    assert arm["failed_requests"] == pytest.approx(arm["simulated_failed_requests"], abs=2)
    assert _other_failures(arm) == 0
    _limits_are_put_back(project)


def _limits_are_put_back(project: Project) -> None:
    """The endpoint has the configuration that CloudFormation gave it, and the other one is gone."""
    sagemaker = sagemaker_client("us-west-2", project.local_environment())
    endpoint = sagemaker.describe_endpoint(EndpointName="one-instance-shared-one")
    (variant,) = endpoint["ProductionVariants"]
    assert variant["ManagedInstanceScaling"]["MaxInstanceCount"] == 3
    names = [each["EndpointConfigName"] for each in sagemaker.list_endpoint_configs()["EndpointConfigs"]]
    assert [name for name in names if name.endswith("held-by-replay")] == []


@pytest.mark.soak
@pytest.mark.timeout(_LONG_SECONDS)
def test_the_posts_example(project: Project) -> None:
    """All four arms over two days: the second one's hours within 2 % of the reference, and what failed."""
    finished = subprocess.run(
        [sys.executable, "-m", "cli", "replay", DEPLOYMENT, "--traffic", TRAFFIC, "--json"],
        cwd=project.root,
        env=project.variables,
        capture_output=True,
        text=True,
        timeout=_LONG_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    document = json.loads(finished.stdout)
    arms = {each["name"]: each for each in document["arms"]}
    hours = {"dedicated, always on": 48.0, "dedicated, scale to zero": 24.45}
    hours |= {"shared, unlimited": 24.45, "shared, one instance": 24.0}
    failed = {arm.name: arm.failed_fraction for arm in run_post_example().arms}
    assert set(arms) == set(hours) == set(failed)
    for name, arm in arms.items():
        assert arm["instance_hours"] == pytest.approx(hours[name], rel=0.02)
        assert arm["instance_hours"] == pytest.approx(arm["simulated_instance_hours"], rel=0.005)
        assert arm["failed_fraction"] == pytest.approx(failed[name], abs=0.002)
        assert (arm["requests"], _other_failures(arm)) == (7195, 0)
    assert arms["dedicated, always on"]["failed_requests"] == 0
    assert "Scaling to zero alone saves 4" in document["conclusions"][0]
    assert all("Sharing adds nothing" in each for each in document["conclusions"][1:])


def test_the_example_declares_what_its_traffic_names(project: Project) -> None:
    """Every endpoint of the deployment file is in an arm."""
    deployment = load_deployment(project.root / DEPLOYMENT).deployment
    text = (project.root / TRAFFIC).read_text(encoding="utf-8")
    assert [key for key in deployment.endpoints if f"{key}: {{" not in text] == []


def _other_failures(arm: dict[str, Any]) -> int:
    return sum(each["other_failures"] for endpoint in arm["endpoints"] for each in endpoint["components"])
