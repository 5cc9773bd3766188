"""`seatrial rehearse`: a deployment from package to compared answers, on the laptop."""

import shlex
from typing import TYPE_CHECKING

import typer

from cli._as_of import as_of_lines
from cli._errors import FAILED, ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT

if TYPE_CHECKING:
    from local.rehearsal import CheckedAnswer, Rehearsal

__all__ = ["rehearse_deployment"]


def rehearse_deployment(
    deployment: DeploymentPath,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Package DEPLOYMENT, deploy it to the laptop's AWS, and compare its answers with eager PyTorch's.

    The laptop's AWS stays up. Exits 1 where any answer is wrong.
    """
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._packaging_display import packaging_lines
        from local.aws.client import LocalAws
        from local.rehearsal import Steps, rehearse
        from local.rehearsal.targets import part_of
        from spec import load_deployment

        file = load_deployment(deployment)
        aws = LocalAws(PROJECT.root)
        try:
            rehearsal = rehearse(
                file,
                PROJECT.root,
                aws=aws,
                steps=Steps(output.working),
                progress=packaging_lines(output),
            )
        except BaseException:
            if aws.status().running:
                output.say("the laptop's AWS stays up; `seatrial local down` stops it")
            raise
        status = aws.status()
        for line in as_of_lines(status):
            output.line(line)
        _print(output, rehearsal)
        output.document({**_document(rehearsal), "as_of": status.as_of})
        if not rehearsal.passed:
            output.say("the endpoints do not answer as eager PyTorch does")
            raise typer.Exit(FAILED)
        every = "Every answer equals eager PyTorch's. " if rehearsal.answers else ""
        output.line(f"\n{every}The laptop's AWS stays up:")
        output.line('  eval "$(.venv/bin/seatrial local env)"   points cdk, the AWS CLI and boto3 at it')
        labels = [*(answer.target for answer in rehearsal.answers), *rehearsal.not_compared]
        endpoint, _, key = labels[0].partition(".")
        part = part_of(file.deployment.endpoints[endpoint])
        named = f"{endpoint} --{part} {key}" if part else endpoint
        output.line(f"  .venv/bin/seatrial invoke {shlex.quote(str(deployment))} {named}")
        output.line("  .venv/bin/seatrial local down            stops it")


def _print(output: Output, rehearsal: "Rehearsal") -> None:
    output.table(["step", "seconds"], ((step.name, f"{step.seconds:.1f}") for step in rehearsal.steps))
    output.line("")
    output.table(
        ["target", "batch", "ms", "largest difference", "allowed", ""],
        (
            (
                answer.target,
                answer.batch_size,
                f"{answer.seconds * 1000:.1f}",
                f"{answer.largest_difference:.2g}",
                f"{answer.tolerance.absolute:g} + {answer.tolerance.relative:g} |y|",
                "wrong" if answer.wrong else "equal",
            )
            for answer in rehearsal.answers
        ),
    )
    for answer in rehearsal.answers:
        for wrong in answer.wrong:
            output.line(f"{answer.target}, batch {answer.batch_size}: {wrong}")
    for label in rehearsal.not_compared:
        output.line(f"{label}: deployed and not compared, as its model has no eager reference")


def _document(rehearsal: "Rehearsal") -> dict[str, object]:
    return {
        "ok": rehearsal.passed,
        "steps": [{"name": step.name, "seconds": round(step.seconds, 3)} for step in rehearsal.steps],
        "answers": list(map(_answer_document, rehearsal.answers)),
        "not_compared": list(rehearsal.not_compared),
        "environment": rehearsal.environment,
    }


def _answer_document(answer: "CheckedAnswer") -> dict[str, object]:
    return {
        "target": answer.target,
        "batch_size": answer.batch_size,
        "seconds": round(answer.seconds, 6),
        # JSON has no infinity: where nothing could be compared there is no number.
        "largest_difference": answer.largest_difference if answer.largest_difference < float("inf") else None,
        "tolerance": {"absolute": answer.tolerance.absolute, "relative": answer.tolerance.relative},
        "wrong": list(answer.wrong),
    }
