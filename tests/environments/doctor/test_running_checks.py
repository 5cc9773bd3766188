"""Ports, the laptop's AWS, locks, confinement, credentials."""

import pytest

from environments.doctor import Status
from environments.doctor.machine import LaptopFacts, PortFacts
from tests.environments.doctor.machines import result

_HELD = (PortFacts(4577, "Address already in use"), PortFacts(4578))


def test_a_port_that_somebody_holds() -> None:
    """Which, why, and how to choose another."""
    told = result("ports", laptop=LaptopFacts(_HELD))
    assert (told.status, told.found) == (Status.MISSING, "4577 on 127.0.0.1: Address already in use")
    assert "SEATRIAL_LOCAL_PORT=N" in told.remedy


def test_ports_that_the_laptops_aws_holds() -> None:
    """They are where they belong."""
    told = result("ports", laptop=LaptopFacts(_HELD, pid=7, answers=True))
    assert (told.status, told.found) == (Status.OK, "held by the laptop's AWS of this checkout")


def test_a_laptops_aws_that_answers() -> None:
    """One that runs is no finding."""
    told = result("laptop's AWS", laptop=LaptopFacts(_HELD, pid=7, answers=True))
    assert (told.status, told.found) == (Status.OK, "up, process 7")


def test_a_leftover_that_does_not_answer() -> None:
    """How to end it."""
    told = result("laptop's AWS", laptop=LaptopFacts(_HELD, pid=7))
    assert (told.status, told.found) == (Status.DEGRADED, "process 7 doesn't answer")
    assert told.remedy == "Run `seatrial local down`."


def test_a_laptops_aws_that_cant_be_asked() -> None:
    """Its own words are passed on."""
    told = result("laptop's AWS", laptop=LaptopFacts(problem="SEATRIAL_LOCAL_PORT='x' is no port"))
    assert (told.status, told.found) == (Status.DEGRADED, "SEATRIAL_LOCAL_PORT='x' is no port")


def test_a_held_lock() -> None:
    """A lock is the kernel's, so somebody is at work."""
    told = result("locks", held_locks=("setup-app.lock",))
    assert (told.status, told.found) == (Status.DEGRADED, "held: setup-app.lock")


@pytest.mark.parametrize(
    ("namespaces", "landlock", "found", "keeps"),
    [
        (False, 4, "no network namespaces", "keeps the network."),
        (True, 0, "no Landlock", "keeps the right to read and write the user's files."),
        (
            False,
            0,
            "no network namespaces, no Landlock",
            "keeps the network and the right to read and write the user's files.",
        ),
    ],
)
def test_what_a_foreign_model_keeps(namespaces: bool, landlock: int, found: str, keeps: str) -> None:  # noqa: FBT001
    """Less confinement is told, and of what."""
    told = result("confinement", has_network_namespaces=namespaces, landlock_abi=landlock)
    assert (told.status, told.found) == (Status.DEGRADED, found)
    assert keeps in told.meaning


def test_no_credentials_are_no_fault() -> None:
    """They are needed for AWS itself alone."""
    told = result("AWS credentials", credentials="")
    assert (told.status, told.found) == (Status.DEGRADED, "none")
    assert "all else works without" in told.meaning
