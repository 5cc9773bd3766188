"""The estimate before anything is created."""

import pytest

import conformance.probes  # noqa: F401 - importing registers the probes
from conformance import cost
from conformance.cost import affordable, estimate
from conformance.errors import ConformanceError
from conformance.probe import PROBES, Bench
from conformance.runner import in_order

_ALL = in_order(PROBES.values())


def test_api_calls_cost_a_cent() -> None:
    """No instance runs for them."""
    found = estimate([PROBES["taken_names"], PROBES["fifty_tags"]], "us-west-2")
    assert (found.minutes, found.usd) == ({Bench.API: 0.0}, 0.01)


def test_a_bench_is_paid_once() -> None:
    """Two probes share its start and end."""
    one = estimate([PROBES["wrong_variant"]], "us-west-2").minutes[Bench.ORDINARY]
    two = estimate([PROBES["wrong_variant"], PROBES["error_of_the_server"]], "us-west-2").minutes[
        Bench.ORDINARY
    ]
    assert (one, two) == (13.0, 14.0)


def test_a_region_without_a_price_is_reckoned_with_a_margin() -> None:
    """The words say so."""
    here, elsewhere = estimate(_ALL, "us-west-2"), estimate(_ALL, "eu-west-1")
    assert elsewhere.usd == pytest.approx(here.usd * 2, abs=0.02)
    assert "2 times that of us-west-2" in elsewhere.price


def test_everything_costs_a_few_dollars() -> None:
    """A run of all probes is affordable."""
    assert 1 < estimate(_ALL, "us-west-2").usd < 20


def test_nothing_costs_nothing() -> None:
    """An empty choice."""
    assert estimate([], "us-west-2").usd == 0


def test_what_is_affordable_stays_below_the_limit() -> None:
    """API calls fit, endpoints are left out."""
    chosen = affordable(_ALL, "us-west-2", 0.05)
    assert {each.bench for each in chosen} == {Bench.API}
    assert affordable(_ALL, "us-west-2", 0.0) == []
    assert affordable(_ALL, "us-west-2", 1000.0) == _ALL


def test_no_price_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked to agree to an unknown cost."""
    monkeypatch.setattr(cost, "instance_price", lambda *_: None)
    monkeypatch.setattr(cost, "instance_prices", lambda: ())
    with pytest.raises(ConformanceError, match=r"no price of ml\.m5\.xlarge, so no cost can be told"):
        estimate(_ALL, "us-west-2")
