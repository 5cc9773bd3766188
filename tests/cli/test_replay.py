"""`seatrial replay`: what is printed, how it ends, and what it leaves behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli.replay
import local.replay
from cli import main
from cli._project import Project
from local.aws.client import LocalAws, LocalAwsStatus
from local.rehearsal import Step
from local.replay import ArmDay, ComponentDay, EndpointDay, Replay

ROOT = Path(__file__).parents[2]
DEPLOYMENT = str(ROOT / "deployments" / "half-days.yaml")
TRAFFIC = str(ROOT / "examples" / "traffic" / "half_days.yaml")

Replaying = Callable[[Callable[[], Replay]], None]


def found(*, other_failures: int = 0, usd: float | None = 17.6736) -> Replay:
    components = tuple(
        ComponentDay(f"e.{name}", 3600, 45, other_failures, "HTTP status 500: no", 12.0, scales_to_zero=True)
        for name in "ab"
    )
    endpoint = EndpointDay("e", "ml.g4dn.xlarge", 24.0, 1, usd, 24.1, 90, components)
    return Replay((Step("play 2 days", 100.0),), (ArmDay("shared", (endpoint,)),))


class _Aws(LocalAws):
    """A laptop's AWS that never runs anything."""

    was_up = False
    stopped: list[bool]

    def status(self) -> LocalAwsStatus:
        return LocalAwsStatus(self.was_up, 1, 2, Path("log"))

    def down(self) -> bool:
        self.stopped.append(True)
        return True


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[_Aws]:
    """The laptop's AWS that the command gets."""
    monkeypatch.setattr(cli.replay, "PROJECT", Project(tmp_path))
    monkeypatch.setattr("local.aws.client.LocalAws", _Aws)
    monkeypatch.setattr(_Aws, "stopped", [], raising=False)
    return _Aws


@pytest.fixture
def replaying(monkeypatch: pytest.MonkeyPatch) -> Replaying:
    """Have the replay be what a test says."""

    def use(outcome: Callable[[], Replay]) -> None:
        def stand_in(*_: object, minutes: Callable[[int, int], None], **__: Any) -> Replay:  # noqa: ANN401 - whatever the command gives
            for passed in range(1, 2881):
                minutes(passed, 2880)
            return outcome()

        monkeypatch.setattr(local.replay, "replay", stand_in)

    return use


def test_every_arm_is_a_row(
    aws: type[_Aws], replaying: Replaying, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hours beside the simulated ones, peak, copies, requests, failures and cost; progress on stderr."""
    replaying(found)
    assert main(["replay", DEPLOYMENT, "--traffic", TRAFFIC]) == 0
    out, err = capsys.readouterr()
    assert [line.split() for line in out.splitlines() if line.startswith("shared")] == [
        ["shared", "24.00", "17.67", "7200", "90", "1.25%"],
        ["shared", "24.10", "90", "1", "24.00"],
    ]
    assert "0.5 of 2 days have passed" in err
    assert "2 of 2 days have passed" in err
    assert aws.stopped == [True]


def test_a_cost_that_is_not_known_is_a_dash(
    aws: type[_Aws], replaying: Replaying, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never a zero."""
    replaying(lambda: found(usd=None))
    assert main(["replay", DEPLOYMENT, "--traffic", TRAFFIC, "--keep"]) == 0
    row = next(line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("shared"))
    assert row[2] == "-"
    assert aws.stopped == []


def test_json_is_one_document(
    aws: type[_Aws], replaying: Replaying, capsys: pytest.CaptureFixture[str]
) -> None:
    """Arms with their endpoints and components, and the steps."""
    replaying(found)
    assert main(["replay", DEPLOYMENT, "--traffic", TRAFFIC, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (arm,) = document["arms"]
    assert document["ok"] is True
    assert (arm["instance_hours"], arm["failed_requests"], arm["failed_fraction"]) == (24.0, 90, 0.0125)
    assert [each["label"] for each in arm["endpoints"][0]["components"]] == ["e.a", "e.b"]
    assert aws.stopped == [True]


def test_a_failing_model_fails_the_command(
    aws: type[_Aws], replaying: Replaying, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing copy is a result; an error of the model's is told, and exits with 1."""
    replaying(lambda: found(other_failures=1))
    assert main(["replay", DEPLOYMENT, "--traffic", TRAFFIC]) == 1
    assert "e.a: 1 requests failed for another reason than a missing copy" in capsys.readouterr().err
    assert aws.stopped == [True]


def test_ctrl_c_stops_what_was_started(
    aws: type[_Aws], replaying: Replaying, capsys: pytest.CaptureFixture[str]
) -> None:
    """And exits with 130."""

    def interrupt() -> Replay:
        raise KeyboardInterrupt

    replaying(interrupt)
    assert main(["replay", DEPLOYMENT, "--traffic", TRAFFIC]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert aws.stopped == [True]


def test_what_was_up_before_stays_up(
    aws: type[_Aws], replaying: Replaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command stops only what it has started itself."""
    monkeypatch.setattr(aws, "was_up", True)
    replaying(found)
    assert main(["replay", DEPLOYMENT, "--traffic", TRAFFIC]) == 0
    assert aws.stopped == []


def test_problems_of_the_traffic_file_come_as_a_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File and line, before anything is built or started."""
    path = tmp_path / "t.yaml"
    path.write_text("days: 9\n", encoding="utf-8")
    assert main(["replay", DEPLOYMENT, "--traffic", str(path), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert f"{path}:1" in {each["location"] for each in problems}
    assert {each["path"] for each in problems} >= {"days"}
