"""`seatrial check`: all findings of a deployment, in its file and in its synthesized templates."""

import typer

from cli._errors import ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT

__all__ = ["check"]


def check(deployment: DeploymentPath, json: JsonFlag = False) -> None:  # noqa: FBT002 - typer's flag
    """Find what AWS, SageMaker or Triton would refuse of DEPLOYMENT; exit 0 clean, 1 findings.

    The templates are synthesized and checked once the file itself has no errors.
    """
    output = Output(as_json=json)
    with ending_in_words(output):
        from preflight import Report, check_deployment
        from preflight.synthesized import check_synthesized
        from spec import load_deployment

        file = load_deployment(deployment)
        report = check_deployment(file, PROJECT.build_root, PROJECT.root)
        if report.errors:
            output.say("the templates are checked once these errors are mended")
        else:
            with output.working("synthesizing the templates"):
                found = check_synthesized(deployment, PROJECT.root)
            report = Report((*report.findings, *found))
        output.line(report.render_terminal())
        output.document(report.to_document())
        raise typer.Exit(report.exit_code)
