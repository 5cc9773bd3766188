"""The platform, Python, make and git."""

import pytest

from environments.doctor import Status
from tests.environments.doctor.machines import machine, result


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"system": "Darwin", "architecture": "arm64", "libc": ""}, "Darwin on arm64, no glibc"),
        ({"architecture": "aarch64"}, "Linux on aarch64, glibc 2.36"),
        ({"libc": "glibc 2.31"}, "Linux on x86_64, glibc 2.31"),
        ({"libc": ""}, "Linux on x86_64, no glibc"),
        ({"system": "", "architecture": "", "libc": ""}, " on , no glibc"),
    ],
)
def test_another_platform_is_told_what_works_there(changed: dict[str, str], found: str) -> None:
    """Static checks, synth and deploys to AWS work anywhere; servers need what Triton's wheel needs."""
    told = result("platform", **changed)
    assert (told.status, told.found) == (Status.MISSING, found)
    assert "`make local`, `seatrial rehearse`" in told.meaning
    assert told.meaning.endswith("Work without: `seatrial check`, `cdk synth` and deploys to AWS.")
    assert "glibc 2.35 or newer" in told.remedy


@pytest.mark.parametrize("libc", ["glibc 2.35", "glibc 2.41", "glibc 3.0"])
def test_the_wheels_platform_is_able(libc: str) -> None:
    """Triton's wheel is tagged manylinux_2_35_x86_64."""
    assert result("platform", libc=libc).status is Status.OK


def test_a_libc_of_no_number_is_none() -> None:
    """What can't be read as a version isn't taken for one."""
    assert machine(libc="glibc next").glibc == ()


@pytest.mark.parametrize("version", ["3.11.7", "3.12.1"])
def test_a_supported_python_is_enough(version: str) -> None:
    """Both that every pin has wheels for."""
    assert result("python", python=version).status is Status.OK


def test_another_python_takes_one_on_path() -> None:
    """The set-up looks there, too."""
    told = result("python", python="3.13.0", other_pythons=("/usr/bin/python3.12",))
    assert (told.status, told.found) == (Status.OK, "Python 3.13.0; /usr/bin/python3.12")


def test_no_supported_python() -> None:
    """Nothing can be made, and which to install is said."""
    told = result("python", python="3.13.0")
    assert (told.status, told.found) == (Status.MISSING, "Python 3.13.0")
    assert told.remedy.startswith("Install Python 3.11 or 3.12 with its venv module")


def test_python_without_venv() -> None:
    """Debian packs it apart: the package is named."""
    told = result("python", has_venv=False)
    assert (told.status, told.found) == (Status.MISSING, "Python 3.11.7 without venv")
    assert "`apt-get install python3.11-venv`" in told.remedy


def test_without_make_commands_work() -> None:
    """Targets have a longer form."""
    told = result("make", programs={"git": "/usr/bin/git"})
    assert (told.status, told.found) == (Status.DEGRADED, "not on PATH")
    assert "`python3 -m environments`" in told.remedy


def test_without_git_no_commit_is_named() -> None:
    """Manifests lack it, and nothing else."""
    told = result("git", programs={"make": "/usr/bin/make"})
    assert told.status is Status.DEGRADED
    assert "don't name the commit" in told.meaning
