"""What of a deployment answers requests: each endpoint, or what a request has to name besides it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from model_packaging.artifact import Manifest, Signature
from spec import ComponentEndpoint, Deployment, Endpoint, HostedEndpoint, MultiModelEndpoint, PipelineEndpoint

__all__ = ["Part", "Target", "part_of", "signature_of", "target_model_of", "targets_of"]

Part = Literal["component", "model", "container"]
"""What a request names besides its endpoint."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that answers requests.

    Attributes:
        endpoint_key: in the deployment file.
        endpoint_name: the endpoint's name at AWS.
        models: the keys of the models that a request goes through, in their order; mostly one.
        key: of the component, the model or the container that a request names; None where it names none.
        component_name: the component's name at AWS; None where none is named.
        container_hostname: None where no container is named.
        is_multi_model: whether the request names the model's archive.
    """

    endpoint_key: str
    endpoint_name: str
    models: tuple[str, ...]
    key: str | None = None
    component_name: str | None = None
    container_hostname: str | None = None
    is_multi_model: bool = False

    @property
    def label(self) -> str:
        """As a user finds it in the deployment file: ``dedicated``, or ``shared.classifier``."""
        return self.endpoint_key if self.key is None else f"{self.endpoint_key}.{self.key}"


def targets_of(deployment: Deployment) -> tuple[Target, ...]:
    """Return everything that answers, in the order of the deployment file."""
    return tuple(
        target for key, endpoint in deployment.endpoints.items() for target in _of(deployment, key, endpoint)
    )


def part_of(endpoint: Endpoint) -> Part | None:
    """Return what a request to ``endpoint`` names besides it; None where it names nothing."""
    if isinstance(endpoint, ComponentEndpoint):
        return "component"
    if isinstance(endpoint, MultiModelEndpoint):
        return "model"
    direct = isinstance(endpoint, PipelineEndpoint) and endpoint.inference_execution_mode == "Direct"
    return "container" if direct else None


def signature_of(manifests: Sequence[Manifest]) -> Signature:
    """Return what a request through these models takes, and what it is answered."""
    first, last = manifests[0].signature, manifests[-1].signature
    return Signature(first.inputs, last.outputs, batched=first.batched)


def target_model_of(target: Target, manifests: Sequence[Manifest]) -> str | None:
    """Return the ``TargetModel`` of a request; None where it names none.

    Archives are called by their content keys, in the build folder and in Amazon S3.
    """
    return manifests[0].archive.file_name if target.is_multi_model else None


def _of(deployment: Deployment, key: str, endpoint: Endpoint) -> Iterator[Target]:
    name = deployment.endpoint_name(key)
    if isinstance(endpoint, ComponentEndpoint):
        for each, component in endpoint.components.items():
            component_name = deployment.component_name(key, each)
            yield Target(key, name, (component.model,), each, component_name=component_name)
    elif isinstance(endpoint, MultiModelEndpoint):
        for each in endpoint.models:
            yield Target(key, name, (each,), each, is_multi_model=True)
    elif part_of(endpoint) == "container":
        for each, container in _containers(endpoint):
            yield Target(key, name, (container,), each, container_hostname=each)
    else:
        yield Target(key, name, endpoint.served)


def _containers(endpoint: HostedEndpoint) -> Iterator[tuple[str, str]]:
    if isinstance(endpoint, PipelineEndpoint):
        for hostname, each in endpoint.containers.items():
            yield hostname, each.model
