import random
from collections import Counter

import pytest

from local.aws.server.components.routes import ComponentRoute, ComponentRoutes, RoutedComponent
from local.aws.server.fleet import VariantServer
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan
from tests.local.aws.server.fakes import FakeServer

_SCOPE = Scope("000000000000", "us-east-1")


def _component(strategy: str = "LEAST_OUTSTANDING_REQUESTS") -> RoutedComponent:
    return RoutedComponent(_SCOPE, "c", "e", strategy)


def _copy(port: int | None = 1) -> VariantServer:
    return VariantServer("v", 1.0, ServingPlan("m", ("m",), ()), FakeServer(http_port=port))


def _routes() -> ComponentRoutes:
    return ComponentRoutes(random.Random(7))  # noqa: S311 - spreads load, guards nothing


def _route(*copies: VariantServer, strategy: str = "LEAST_OUTSTANDING_REQUESTS") -> ComponentRoute:
    routes = _routes()
    routes.put(_component(strategy), copies)
    found = routes.find(_SCOPE, "e", "c")
    assert found is not None
    return found


def _loads(route: ComponentRoute, count: int) -> list[int]:
    """Send requests that never end, and return how many each copy got."""
    for _ in range(count):
        backend = route.pick()
        assert backend is not None
        backend.begin()
    return sorted(copy.in_flight for copy in route.copies)


@pytest.mark.parametrize("strategy", ["LEAST_OUTSTANDING_REQUESTS", "PREFIX_AWARE"])
def test_least_outstanding_requests_spreads_evenly(strategy: str) -> None:
    """Nine requests in flight are three for each of three copies; PREFIX_AWARE is routed alike."""
    assert _loads(_route(_copy(1), _copy(2), _copy(3), strategy=strategy), 9) == [3, 3, 3]


def test_random_heeds_no_requests_in_flight() -> None:
    """A copy with a thousand requests gets as many of the next as the others."""
    route = _route(_copy(1), _copy(2), strategy="RANDOM")
    route.copies[0].in_flight = 1000
    got = Counter(route.copies.index(copy) for _ in range(400) if (copy := route.pick()))
    assert min(got.values()) > 140


def test_a_copy_that_is_down_gets_nothing_while_another_is_up() -> None:
    """If all are down, one of them gets the request: then the answer is the model's error."""
    assert _loads(_route(_copy(None), _copy(2)), 4) == [0, 4]
    assert _route(_copy(None)).pick() is not None


def test_a_copy_that_was_tried_is_not_tried_again() -> None:
    """Once all were tried there is none."""
    route = _route(_copy(1), _copy(2))
    first, second = route.copies
    assert route.pick([first]) is second
    assert route.pick([first, second]) is None


def test_without_copies_there_is_none() -> None:
    """A component that has just been made has no copy."""
    assert _route().pick() is None


def test_a_component_is_found_under_its_endpoint_alone() -> None:
    """Another endpoint, name or scope finds nothing, nor does anybody once it is dropped."""
    routes = _routes()
    routes.put(_component(), [_copy()])
    assert routes.find(_SCOPE, "e", "c") is not None
    assert routes.find(_SCOPE, "other", "c") is None
    assert routes.find(_SCOPE, "e", "other") is None
    assert routes.find(Scope("000000000000", "eu-west-1"), "e", "c") is None
    routes.drop(_component())
    assert routes.find(_SCOPE, "e", "c") is None


def test_a_copy_keeps_its_count_when_others_come_and_go() -> None:
    """Requests under way are counted on across changes, for the copy and for the component."""
    routes, stays, goes = _routes(), _copy(1), _copy(2)
    routes.put(_component(), [stays, goes])
    route = routes.all()[0]
    for copy in route.copies:
        copy.begin()
    routes.put(_component(), [stays, _copy(3)])
    assert [copy.in_flight for copy in route.copies] == [1, 0]
    assert route.counter.take().invocations == 2


def test_a_copy_that_retires_reports_when_it_is_drained() -> None:
    """With a request under way it waits for its end."""
    routes, copy = _routes(), _copy()
    routes.put(_component(), [copy])
    (backend,) = routes.all()[0].copies
    backend.begin()
    routes.put(_component(), [])
    drained: list[bool] = []
    routes.retire(copy, lambda: drained.append(True))
    assert drained == []
    backend.end(200, 0.1)
    assert drained == [True]
