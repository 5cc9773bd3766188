"""Every probe, asked of the laptop's AWS: it encodes the same beliefs, so each must come out confirmed."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import conformance.probes  # noqa: F401 - importing registers the probes
from conformance.account import Account
from conformance.archives import python_model
from conformance.benches import components, specification
from conformance.laboratory import Laboratory
from conformance.probe import PROBES, Bench, Probe
from conformance.registry import Registry
from conformance.runner import Answer, Outcome, run_probes
from conformance.sweep import find_leftovers, sweep

pytestmark = pytest.mark.integration


_LONG = ("answer_that_is_too_late",)
_POLICY = Path(__file__).parents[2] / "conformance" / "caller_policy.json"
_ACTIONS = {
    "monitoring:DeleteAlarms": "cloudwatch:DeleteAlarms",
    "monitoring:DescribeAlarms": "cloudwatch:DescribeAlarms",
    "monitoring:ListMetrics": "cloudwatch:ListMetrics",
    "monitoring:PutMetricAlarm": "cloudwatch:PutMetricAlarm",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
}
"""Calls whose permission has another name (Service Authorization Reference)."""


_IN_THE_GATE = (Bench.API, Bench.ORDINARY, Bench.MULTI_MODEL)
"""The others start Tritons for a minute and more, one after the other."""


@pytest.mark.parametrize(
    "bench", [pytest.param(each, marks=() if each in _IN_THE_GATE else pytest.mark.soak) for each in Bench]
)
def test_the_laptop_confirms_every_probe(laptop: Account, bench: Bench) -> None:
    """No probe asks wrongly, and nothing is left behind by any."""
    _confirmed([each for each in PROBES.values() if each.bench is bench and each.name not in _LONG], laptop)


@pytest.mark.soak
def test_the_laptop_confirms_what_takes_a_minute(laptop: Account) -> None:
    """The limit of sixty seconds is the data plane's, which goes by real time."""
    _confirmed([PROBES[name] for name in _LONG], laptop)


def _confirmed(chosen: Sequence[Probe], laptop: Account) -> None:
    """Assert that the laptop's AWS confirms every probe that it can be asked."""
    answers: list[Answer] = []
    probes = [probe for probe in chosen if not probe.account_only]
    leftovers = run_probes(laptop, probes, tell=lambda _: None, record=answers.append)
    unconfirmed = [
        f"{answer.assumption} {answer.probe.name}: {answer.outcome}: {answer.reason}"
        for answer in answers
        if answer.outcome is not Outcome.CONFIRMED
    ]
    assert unconfirmed == []
    assert len(answers) == sum(len(probe.assumptions) for probe in probes)
    assert all(answer.said for answer in answers)
    assert leftovers == ()
    assert find_leftovers(laptop) == []


@pytest.mark.parametrize("point", ["an endpoint", "a component"])
def test_an_interruption_leaves_nothing(laptop: Account, point: str) -> None:
    """Also in the middle of CreateEndpoint and CreateInferenceComponent."""

    def ask(lab: Laboratory) -> None:
        if point == "an endpoint":
            lab.endpoint_of(python_model(initialize="time.sleep(1)"))
        else:
            lab.create_component(components(lab), Specification=specification(lab))
        assert find_leftovers(laptop) != []
        raise KeyboardInterrupt

    probe = Probe(("A1",), "interrupted", "Belief.", ask, Bench.OWN, "", 0.0, 0.0, "")
    with pytest.raises(KeyboardInterrupt):
        run_probes(laptop, [probe], tell=lambda _: None, record=lambda _: None)
    assert find_leftovers(laptop) == []


def test_a_sweep_deletes_what_a_killed_run_left(laptop: Account) -> None:
    """By its prefix alone, and nothing of anybody else's."""
    others = laptop.client("sagemaker")
    left = Laboratory(laptop, Registry(laptop, lambda _: None))
    left.prepare()
    left.in_service(left.endpoint_of(python_model()))
    others.create_model(
        ModelName="of-somebody-else", ExecutionRoleArn=left.role_arn(), PrimaryContainer={"Image": left.image}
    )
    found = {kind for kind, _ in find_leftovers(laptop)}
    assert {"endpoint", "endpoint configuration", "model", "bucket", "role"} <= found
    assert sweep(laptop, lambda _: None) == ()
    assert find_leftovers(laptop) == []
    assert others.describe_model(ModelName="of-somebody-else")["ModelName"] == "of-somebody-else"
    others.delete_model(ModelName="of-somebody-else")


def test_the_policy_allows_every_call_that_is_made(laptop: Account, calls: set[str]) -> None:
    """So who attaches it can run every probe."""
    probes = [probe for probe in PROBES.values() if probe.bench is Bench.API and not probe.account_only]
    run_probes(laptop, probes, tell=lambda _: None, record=lambda _: None)
    policy = json.loads(_POLICY.read_text(encoding="utf-8"))
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {_ACTIONS.get(call, call) for call in calls} <= allowed
