"""Copies that die, and updates that replace them, with real Tritons under load."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.client import LocalAws
from tests.local.aws.account import Account
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.server.components.component_load import ComponentLoad
from tests.local.aws.tiny_models import failing_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration

_WAIT_SECONDS = 30.0


@pytest.fixture(scope="module")
def endpoint(hosting: ComponentAccount) -> Iterator[str]:
    name = hosting.create_endpoint(most=2)
    yield name
    hosting.delete_endpoint(name)


@pytest.fixture
def component(hosting: ComponentAccount, endpoint: str, account: Account) -> Iterator[str]:
    """A component that doubles, with two copies."""
    name = hosting.create(endpoint, account.upload(scaling_model_archive(2)), copies=2)
    hosting.wait(name)
    yield name
    hosting.delete(name)


def _rolling(wait_seconds: int = 0, **more: object) -> dict[str, Any]:
    """Return a policy that updates one copy after the other."""
    policy = {
        "MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1},
        "WaitIntervalInSeconds": wait_seconds,
    }
    return {"RollingUpdatePolicy": policy, **more}


def _update(hosting: ComponentAccount, component: str, artifact: str, **more: object) -> None:
    hosting.sagemaker.update_inference_component(
        InferenceComponentName=component, Specification=hosting.specification(artifact), **more
    )


def _pids(hosting: ComponentAccount, component: str) -> set[int]:
    return {copy.server_pid for copy in hosting.status(component).copies if copy.server_pid is not None}


def test_a_copy_that_is_killed_is_replaced_and_only_its_requests_fail(
    hosting: ComponentAccount, endpoint: str, account: Account
) -> None:
    """One of two copies dies with a request in flight: that one fails, all others are answered."""
    slow = account.upload(scaling_model_archive(2, execute="time.sleep(0.2)"))
    component = hosting.create(endpoint, slow, copies=2)
    hosting.wait(component)
    before = _pids(hosting, component)
    with ComponentLoad(hosting, endpoint, component, threads=4) as load:
        load.wait_for_answers(8)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + _WAIT_SECONDS
        while len(after := _pids(hosting, component)) < 2 or after == before:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        load.wait_for_answers(16)
    assert victim not in after
    assert len(after & before) == 1
    # One request executes on a copy at a time, and of four under way two or three may wait for it.
    assert 1 <= len(load.errors) <= 3
    assert {error.response["Error"]["Code"] for error in load.errors} == {"ModelError"}
    assert set(load.answers) == {2.0}
    hosting.delete(component)


def test_a_rolling_update_serves_the_new_model_without_a_failed_request(
    hosting: ComponentAccount, endpoint: str, component: str, account: Account
) -> None:
    """Copy after copy changes; both answers are seen meanwhile, and the new specification is described."""
    with ComponentLoad(hosting, endpoint, component) as load:
        _update(hosting, component, account.upload(scaling_model_archive(3)), DeploymentConfig=_rolling())
        described = hosting.wait(component)
        load.wait_for_answers(20)
    assert load.errors == []
    assert set(load.answers) == {2.0, 3.0}
    assert hosting.invoke(endpoint, component) == 3.0
    assert described["LastDeploymentConfig"] == _rolling()
    assert hosting.copies(component) == (2, 2)


def test_an_update_to_a_model_that_is_unhealthy_rolls_back_without_a_failed_request(
    hosting: ComponentAccount, endpoint: str, component: str, account: Account
) -> None:
    """The old copies are untouched, the status is InService with the cause, the old model is described."""
    before, pids = hosting.describe(component), _pids(hosting, component)
    with ComponentLoad(hosting, endpoint, component) as load:
        bad = account.upload(failing_model_archive("no weights"))
        _update(hosting, component, bad, DeploymentConfig=_rolling())
        described = hosting.wait(component)
        load.wait_for_answers(20)
    assert load.errors == []
    assert set(load.answers) == {2.0}
    assert _pids(hosting, component) == pids
    assert "no weights" in described["FailureReason"]
    assert "The update was rolled back." in described["FailureReason"]
    assert described["Specification"] == before["Specification"]
    assert hosting.copies(component) == (2, 2)


def test_an_update_that_an_alarm_stops_half_way_rolls_back(
    hosting: ComponentAccount, local_aws: LocalAws, endpoint: str, component: str, account: Account
) -> None:
    """While the first batch bakes, an alarm goes off: the old model comes back on every copy, none fails."""
    alarm = account.new_name("rollback")
    cloudwatch = account.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="Test",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    rollback = {"Alarms": [{"AlarmName": alarm}]}
    with ComponentLoad(hosting, endpoint, component) as load:
        deployment = _rolling(600, AutoRollbackConfiguration=rollback)
        triple = account.upload(scaling_model_archive(3))
        _update(hosting, component, triple, DeploymentConfig=deployment)
        load.wait_for_answer(3.0)
        now = datetime.fromtimestamp(local_aws.advance_clock(60), UTC)
        assert hosting.describe(component)["InferenceComponentStatus"] == "Updating"
        error = {"MetricName": "Errors", "Value": 5, "Timestamp": now}
        cloudwatch.put_metric_data(Namespace="Test", MetricData=[error])
        local_aws.advance_clock(80)
        described = hosting.wait(component)
        load.wait_for_answers(20)
    assert load.errors == []
    assert f"CloudWatch alarm {alarm} is in state ALARM" in described["FailureReason"]
    assert hosting.copies(component) == (2, 2)
    assert {hosting.invoke(endpoint, component) for _ in range(8)} == {2.0}
    cloudwatch.delete_alarms(AlarmNames=[alarm])


def test_batches_wait_on_the_servers_clock(
    hosting: ComponentAccount, local_aws: LocalAws, endpoint: str, component: str, account: Account
) -> None:
    """The update is under way until the waits of both batches are over, and not longer."""
    triple = account.upload(scaling_model_archive(3))
    _update(hosting, component, triple, DeploymentConfig=_rolling(300))
    local_aws.advance_clock(290)
    assert hosting.describe(component)["InferenceComponentStatus"] == "Updating"
    local_aws.advance_clock(320)
    assert hosting.describe(component)["InferenceComponentStatus"] == "InService"
    assert {hosting.invoke(endpoint, component) for _ in range(8)} == {3.0}


def test_an_update_that_takes_too_long_rolls_back(
    hosting: ComponentAccount, local_aws: LocalAws, endpoint: str, component: str, account: Account
) -> None:
    """MaximumExecutionTimeoutInSeconds ends an update whose waits are longer."""
    deployment = _rolling(3600)
    deployment["RollingUpdatePolicy"]["MaximumExecutionTimeoutInSeconds"] = 600
    triple = account.upload(scaling_model_archive(3))
    _update(hosting, component, triple, DeploymentConfig=deployment)
    local_aws.advance_clock(640)
    assert "took longer than 600 s" in hosting.wait(component)["FailureReason"]
    assert {hosting.invoke(endpoint, component) for _ in range(8)} == {2.0}


@pytest.mark.parametrize(
    ("size", "allowed"),
    [
        ({"Type": "COPY_COUNT", "Value": 2}, False),
        ({"Type": "CAPACITY_PERCENT", "Value": 51}, False),
        ({"Type": "CAPACITY_PERCENT", "Value": 4}, False),
        ({"Type": "CAPACITY_PERCENT", "Value": 50}, True),
    ],
)
def test_batches_are_between_5_and_50_per_cent(
    hosting: ComponentAccount, component: str, account: Account, size: dict[str, Any], *, allowed: bool
) -> None:
    """The API reference's limits hold for both ways of saying how large a batch is."""
    deployment = _rolling()
    deployment["RollingUpdatePolicy"]["MaximumBatchSize"] = size
    artifact = account.upload(scaling_model_archive(3))
    if allowed:
        _update(hosting, component, artifact, DeploymentConfig=deployment)
        assert "FailureReason" not in hosting.wait(component)
        return
    with pytest.raises(ClientError, match="must be between 5% to 50% of the copy count"):
        _update(hosting, component, artifact, DeploymentConfig=deployment)


def test_an_update_of_copies_alone_keeps_the_others(hosting: ComponentAccount, component: str) -> None:
    """UpdateInferenceComponent with a RuntimeConfig adds what is missing."""
    before = _pids(hosting, component)
    hosting.sagemaker.update_inference_component(
        InferenceComponentName=component, RuntimeConfig={"CopyCount": 3}
    )
    hosting.wait(component)
    assert before < _pids(hosting, component)
    assert hosting.copies(component) == (3, 3)


def test_the_same_specification_again_changes_nothing(hosting: ComponentAccount, component: str) -> None:
    """No copy is replaced for a specification that is in use already."""
    before = _pids(hosting, component)
    hosting.sagemaker.update_inference_component(
        InferenceComponentName=component, Specification=hosting.describe(component)["Specification"]
    )
    hosting.wait(component)
    assert _pids(hosting, component) == before
