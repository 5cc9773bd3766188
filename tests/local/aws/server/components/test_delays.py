"""Instances and copies that take their time on the server's clock."""

import json
import threading

import pytest

from local.aws.server.components.delays import Delays, DelayTimes, answer_delays
from local.aws.server.components.instances import VariantInstances
from planning.control.instance_scaling import ManagedInstanceScaling, ScaleInPolicy
from planning.control.packing import Scheduling
from planning.control.resources import Copy, Resources

_WHOLE = Resources(1, 4.0, 16384)


class _Room:
    """A clock, and instances by it, each of which has room for one copy."""

    def __init__(self, delays: Delays) -> None:
        self.now = 1000.0
        scaling = ManagedInstanceScaling(0, 2, ScaleInPolicy(idle_release_delay_seconds=600))
        self.instances = VariantInstances(
            "ml.g4dn.xlarge", _WHOLE, 0, scaling, ["a"], now=lambda: self.now, delays=delays
        )

    def place(self, copy_id: str) -> float:
        """Place a copy, and return how long from now until it may answer."""
        assert self.instances.add([Copy(copy_id, "c", _WHOLE)], Scheduling()) == ()
        return self.instances.answer_at([copy_id]) - self.now


def test_nothing_takes_time_unless_somebody_says_so() -> None:
    """The laptop's own: an instance is there at once, and so may its copy be."""
    assert _Room(Delays()).place("1") == 0


def test_a_copy_waits_for_its_instance_and_then_for_itself() -> None:
    """On an instance that is there, for itself alone."""
    delays = Delays()
    delays.put(DelayTimes(300, 180))
    room = _Room(delays)
    assert room.place("1") == 480
    room.now += 400
    room.instances.remove(["1"])
    assert room.place("2") == 180
    assert room.instances.count == 1


def test_a_copy_that_joins_an_instance_on_its_way_waits_for_the_rest() -> None:
    """What has passed of its provisioning does not pass again."""
    delays = Delays()
    delays.put(DelayTimes(300, 180))
    room = _Room(delays)
    room.place("1")
    room.instances.remove(["1"])
    room.now += 100
    assert room.place("2") == 380


def test_an_idle_instance_goes_when_the_delays_say() -> None:
    """Else when the scaling does."""
    delays = Delays()
    room = _Room(delays)
    room.place("1")
    room.instances.remove(["1"])
    room.now += 60
    room.instances.release()
    assert room.instances.count == 1
    delays.put(DelayTimes(idle_release_seconds=60))
    room.instances.release()
    assert room.instances.count == 0


def test_a_request_sets_them_and_takes_them_back() -> None:
    """It answers what is in force; what it leaves out is as at first."""
    delays = Delays()
    asked = {"provisioning_seconds": 300, "copy_start_seconds": 180, "idle_release_seconds": 60}
    answer = answer_delays(delays, json.dumps(asked).encode())
    assert (answer.status, json.loads(answer.body)) == (200, asked)
    assert delays.times == DelayTimes(300, 180, 60)
    assert answer_delays(delays, b'{"idle_release_seconds": null}').status == 200
    assert delays.times == DelayTimes()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"3",
        b'{"minutes": 1}',
        b'{"provisioning_seconds": -1}',
        b'{"copy_start_seconds": 86401}',
        b'{"copy_start_seconds": null}',
        b'{"provisioning_seconds": "soon"}',
        b'{"provisioning_seconds": NaN}',
    ],
)
def test_a_wrong_request_changes_nothing(body: bytes) -> None:
    """It is refused, and says what is allowed."""
    delays = Delays()
    answer = answer_delays(delays, body)
    assert answer.status == 400
    assert (
        "provisioning_seconds, copy_start_seconds, idle_release_seconds" in json.loads(answer.body)["message"]
    )
    assert delays.times == DelayTimes()


def test_they_are_put_from_any_thread() -> None:
    """What one thread puts, another reads."""
    delays = Delays()
    putting = threading.Thread(target=lambda: delays.put(DelayTimes(1, 2, 3)))
    putting.start()
    putting.join()
    assert delays.times == DelayTimes(1, 2, 3)
