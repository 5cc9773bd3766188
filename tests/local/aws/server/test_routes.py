from collections import Counter

from local.aws.server.fleet import VariantServer
from local.aws.server.routes import Backend, Route, RouteTable
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan
from tests.local.aws.server.fakes import FakeServer

_SCOPE = Scope("000000000000", "us-east-1")
_PLAN = ServingPlan("m", ("m",), ())


class _Connection:
    closed = False

    def close(self) -> None:
        self.closed = True


def _backend(variant: str, weight: float = 1.0) -> Backend:
    return Backend(VariantServer(variant, weight, _PLAN, FakeServer()))


def test_the_only_variant_takes_everything() -> None:
    """Without a choice there is none, whatever the weight."""
    only = _backend("a", weight=0.0)
    assert Route(_SCOPE, "e", (only,)).pick(None) is only


def test_traffic_follows_the_weights() -> None:
    """A variant of weight 3 gets about three times what one of weight 1 gets; one of weight 0 nothing."""
    route = Route(_SCOPE, "e", (_backend("a", 3.0), _backend("b", 1.0), _backend("c", 0.0)))
    picked = Counter(backend.variant.name for _ in range(4000) if (backend := route.pick(None)))
    assert 2800 < picked["a"] < 3200
    assert picked["c"] == 0


def test_a_target_variant_gets_the_request_whatever_its_weight() -> None:
    """The target names the variant; a wrong name finds none."""
    route = Route(_SCOPE, "e", (_backend("a"), _backend("b", 0.0)))
    backend = route.pick("b")
    assert backend is not None
    assert backend.variant.name == "b"
    assert route.pick("z") is None


def test_nothing_is_picked_where_nothing_has_weight() -> None:
    """Several variants without any weight serve nothing."""
    assert Route(_SCOPE, "e", (_backend("a", 0.0), _backend("b", 0.0))).pick(None) is None


def test_an_endpoint_without_variants_serves_nothing() -> None:
    """A route without backends finds none."""
    assert Route(_SCOPE, "e", ()).pick(None) is None


def test_a_new_route_takes_the_old_ones_place() -> None:
    """Putting a route replaces the endpoint's old one; dropping the old one then changes nothing."""
    table, old, new = RouteTable(), Route(_SCOPE, "e", ()), Route(_SCOPE, "e", ())
    table.put(old)
    table.put(new)
    table.drop(old)
    assert table.find(_SCOPE, "e") is new
    table.drop(new)
    assert table.find(_SCOPE, "e") is None


def test_endpoints_of_other_regions_are_others() -> None:
    """The same name in another region is another endpoint."""
    table = RouteTable()
    table.put(Route(_SCOPE, "e", ()))
    assert table.find(Scope("000000000000", "eu-west-1"), "e") is None


def test_a_backend_without_requests_drains_at_once() -> None:
    """Retiring an idle backend reports at once and closes its connections."""
    backend, connection, reports = _backend("a"), _Connection(), []
    backend.idle.append(connection)
    backend.retire(lambda: reports.append("drained"))
    assert reports == ["drained"]
    assert connection.closed
    assert backend.idle == []


def test_a_backend_drains_with_its_last_request() -> None:
    """Retiring waits for the requests under way, and reports once."""
    backend, reports = _backend("a"), []
    backend.begin()
    backend.begin()
    backend.retire(lambda: reports.append("drained"))
    backend.end()
    assert reports == []
    backend.end()
    assert reports == ["drained"]
    backend.begin()
    backend.end()
    assert reports == ["drained"]
