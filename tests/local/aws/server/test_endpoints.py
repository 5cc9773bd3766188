import threading
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws.server.clock import Clock
from local.aws.server.components.hosts import ComponentHosts
from local.aws.server.endpoint_configs import EndpointConfigs
from local.aws.server.endpoints import Endpoints
from local.aws.server.errors import AwsError
from local.aws.server.models import Models
from local.aws.server.sagemaker_store import SageMakerStore
from local.aws.server.scope import Scope
from tests.local.aws.account import IMAGE
from tests.local.aws.server.fakes import FakeLauncher, FakeTraffic, OpenAccess

_SCOPE = Scope("000000000000", "us-east-1")
_BAD = "the weights are not there"
_WAIT_SECONDS = 10.0


class _Room:
    """A control plane whose fleets come up when its gate is open."""

    def __init__(self) -> None:
        self.store = SageMakerStore()
        self.traffic = FakeTraffic()
        self.launcher = FakeLauncher(self.traffic.calls, {"bad": _BAD})
        self.launcher.gate.set()
        clock = Clock()
        hosts = ComponentHosts(lambda scope, _: [f"{scope.region}a"], clock.now)
        self.endpoints = Endpoints(self.store, self.launcher, self.traffic, hosts, clock)
        models, configs = Models(self.store, OpenAccess()), EndpointConfigs(self.store)
        for name in ("one", "two", "bad"):
            models.create(
                _SCOPE,
                {
                    "ModelName": name,
                    "ExecutionRoleArn": "arn:aws:iam::000000000000:role/r",
                    "PrimaryContainer": {"Image": IMAGE},
                },
            )
            variant = {
                "VariantName": "v",
                "ModelName": name,
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 2,
            }
            configs.create(_SCOPE, {"EndpointConfigName": name, "ProductionVariants": [variant]})

    @property
    def steps(self) -> list[str]:
        return [step for step, _ in self.traffic.calls]

    def create(self, config: str = "one") -> None:
        self.endpoints.create(_SCOPE, {"EndpointName": "e", "EndpointConfigName": config})

    def update(self, config: str) -> None:
        self.endpoints.update(_SCOPE, {"EndpointName": "e", "EndpointConfigName": config})

    def delete(self) -> None:
        self.endpoints.delete(_SCOPE, {"EndpointName": "e"})

    def describe(self) -> dict[str, Any]:
        return self.endpoints.describe(_SCOPE, {"EndpointName": "e"})

    def settled(self) -> dict[str, Any]:
        described = self.endpoints.wait_settled(_SCOPE, "e", _WAIT_SECONDS)
        assert described is not None
        return described

    def wait_for_steps(self, count: int) -> None:
        for _ in range(1000):
            if len(self.traffic.calls) >= count:
                return
            threading.Event().wait(0.01)
        raise TimeoutError(f"only {self.steps}")


@pytest.fixture
def room() -> Iterator[_Room]:
    made = _Room()
    yield made
    made.launcher.gate.set()


