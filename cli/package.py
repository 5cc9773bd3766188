"""`seatrial package`: build the models of a deployment."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli._errors import ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT

if TYPE_CHECKING:
    from model_packaging.package import PackagedModel

__all__ = ["package"]


def package(
    deployment: DeploymentPath,
    force: Annotated[bool, typer.Option("--force", help="build again what is built already")] = False,  # noqa: FBT002 - typer's flag
    remote: Annotated[  # noqa: FBT002 - typer's flag
        bool, typer.Option("--remote", help="build TensorRT plans in DEPLOYMENT's account")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option("--model", metavar="MODEL", help="this model alone; may be repeated")
    ] = None,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Build every model of DEPLOYMENT into build/; what is built already is skipped."""
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._chosen import chosen_models, without_models
        from cli._packaging_display import packaging_display
        from cli._remote import packages_elsewhere, plans_of
        from model_packaging.package import package_deployment
        from preflight import inspect_artifact
        from spec import load_deployment

        file = chosen_models(load_deployment(deployment), only or ())
        elsewhere = packages_elsewhere(file, output) if remote else ()
        with packaging_display(output) as listen:
            packaged = package_deployment(
                without_models(file, [each.model for each in elsewhere]),
                PROJECT.build_root,
                PROJECT.root,
                inspect=inspect_artifact,
                plans=plans_of(file, output, remote=remote),
                progress=listen,
                force=force,
            )
        packaged = (*elsewhere, *packaged)
        output.table(["model", "", "content key", "MiB", "seconds"], map(_row, packaged))
        findings = [finding for each in packaged for finding in each.manifest.findings]
        if findings:
            output.say(f"{len(findings)} finding(s) recorded; `seatrial check {deployment}` shows them.")
        output.document({"ok": True, "models": list(map(_document, packaged))})


def _row(packaged: "PackagedModel") -> tuple[object, ...]:
    manifest = packaged.manifest
    return (
        packaged.model,
        "built" if packaged.built else "unchanged",
        manifest.content_key[:16],
        f"{manifest.archive.size_bytes / 2**20:.1f}",
        f"{packaged.seconds:.1f}",
    )


def _document(packaged: "PackagedModel") -> dict[str, object]:
    manifest = packaged.manifest
    return {
        "model": packaged.model,
        "built": packaged.built,
        "build_key": manifest.build_key,
        "content_key": manifest.content_key,
        "archive": str(packaged.directory / manifest.archive.file_name),
        "archive_bytes": manifest.archive.size_bytes,
        "findings": len(manifest.findings),
        "seconds": round(packaged.seconds, 3),
    }
