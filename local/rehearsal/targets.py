"""What of a deployment answers requests: its real-time endpoints, and the components of its shared ones."""

from dataclasses import dataclass

from spec import Deployment

__all__ = ["Target", "targets_of"]


@dataclass(frozen=True, slots=True)
class Target:
    """Something that answers requests.

    Attributes:
        label: as a user finds it in the deployment file: ``dedicated``, or ``shared.classifier``.
        endpoint_name: the endpoint's name at AWS.
        component_name: the component's name at AWS; None for an endpoint that serves one model.
        model: the model's name in the deployment file.
    """

    label: str
    endpoint_name: str
    component_name: str | None
    model: str


def targets_of(deployment: Deployment) -> tuple[Target, ...]:
    """Return everything that answers, in the order of the deployment file."""
    targets = []
    for key in deployment.endpoints:
        endpoint_name = deployment.endpoint_name(key)
        if key in deployment.realtime_endpoints:
            model = deployment.realtime_endpoints[key].model
            targets.append(Target(key, endpoint_name, None, model))
            continue
        for name, component in deployment.component_endpoints[key].components.items():
            component_name = deployment.component_name(key, name)
            targets.append(Target(f"{key}.{name}", endpoint_name, component_name, component.model))
    return tuple(targets)
