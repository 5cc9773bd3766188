"""`seatrial check`: will it deploy? Of a deployment file, a model repository, or a model.tar.gz."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli._check_request import CheckRequest, PathKind, environment_of
from cli._errors import ending_in_words
from cli._options import JsonFlag
from cli._output import Output

if TYPE_CHECKING:
    from preflight.bare import ServingContext

__all__ = ["check"]


def check(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="a deployment file, a Triton repository's folder, or a model.tar.gz"
        ),
    ],
    *,
    run: Annotated[
        bool, typer.Option("--run", help="also load each model into a real server here, and ask it")
    ] = False,
    aws: Annotated[
        bool, typer.Option("--aws", help="also ask the deployment's account: quotas, images, roles")
    ] = False,
    instance_type: Annotated[
        str | None, typer.Option(metavar="TYPE", help="what a folder or an archive is to be served on")
    ] = None,
    image_tag: Annotated[
        str | None,
        typer.Option(metavar="YY.MM", help="the release of AWS's Triton image that is to serve it"),
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="where it is to be served; us-east-1 by default")
    ] = None,
    env: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="of its container; may be repeated")
    ] = None,
    golden: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="requests with their answers, for --run; may be repeated"),
    ] = None,
    sarif: Annotated[
        Path | None, typer.Option(metavar="FILE", help="also write the findings there, as SARIF")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Find what AWS, SageMaker or Triton would refuse of PATH; exit 0 clean, 1 findings.

    Of a deployment file the templates are synthesized and checked once the file itself has no errors. A
    folder or an archive is read as it is, and nothing in it is run, but with --run.
    """
    request = CheckRequest(
        path,
        run=run,
        aws=aws,
        instance_type=instance_type,
        image_tag=image_tag,
        region=region,
        env=env or (),
        golden=golden or (),
    )
    kind = request.kind()
    context = None if kind is PathKind.DEPLOYMENT else _context(request)
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._check_runs import check_artifact, check_deployment_file

        if context is None:
            result = check_deployment_file(request, output)
        else:
            result = check_artifact(request, context, output)
        if sarif is not None:
            from cli._sarif_file import write_sarif

            write_sarif(result.report, path, sarif, output)
        if result.trial is not None:
            output.line(result.trial.render_terminal())
        output.line(result.report.render_terminal())
        output.document(result.to_document())
        raise typer.Exit(result.report.exit_code)


def _context(request: CheckRequest) -> "ServingContext":
    """Return where the artifact is to be served; what can't be is wrong usage."""
    from preflight.bare import ContextError, ServingContext
    from preflight.bare.context import DEFAULT_REGION

    environment = environment_of(request.env)
    try:
        return ServingContext(
            request.instance_type, request.image_tag, request.region or DEFAULT_REGION, environment
        )
    except ContextError as error:
        raise typer.BadParameter(str(error)) from error
