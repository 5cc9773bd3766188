"""`seatrial replay`: days of declared traffic on a deployment, on the laptop's accelerated clock."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli._errors import FAILED, ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT

if TYPE_CHECKING:
    from local.aws.client import LocalAws
    from local.replay import ArmDay, Replay

__all__ = ["replay_traffic"]

_LINE_MINUTES = 720
"""A log gets a line for so many minutes of the replay."""
_MINUTES_PER_DAY = 1440


def replay_traffic(
    deployment: DeploymentPath,
    traffic: Annotated[
        Path,
        typer.Option(
            "--traffic", metavar="FILE", help="a traffic file, such as examples/traffic/half_days.yaml"
        ),
    ],
    keep: Annotated[  # noqa: FBT002 - typer's flag
        bool, typer.Option("--keep", help="leave the laptop's AWS up where this command has started it")
    ] = False,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Deploy DEPLOYMENT to the laptop's AWS, play the traffic of FILE on it, and report the last day.

    Requests are real, time is accelerated: instance-hours, what they cost and what failed, for each of the
    file's arms, beside what planning.control counts for the same day. Exits 1 where a request failed for
    another reason than a missing copy.
    """
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._packaging_display import packaging_lines
        from local.aws.client import LocalAws
        from local.rehearsal import Steps
        from local.replay import load_traffic, replay
        from spec import load_deployment

        file = load_deployment(deployment)
        declared = load_traffic(traffic, file.deployment)
        aws = LocalAws(PROJECT.root)
        with _stopped_afterwards(aws, output, keep=keep):
            found = replay(
                file,
                declared,
                PROJECT.root,
                aws=aws,
                steps=Steps(output.working),
                packaging=packaging_lines(output),
                minutes=lambda passed, total: _tell(output, passed, total),
            )
        _print(output, found)
        output.document(_document(found))
        if not found.sound:
            raise typer.Exit(FAILED)


@contextmanager
def _stopped_afterwards(aws: "LocalAws", output: Output, *, keep: bool) -> Iterator[None]:
    was_up = aws.status().running
    try:
        yield
    finally:
        if was_up or keep:
            output.say("the laptop's AWS stays up; `seatrial local down` stops it")
        else:
            aws.down()


def _tell(output: Output, passed: int, total: int) -> None:
    if passed % _LINE_MINUTES == 0:
        output.say(f"{passed / _MINUTES_PER_DAY:g} of {total / _MINUTES_PER_DAY:g} days have passed")


def _print(output: Output, found: "Replay") -> None:
    output.table(["step", "seconds"], ((step.name, f"{step.seconds:.1f}") for step in found.steps))
    output.line("")
    output.table(["arm", "instance-hours", "USD", "requests", "failed", "%"], map(_row, found.arms))
    output.line("")
    output.table(["arm", "simulated hours", "simulated failed", "peak", "copy-hours"], map(_more, found.arms))
    output.line("")
    for conclusion in found.conclusions:
        output.line(conclusion)
    for arm in found.arms:
        for component in arm.components:
            if component.other_failures:
                output.say(
                    f"{component.label}: {component.other_failures} requests failed for another reason than "
                    f"a missing copy, the first: {component.first_failure}"
                )


def _row(arm: "ArmDay") -> tuple[str, ...]:
    return (
        arm.name,
        f"{arm.instance_hours:.2f}",
        _known(arm.usd, ".2f"),
        str(arm.requests),
        str(arm.failed_requests),
        f"{arm.failed_fraction:.2%}",
    )


def _more(arm: "ArmDay") -> tuple[str, ...]:
    return (
        arm.name,
        _known(arm.simulated_instance_hours, ".2f"),
        _known(arm.simulated_failed_requests, "d"),
        str(arm.peak_instances),
        f"{arm.copy_hours:.2f}",
    )


def _known(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _document(found: "Replay") -> dict[str, object]:
    return {
        "ok": found.sound,
        "steps": [{"name": step.name, "seconds": round(step.seconds, 3)} for step in found.steps],
        "arms": [_arm_document(arm) for arm in found.arms],
        "conclusions": list(found.conclusions),
    }


def _arm_document(arm: "ArmDay") -> dict[str, object]:
    return {
        "name": arm.name,
        "instance_hours": round(arm.instance_hours, 3),
        "simulated_instance_hours": arm.simulated_instance_hours,
        "peak_instances": arm.peak_instances,
        "copy_hours": round(arm.copy_hours, 3),
        "requests": arm.requests,
        "failed_requests": arm.failed_requests,
        "simulated_failed_requests": arm.simulated_failed_requests,
        "failed_fraction": round(arm.failed_fraction, 6),
        "usd": arm.usd,
        "endpoints": [dataclasses.asdict(each) for each in arm.endpoints],
    }
