"""The environments and the programs in them."""

import pytest

from environments.doctor import Status, diagnose
from environments.doctor.machine import EnvironmentFacts, TritonFacts
from tests.environments.doctor.machines import machine, result


@pytest.mark.parametrize(
    ("folder", "without"),
    [
        (".venv", "No command works"),
        (".venv-aws", "The laptop's AWS can't start"),
        (".venv-triton", "a Triton to load models with can't run"),
    ],
)
def test_an_environment_that_is_not_made(folder: str, without: str) -> None:
    """What can't run without it, and how to make it."""
    facts = EnvironmentFacts(folder, "purpose", exists=False, is_current=False)
    told = result(f"environment {folder}", environments=(facts,))
    assert (told.status, told.found) == (Status.MISSING, "not made")
    assert without in told.meaning
    assert told.remedy.startswith("Run `make setup`")


def test_a_stale_environment_is_degraded() -> None:
    """It may work, on other versions than the tests had."""
    facts = EnvironmentFacts(".venv", "seatrial and the tests", is_current=False)
    told = result("environment .venv", environments=(facts,))
    assert (told.status, told.found) == (Status.DEGRADED, "not equal to its pins")
    assert told.meaning.startswith("Seatrial and the tests may run on other versions")


def test_an_environment_on_request_is_not_missed() -> None:
    """The one of checkov is made for those who name it."""
    assert "environment .venv-checkov" not in {each.name for each in diagnose(machine()).results}


def test_elsewhere_only_the_apps_environment_is_wanted() -> None:
    """Those of the servers can't be made there, so nobody is sent to make them."""
    facts = (
        EnvironmentFacts(".venv", "x", is_current=False),
        EnvironmentFacts(".venv-triton", "y", exists=False),
    )
    told = diagnose(machine(system="Darwin", architecture="arm64", libc="", environments=facts)).results
    named = {each.name: each for each in told}
    assert "environment .venv-triton" not in named
    assert named["environment .venv"].remedy.startswith("Run `python3 -m environments app`")


@pytest.mark.parametrize(
    ("changed", "found"),
    [({"node": ""}, "Node of .venv doesn't start"), ({"cdk": ""}, "the CDK CLI of .venv doesn't start")],
)
def test_a_cdk_that_does_not_start(changed: dict[str, str], found: str) -> None:
    """Which of both is named; what works without is, too."""
    told = result("cdk", **changed)
    assert (told.status, told.found) == (Status.MISSING, found)
    assert "Works without: `seatrial package`" in told.meaning


def test_a_triton_that_does_not_start_says_why() -> None:
    """The reason is local/triton's own, which says what to do."""
    told = result("triton", triton=TritonFacts("0.7.0", "needs libpython3.11.so.1.0: install libpython3.11"))
    assert (told.status, told.found) == (Status.MISSING, "needs libpython3.11.so.1.0: install libpython3.11")
    assert "run the doctor again" in told.remedy


def test_a_triton_that_was_not_found() -> None:
    """Without a reason the set-up is the remedy."""
    told = result("triton", triton=TritonFacts())
    assert (told.status, told.found) == (Status.MISSING, "not found")
    assert "`make setup`" in told.remedy


def test_a_triton_elsewhere_is_the_platforms_matter() -> None:
    """No package to install helps there."""
    told = result("triton", system="Darwin", libc="", triton=TritonFacts(problem="x"))
    assert (told.found, told.remedy) == ("not for this platform", "See platform.")


def test_no_torch() -> None:
    """Nothing can be exported; what is packaged already deploys."""
    told = result("torch", torch="")
    assert (told.status, told.found) == (Status.MISSING, "not in .venv")
    assert "can't export" in told.meaning


def test_torch_for_cuda_takes_room() -> None:
    """It works, and the smaller build is named."""
    told = result("torch", torch="2.13.0", torch_cuda="13.0")
    assert (told.status, told.found) == (Status.DEGRADED, "2.13.0 for CUDA 13.0")
    assert "PIP_EXTRA_INDEX_URL" in told.remedy
