"""Checks of what is there before anything of ours: the platform, Python, make and git."""

from environments.doctor.machine import Machine
from environments.doctor.result import Result, Status

__all__ = ["ELSEWHERE", "SERVERS", "check_git", "check_make", "check_platform", "check_python"]

SERVERS = "`make local`, `seatrial rehearse`, `replay`, `local up` and a Triton to load models with"
ELSEWHERE = "`seatrial check`, `cdk synth` and deploys to AWS"
_SUPPORTED = ("3.11", "3.12")


def check_platform(machine: Machine) -> Result:
    """Want Linux on x86_64 with glibc 2.35: nvidia-pytriton's wheel is tagged manylinux_2_35_x86_64."""
    words = f"{machine.system} on {machine.architecture}, {machine.libc or 'no glibc'}"
    if machine.runs_servers:
        return Result("platform", Status.OK, words)
    return Result(
        "platform",
        Status.MISSING,
        words,
        f"{SERVERS} can't run here. Work without: {ELSEWHERE}.",
        "Use Linux on x86_64 with glibc 2.35 or newer (Debian 12, Ubuntu 22.04), in a virtual machine or on "
        "another computer, for what can't run here.",
    )


def check_python(machine: Machine) -> Result:
    """Want Python 3.11 or 3.12 with venv: numpy < 2, which Triton's stub needs, has no wheels for 3.13."""
    this = ".".join(machine.python.split(".")[:2])
    if this in _SUPPORTED and machine.has_venv:
        return Result("python", Status.OK, f"Python {machine.python} with venv")
    if machine.other_pythons:
        return Result("python", Status.OK, f"Python {machine.python}; {', '.join(machine.other_pythons)}")
    if this in _SUPPORTED:
        return Result(
            "python",
            Status.MISSING,
            f"Python {machine.python} without venv",
            "No environment can be made, so nothing runs.",
            f"Install the venv module (Debian, Ubuntu: `apt-get install python{this}-venv`).",
        )
    return Result(
        "python",
        Status.MISSING,
        f"Python {machine.python}",
        "No environment can be made, so nothing runs.",
        "Install Python 3.11 or 3.12 with its venv module, so that python3.11 or python3.12 is on PATH.",
    )


def check_make(machine: Machine) -> Result:
    """Want make: only the Makefile's targets are shorter with it."""
    if "make" in machine.programs:
        return Result("make", Status.OK, machine.programs["make"])
    return Result(
        "make",
        Status.DEGRADED,
        "not on PATH",
        "The Makefile's targets don't run; every command works without.",
        "Install make, or run `python3 -m environments` for `make setup`, and then `.venv/bin/seatrial "
        "rehearse deployments/local.yaml` for `make local`.",
    )


def check_git(machine: Machine) -> Result:
    """Want git: a manifest names the commit that a model was built from (model_packaging/provenance.py)."""
    if "git" in machine.programs:
        return Result("git", Status.OK, machine.programs["git"])
    return Result(
        "git",
        Status.DEGRADED,
        "not on PATH",
        "Everything works; manifests and bills of materials don't name the commit of a model.",
        "Install git.",
    )
