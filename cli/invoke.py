"""`seatrial invoke`: one request to one endpoint."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli._answer_display import show_answer, show_streamed
from cli._errors import ending_in_words
from cli._invoked import invoked_target
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output
from cli._project import PROJECT
from cli._refusal import refuse

if TYPE_CHECKING:
    from local.rehearsal.targets import Part
    from model_packaging.artifact import Manifest

__all__ = ["invoke"]

_INFERENCE_TYPE = "SAGEMAKER_TRITON_INFERENCE_TYPE"
"""What the Triton image's `serve` reads to know how a container answers."""


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
    model: Annotated[
        str | None, typer.Option("--model", help="the model's key, where ENDPOINT is a multi-model one")
    ] = None,
    container: Annotated[
        str | None,
        typer.Option("--container", help="the container's key, where ENDPOINT is invoked directly"),
    ] = None,
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="seconds to wait for a component that is scaled to zero")
    ] = 0.0,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Send one request to ENDPOINT, at AWS or on the laptop, whichever DEPLOYMENT's account says."""
    output = Output(as_json=json)
    with ending_in_words(output):
        from cli._clients import runtime_client_of
        from cli._manifests import manifest_of
        from invocation import EndpointClient
        from local.rehearsal.targets import signature_of, target_model_of
        from spec import load_deployment

        file = load_deployment(deployment)
        options: dict[Part, str | None] = {"component": component, "model": model, "container": container}
        target = invoked_target(output, file, endpoint, options)
        builds = PROJECT.build_root / file.deployment.name
        manifests = [manifest_of(file, name, PROJECT.build_root) for name in target.models]
        folder, manifest = builds / target.models[0], manifests[0]
        client = EndpointClient(
            runtime_client_of(file.deployment),
            endpoint_name=target.endpoint_name,
            signature=signature_of(manifests),
            layout=manifest.layout,
            max_batch_size=manifest.max_batch_size,
            component_name=target.component_name,
            target_model=target_model_of(target, manifests),
            target_container_hostname=target.container_hostname,
            capacity_timeout_seconds=wait,
        )
        inputs = _inputs(output, data, folder, manifest)
        environment = file.deployment.models[target.models[-1]].container.environment
        match environment.get(_INFERENCE_TYPE):
            case "generate_stream":
                show_streamed(output, client.stream(inputs))
            case "generate":
                show_answer(output, client.generate(inputs))
            case _:
                show_answer(output, client.infer(inputs))


def _inputs(output: Output, data: Path | None, folder: Path, manifest: "Manifest") -> Any:  # noqa: ANN401 - arrays by name
    from invocation import read_data_file
    from model_packaging.eager.samples import read_samples

    if data is not None:
        return read_data_file(data, manifest.signature)
    if manifest.samples is None:
        refuse(output, f"{manifest.model} has no recorded sample: give a request with --data.")
    samples = folder / manifest.samples.file_name
    if not samples.exists():
        refuse(output, f"{samples} is not there: package the model, or give a request with --data.")
    return read_samples(samples)[0].inputs
