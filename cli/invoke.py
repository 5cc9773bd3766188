"""`seatrial invoke`: one request to one endpoint."""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli._errors import FAILED, ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT

if TYPE_CHECKING:
    from model_packaging.artifact import Manifest
    from spec import DeploymentFile

__all__ = ["invoke"]

_SHOWN_VALUES = 4


def invoke(
    deployment: DeploymentPath,
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="the endpoint's key in DEPLOYMENT")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="inputs: KServe v2 JSON, .npy or .npz; a recorded sample without it"),
    ] = None,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Send one request to ENDPOINT, at AWS or on the laptop, whichever DEPLOYMENT's account says."""
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._runtime import runtime_client_of
        from invocation import EndpointClient
        from model_packaging.artifact import MANIFEST_FILE_NAME, read_manifest
        from spec import load_deployment

        file = load_deployment(deployment)
        declared = file.deployment.endpoints.get(endpoint)
        if declared is None:
            _refuse(output, file, endpoint)
        folder = PROJECT.build_root / file.deployment.name / declared.model
        manifest = read_manifest(folder / MANIFEST_FILE_NAME)
        client = EndpointClient(
            runtime_client_of(file.deployment),
            endpoint_name=file.deployment.endpoint_name(endpoint),
            signature=manifest.signature,
        )
        answer = client.infer(_inputs(data, folder, manifest))
        output.table(
            ["output", "shape", "first values"],
            ((name, list(array.shape), _shown(array)) for name, array in answer.outputs.items()),
        )
        output.line(f"answered by {answer.variant} in {answer.seconds * 1000:.1f} ms")
        output.document(
            {
                "ok": True,
                "variant": answer.variant,
                "seconds": round(answer.seconds, 6),
                "outputs": {name: _values(array) for name, array in answer.outputs.items()},
            }
        )


def _refuse(output: Output, file: "DeploymentFile", endpoint: str) -> NoReturn:
    keys = list(file.deployment.endpoints)
    near = get_close_matches(endpoint, keys, n=1)
    words = f"{file.path} has no endpoint {endpoint!r}; it has {', '.join(keys) or 'none'}."
    words += f" Did you mean {near[0]!r}?" if near else ""
    output.say(words)
    output.document({"ok": False, "error": words})
    raise typer.Exit(FAILED)


def _shown(array: Any) -> str:  # noqa: ANN401 - an array of any data type
    """Return the first values as a reader wants them, in fewer digits than they have."""
    values = array.ravel()[:_SHOWN_VALUES].tolist()
    words = ", ".join(f"{value:.5g}" if isinstance(value, float) else str(value) for value in values)
    return f"{words}, ..." if array.size > _SHOWN_VALUES else words


def _values(array: Any) -> list[Any]:  # noqa: ANN401 - an array of any data type
    """Nest an array as JSON has it: JSON knows no NaN and no infinity, so these become null."""
    import numpy as np

    if np.issubdtype(array.dtype, np.floating):
        array = np.where(np.isfinite(array), array.astype(object), None)
    elif array.dtype == object:
        array = np.vectorize(lambda value: value.decode(errors="replace"), otypes=[object])(array)
    values: list[Any] = array.tolist()
    return values


def _inputs(data: Path | None, folder: Path, manifest: "Manifest") -> Any:  # noqa: ANN401 - arrays by name
    from invocation import read_data_file
    from model_packaging.samples import read_samples

    if data is not None:
        return read_data_file(data, manifest.signature)
    return read_samples(folder / manifest.samples.file_name)[0].inputs