def test_an_endpoint_is_creating_until_its_fleet_is_ready(room: _Room) -> None:
    """CreateEndpoint answers at once; Creating becomes InService, and 0 instances become 2."""
    room.launcher.gate.clear()
    room.create()
    creating = room.describe()
    assert creating["EndpointStatus"] == "Creating"
    assert creating["ProductionVariants"][0]["CurrentInstanceCount"] == 0
    assert room.steps == []
    room.launcher.gate.set()
    serving = room.settled()
    assert serving["EndpointStatus"] == "InService"
    assert serving["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert room.steps == ["launch", "publish"]


def test_an_endpoint_that_cant_be_served_is_failed_with_the_reason(room: _Room) -> None:
    """The status becomes Failed, the reason is the launcher's, and nothing was published."""
    room.create("bad")
    failed = room.settled()
    assert (failed["EndpointStatus"], failed["FailureReason"]) == ("Failed", _BAD)
    assert room.steps == []


def test_a_reason_is_cut_at_the_apis_length(room: _Room) -> None:
    """FailureReason has at most 1024 characters."""
    room.launcher.failures = {"bad": "x" * 5000}
    room.create("bad")
    assert len(room.settled()["FailureReason"]) == 1024


def test_an_update_launches_switches_drains_and_stops_in_this_order(room: _Room) -> None:
    """The new fleet is ready before the traffic moves, and the old one finishes before it is stopped."""
    room.create()
    room.settled()
    room.update("two")
    assert room.settled()["EndpointConfigName"] == "two"
    room.wait_for_steps(6)
    (_, old), *_ = room.traffic.calls
    new = room.traffic.calls[2][1]
    assert room.traffic.calls[2:] == [("launch", new), ("publish", new), ("drain", old), ("stop", old)]
    assert new is not old


def test_an_update_that_fails_leaves_the_old_fleet_serving(room: _Room) -> None:
    """The status is InService again, with the reason; config and fleet are the old ones."""
    room.create()
    room.settled()
    room.update("bad")
    after = room.settled()
    assert (after["EndpointStatus"], after["FailureReason"]) == ("InService", _BAD)
    assert after["EndpointConfigName"] == "one"
    assert room.steps == ["launch", "publish"]


def test_the_next_update_clears_the_reason(room: _Room) -> None:
    """FailureReason tells of the last change only."""
    room.create()
    room.settled()
    room.update("bad")
    room.settled()
    room.update("two")
    assert room.settled()["FailureReason"] is None


def test_a_delete_takes_traffic_away_before_it_stops_the_fleet(room: _Room) -> None:
    """Requests under way finish; then the endpoint is gone and its name free."""
    room.create()
    room.settled()
    room.delete()
    assert room.endpoints.wait_settled(_SCOPE, "e", _WAIT_SECONDS) is None
    assert room.steps == ["launch", "publish", "withdraw", "drain", "stop"]
    room.create()
    assert room.settled()["EndpointStatus"] == "InService"


def test_an_endpoint_whose_config_was_deleted_cant_be_updated(room: _Room) -> None:
    """UpdateEndpoint misses the configuration in use; the endpoint goes on serving, and can be deleted."""
    room.create()
    room.settled()
    EndpointConfigs(room.store).delete(_SCOPE, {"EndpointConfigName": "one"})
    with pytest.raises(AwsError, match=r'^Could not find endpoint configuration "arn:aws:.*/one"\.$'):
        room.update("two")
    assert room.settled()["EndpointStatus"] == "InService"
    room.delete()
    assert room.endpoints.wait_settled(_SCOPE, "e", _WAIT_SECONDS) is None


def test_a_failed_endpoint_can_only_be_deleted(room: _Room) -> None:
    """UpdateEndpoint is refused, DeleteEndpoint works."""
    room.create("bad")
    room.settled()
    with pytest.raises(AwsError, match="DeleteEndpoint is the only operation"):
        room.update("one")
    room.delete()
    assert room.endpoints.wait_settled(_SCOPE, "e", _WAIT_SECONDS) is None


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_an_endpoint_in_progress_is_left_alone(room: _Room, operation: str) -> None:
    """While an endpoint is Creating neither update nor delete is taken."""
    room.launcher.gate.clear()
    room.create()
    message = r'^Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e"\.$'
    with pytest.raises(AwsError, match=message):
        room.update("two") if operation == "update" else room.delete()


def test_missing_parts_are_told_in_aws_words(room: _Room) -> None:
    """A missing config, a deleted model, a missing endpoint and a taken name each give their message."""
    with pytest.raises(AwsError, match=r'^Could not find endpoint configuration "arn:aws:.*/z"\.$'):
        room.create("z")
    with pytest.raises(AwsError, match=r'^Could not find endpoint "arn:aws:.*:endpoint/e"\.$'):
        room.describe()
    room.create()
    with pytest.raises(
        AwsError, match=r'^Cannot create already existing endpoint "arn:aws:.*:endpoint/e"\.$'
    ):
        room.create()


def test_waiting_has_an_end(room: _Room) -> None:
    """An endpoint that doesn't settle within the time-out is told."""
    room.launcher.gate.clear()
    room.create()
    with pytest.raises(TimeoutError, match="endpoint e did not settle within 0 s"):
        room.endpoints.wait_settled(_SCOPE, "e", 0.01)


def test_several_endpoints_come_up_side_by_side(room: _Room) -> None:
    """All endpoints are Creating while none is ready, and all become InService together."""
    room.launcher.gate.clear()
    names = ["a", "b", "c"]
    for name in names:
        room.endpoints.create(_SCOPE, {"EndpointName": name, "EndpointConfigName": "one"})
    room.launcher.gate.set()
    settled = [room.endpoints.wait_settled(_SCOPE, name, _WAIT_SECONDS) for name in names]
    assert [each and each["EndpointStatus"] for each in settled] == ["InService"] * 3


def test_an_error_of_ours_becomes_the_endpoints_reason(room: _Room) -> None:
    """An exception that nobody expected doesn't leave the endpoint Creating for ever."""
    room.launcher.gate.clear()
    room.launcher.calls = None  # type: ignore[assignment]  # the launcher then fails in a way nobody expected
    room.create()
    room.launcher.gate.set()
    assert room.settled()["FailureReason"].startswith("The local server failed: AttributeError: ")
