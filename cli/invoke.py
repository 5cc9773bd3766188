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


def invoke(  # noqa: PLR0917 - typer reads options from the signature
    deployment: DeploymentPath,
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="the endpoint's key in DEPLOYMENT")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="inputs: KServe v2 JSON, .npy or .npz; a recorded sample without it"),
    ] = None,
    component: Annotated[
        str | None, typer.Option("--component", help="the component's key, where ENDPOINT has components")
    ] = None,
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="seconds to wait for a component that is scaled to zero")
    ] = 0.0,
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
        served, component_name = _served(output, file, endpoint, component)
        folder = PROJECT.build_root / file.deployment.name / served
        manifest = read_manifest(folder / MANIFEST_FILE_NAME)
        client = EndpointClient(
            runtime_client_of(file.deployment),
            endpoint_name=file.deployment.endpoint_name(endpoint),
            signature=manifest.signature,
            layout=manifest.layout,
            component_name=component_name,
            capacity_timeout_seconds=wait,
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


def _served(
    output: Output, file: "DeploymentFile", endpoint: str, component: str | None
) -> tuple[str, str | None]:
    """Return the model that answers and, where a component serves it, that component's name."""
    deployment = file.deployment
    if endpoint not in deployment.endpoints:
        _refuse(output, f"{file.path} has no endpoint", endpoint, list(deployment.endpoints))
    shared = deployment.component_endpoints.get(endpoint)
    if shared is None:
        if component is not None:
            _refuse(output, f"the endpoint {endpoint!r} has no component", component, [])
        return deployment.realtime_endpoints[endpoint].model, None
    keys = list(shared.components)
    if component is None:
        _refuse(output, f"the endpoint {endpoint!r} needs --component, not", "", keys)
    if component not in shared.components:
        _refuse(output, f"the endpoint {endpoint!r} has no component", component, keys)
    return shared.components[component].model, deployment.component_name(endpoint, component)


def _refuse(output: Output, what: str, name: str, keys: list[str]) -> NoReturn:
    near = get_close_matches(name, keys, n=1)
    words = f"{what} {name!r}; it has {', '.join(keys) or 'none'}."
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
