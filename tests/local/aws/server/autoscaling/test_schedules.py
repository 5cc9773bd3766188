from datetime import UTC, datetime

import pytest

from local.aws.server.autoscaling.schedules import ScheduleError, parse_schedule


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _is_due(expression: str, now: str, timezone: str | None = None) -> bool:
    """Whether an expression is due in the ten seconds up to ``now``."""
    end = _at(now)
    return parse_schedule(expression, timezone).is_due(end - 10, end, _at("2026-01-01T00:00:00"))


@pytest.mark.parametrize(
    ("expression", "due", "not_due"),
    [
        ("at(2026-11-21T07:30:05)", "2026-11-21T07:30:10", "2026-11-21T07:30:20"),
        ("rate(5 minutes)", "2026-01-01T00:05:00", "2026-01-01T00:06:00"),
        ("rate(1 day)", "2026-01-03T00:00:00", "2026-01-03T12:00:00"),
        ("cron(0 7 * * ? *)", "2026-11-21T07:00:00", "2026-11-21T08:00:00"),
        ("cron(0/15 * * * ? *)", "2026-11-21T09:45:00", "2026-11-21T09:50:00"),
        ("cron(30 6 ? * MON-FRI *)", "2026-11-20T06:30:00", "2026-11-21T06:30:00"),
        ("cron(0 0 1 JAN,JUL ? 2026-2027)", "2026-07-01T00:00:00", "2026-08-01T00:00:00"),
    ],
)
def test_when_an_expression_is_due(expression: str, due: str, not_due: str) -> None:
    """Each kind is due at its time, and not at another."""
    assert _is_due(expression, due)
    assert not _is_due(expression, not_due)


def test_a_minute_is_due_once() -> None:
    """In the ten seconds that its minute begins in, and in no other of that minute."""
    due = [_is_due("cron(0 7 * * ? *)", f"2026-11-21T07:00:{second:02}") for second in range(0, 60, 10)]
    assert due == [True, False, False, False, False, False]


def test_a_rate_is_not_due_when_it_begins() -> None:
    """The first time is one period later."""
    assert not _is_due("rate(1 minute)", "2026-01-01T00:00:00")


def test_times_count_in_their_zone() -> None:
    """Seven in Berlin is six in UTC in winter, for cron and for at."""
    assert _is_due("cron(0 7 * * ? *)", "2026-11-21T06:00:00", "Europe/Berlin")
    assert _is_due("at(2026-11-21T07:00:00)", "2026-11-21T06:00:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("expression", "timezone", "words"),
    [
        ("noon", None, "'noon' is no schedule"),
        ("rate(0 minutes)", None, "is no schedule"),
        ("cron(0 7 * * ?)", None, "is no schedule"),
        ("cron(60 7 * * ? *)", None, "minutes of a cron expression is from 0 to 59"),
        ("cron(0 7 L * ? *)", None, "can't be understood as day of month"),
        ("at(2026-13-01T00:00:00)", None, "month must be in"),
        ("rate(1 hour)", "Mars/Olympus", "no time zone of the IANA database"),
    ],
)
def test_what_is_no_schedule(expression: str, timezone: str | None, words: str) -> None:
    """The error says what is wrong."""
    with pytest.raises(ScheduleError, match=words):
        parse_schedule(expression, timezone)
