"""How many instances a deployment takes of each quota: at rest, at most, and while an endpoint is updated."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.quotas import ACTIVE_INSTANCES_QUOTA, instance_type_quota
from spec import ComponentEndpoint, Deployment, HostedEndpoint

__all__ = ["Demand", "demands"]


@dataclass(frozen=True, slots=True)
class Demand:
    """What the endpoints of a deployment take of one quota.

    Attributes:
        quota: its name.
        at_rest: instances as the deployment creates them.
        most: instances where everything has scaled out.
        largest_update: the instances that an update starts beside those at rest: of one endpoint at a time,
            the largest. Source: SageMaker Developer Guide, blue/green deployments: the new fleet is there
            before the old one goes.
        place: in the deployment file, of the endpoint that takes most.
    """

    quota: str
    at_rest: int
    most: int
    largest_update: int
    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    key: str
    instance_type: str | None
    at_rest: int
    most: int
    update: int


def demands(deployment: Deployment) -> tuple[Demand, ...]:
    """Return the demand of each quota that an endpoint counts against, by the quotas' names."""
    taken = [*_hosted(deployment), *_shared(deployment)]
    types = sorted({each.instance_type for each in taken if each.instance_type is not None})
    found = [
        _demand(instance_type_quota(name), [each for each in taken if each.instance_type == name])
        for name in types
    ]
    return (*found, _demand(ACTIVE_INSTANCES_QUOTA, taken)) if taken else ()


def _demand(quota: str, taken: list[_Taken]) -> Demand:
    by_endpoint = Counter[str]()
    for each in taken:
        by_endpoint[each.key] += each.most
    key, _ = by_endpoint.most_common(1)[0]
    return Demand(
        quota,
        sum(each.at_rest for each in taken),
        sum(each.most for each in taken),
        max(each.update for each in taken),
        ("endpoints", key, "instances"),
    )


def _hosted(deployment: Deployment) -> Iterator[_Taken]:
    for key, endpoint in deployment.hosted_endpoints.items():
        count = endpoint.instances.count
        yield _Taken(key, endpoint.instances.type, count, _most(endpoint), count)


def _most(endpoint: HostedEndpoint) -> int:
    scaling = endpoint.scaling
    if scaling is None:
        return endpoint.instances.count
    scheduled = [action.max for action in scaling.scheduled.values() if action.max is not None]
    return max(endpoint.instances.count, scaling.max, *scheduled)


def _shared(deployment: Deployment) -> Iterator[_Taken]:
    """Yield what endpoints of components take: their instances stay in an update, which replaces copies.

    Of several pools nobody knows which will have instances: they count among all instances alone.
    """
    for key, endpoint in deployment.component_endpoints.items():
        names = endpoint.instances.type_names
        only = names[0] if len(names) == 1 else None
        yield _Taken(key, only, endpoint.instances.min, _most_shared(endpoint), 0)


def _most_shared(endpoint: ComponentEndpoint) -> int:
    scaling = endpoint.instances.scaling
    scheduled = [action.max for action in scaling.scheduled.values() if action.max] if scaling else []
    return max(endpoint.instances.max, *scheduled, 0)
