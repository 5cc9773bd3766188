"""Who gets requests in a replay: the components of the arms' endpoints."""

from dataclasses import dataclass

from local.replay.traffic import Traffic
from spec import Deployment

__all__ = ["Player", "players_of"]


@dataclass(frozen=True, slots=True)
class Player:
    """One component that gets requests.

    Attributes:
        label: ``endpoint.component``, as in the deployment file.
        endpoint: its endpoint's key there.
        endpoint_name: that endpoint's name at AWS.
        component_name: its own.
        model: the model's name in the deployment file.
        per_minute: how many requests each minute of the day has.
    """

    label: str
    endpoint: str
    endpoint_name: str
    component_name: str
    model: str
    per_minute: tuple[int, ...]


def players_of(deployment: Deployment, traffic: Traffic) -> tuple[Player, ...]:
    """Return every component that the arms name, in their order."""
    return tuple(
        Player(
            label=f"{endpoint}.{component}",
            endpoint=endpoint,
            endpoint_name=deployment.endpoint_name(endpoint),
            component_name=deployment.component_name(endpoint, component),
            model=deployment.component_endpoints[endpoint].components[component].model,
            per_minute=traffic.per_minute(name),
        )
        for arm in traffic.arms
        for endpoint, components in arm.endpoints.items()
        for component, name in components.items()
    )
