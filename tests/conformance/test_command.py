"""`python -m conformance`: nothing is created before cost, account and consent are settled."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from catalogue import UnknownRegionError
from conformance import __main__ as command
from conformance import _boto3_account
from conformance.account import Account
from conformance.errors import ConformanceError
from conformance.probe import PROBES, Probe
from conformance.registry import Leftover
from conformance.results import Result
from conformance.runner import Answer, Outcome
from tests.conformance.test_registry import ACCOUNT, refusing


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """What a run records, which asks nobody and confirms everything."""
    results: list[Result] = []
    monkeypatch.setattr(command, "open_account", lambda _: ACCOUNT)
    monkeypatch.setattr(command, "record_result", lambda _, result: results.append(result))

    def run_probes(
        _account: Account, probes: Sequence[Probe], *, tell: object, record: Callable[[Answer], None]
    ) -> tuple[Leftover, ...]:
        del tell
        for probe in probes:
            said = ("arn:aws:sagemaker:eu-west-1:123456789012:model/x",)
            record(Answer(probe, probe.assumptions[0], Outcome.CONFIRMED, "", said))
        return ()

    monkeypatch.setattr(command, "run_probes", run_probes)
    return results


class _Session:
    """boto3's session of credentials of one account."""

    region_name: str | None = "eu-west-1"
    account = "123456789012"

    def __init__(self, **_: object) -> None:
        """Take a region, as boto3's does."""

    def client(self, *_: object, **__: object) -> Any:  # noqa: ANN401 - a client has no static type
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self.account}


def test_it_lists_without_asking_any_account(capsys: pytest.CaptureFixture[str]) -> None:
    """Every probe with its assumption, its bench and its belief."""
    assert command.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(PROBES)
    assert any(line.startswith("A5 ") and "fifty-first tag" in line for line in lines)


def test_an_unknown_probe_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """And says where they all are."""
    assert command.main(["--only", "A5,A9999"]) == 2
    assert "there is no probe of A9999: `--list` has them all" in capsys.readouterr().out


def test_cost_and_what_is_created_come_first(
    recorded: list[Result], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the account, the region and how everything is called."""
    assert command.main(["--only", "A5,A29", "--yes"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 probes in account 123456789012, eu-west-1, run test:\n")
    assert "an endpoint of one model: 13 instance minutes" in out
    assert "all named seatrial-conformance-test-*, all deleted at the end; about 0.13 USD (" in out
    assert len(recorded) == 2


def test_the_accounts_number_is_not_recorded(recorded: list[Result]) -> None:
    """What AWS said is, word by word but for it."""
    command.main(["--only", "A5", "--yes"])
    assert recorded[0].said == ("arn:aws:sagemaker:eu-west-1:000000000000:model/x",)
    assert (recorded[0].assumption, recorded[0].outcome, recorded[0].region) == (
        "A5",
        "confirmed",
        "eu-west-1",
    )


def test_nobody_to_ask_is_wrong_usage(
    recorded: list[Result], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a terminal --yes is needed."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert command.main(["--only", "A5"]) == 2
    assert "say --yes" in capsys.readouterr().out
    assert recorded == []


@pytest.mark.parametrize(("word", "count"), [("y", 1), ("yes", 1), ("", 0), ("n", 0), ("what", 0)])
def test_only_a_yes_is_one(
    recorded: list[Result], monkeypatch: pytest.MonkeyPatch, word: str, count: int
) -> None:
    """Whatever else is said creates nothing."""
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    monkeypatch.setattr("builtins.input", lambda _: word)
    assert command.main(["--only", "A5"]) == 0
    assert len(recorded) == count


def test_a_limit_leaves_out_what_costs_more(recorded: list[Result]) -> None:
    """API calls stay."""
    assert command.main(["--only", "A5,A29", "--max-cost-usd", "0.02", "--yes"]) == 0
    assert [each.assumption for each in recorded] == ["A5"]


def test_leftovers_are_told_and_are_a_failure(
    recorded: list[Result], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By name, with AWS's reason."""
    del recorded
    monkeypatch.setattr(command, "run_probes", lambda *_, **__: (Leftover("endpoint", "e", "in use"),))
    assert command.main(["--only", "A5", "--yes"]) == 1
    assert "LEFT OVER: endpoint e: in use" in capsys.readouterr().out


def test_an_interruption_names_the_sweep(
    recorded: list[Result], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose status is a shell's for it."""
    del recorded

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_probes", interrupted)
    assert command.main(["--only", "A5", "--yes"]) == 130
    assert "`python -m conformance --sweep`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            refusing("AccessDenied", "not authorized"),
            "AWS refuses what every run needs (An error occurred (Acc",
        ),
        (
            UnknownRegionError("AWS publishes no Triton image in xx-north-1"),
            "AWS publishes no Triton image in",
        ),
    ],
)
def test_a_run_that_cant_begin_ends_in_words(
    recorded: list[Result],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    words: str,
) -> None:
    """Without a right of its own, and in a region without images."""
    del recorded

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(command, "run_probes", failing)
    assert command.main(["--only", "A5", "--yes"]) == 2
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("account", "region", "wanted", "words"),
    [
        ("123456789012", "eu-west-1", "", "CONFORMANCE_ACCOUNT says nothing"),
        (
            "123456789012",
            "eu-west-1",
            "210987654321",
            "are of account 123456789012, CONFORMANCE_ACCOUNT says 2109",
        ),
        ("000000000000", "eu-west-1", "000000000000", "this is the laptop's AWS"),
        ("123456789012", None, "123456789012", "no region is set"),
    ],
)
def test_only_the_account_that_was_named_is_asked(
    monkeypatch: pytest.MonkeyPatch, account: str, region: str | None, wanted: str, words: str
) -> None:
    """A mix-up of profiles creates nothing."""
    session = type("Session", (_Session,), {"account": account, "region_name": region})
    monkeypatch.setattr(_boto3_account.boto3, "Session", session)
    with pytest.raises(ConformanceError, match=words):
        _boto3_account.open_account(wanted)


def test_the_account_that_was_named_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a run's own word."""
    monkeypatch.setattr(_boto3_account.boto3, "Session", _Session)
    account = _boto3_account.open_account("123456789012")
    assert account.prefix.startswith("seatrial-conformance-")
    assert account.prefix != _boto3_account.open_account("123456789012").prefix
