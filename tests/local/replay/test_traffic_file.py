"""A traffic file says all that is wrong with it, line by line."""

from pathlib import Path

import pytest

from local.replay import Traffic, TrafficFileError, load_traffic, parse_traffic
from tests.local.replay.deployments import HALF_DAYS_TRAFFIC, half_days

GOOD = """\
days: 1
traffic:
  europe:
    - {from: 00:01, until: 12:00, invocations_per_minute: 5}
arms:
  - name: dedicated
    endpoints:
      europe-always: {europe: europe}
"""


def problem_of(old: str, new: str) -> str:
    """Return the one problem of the good file with ``old`` replaced by ``new``."""
    assert GOOD.count(old) == 1
    with pytest.raises(TrafficFileError) as caught:
        parse_traffic(GOOD.replace(old, new), Path("t.yaml"), half_days()[0])
    (problem,) = caught.value.problems
    return str(problem)


def test_the_example_is_valid() -> None:
    """The file that the README names has four arms on six endpoints."""
    _, traffic = half_days()
    assert [arm.name for arm in traffic.arms] == [
        "dedicated, always on",
        "dedicated, scale to zero",
        "shared, unlimited",
        "shared, one instance",
    ]
    assert sum(len(arm.endpoints) for arm in traffic.arms) == 6


def test_hours_become_minutes() -> None:
    """00:01 to 12:00 is 719 minutes, 12:00 to 24:00 is 720: the post's two halves of a day."""
    _, traffic = half_days()
    europe, america = traffic.per_minute("europe"), traffic.per_minute("america")
    assert (europe[0], europe[1], europe[719], europe[720]) == (0, 5, 5, 0)
    assert (america[719], america[720], america[1439]) == (0, 5, 5)
    assert (sum(europe), sum(america)) == (719 * 5, 720 * 5)


def test_hours_that_overlap_add_up() -> None:
    """Two parts of the day that share minutes bring both their requests."""
    line = "    - {from: 00:01, until: 12:00, invocations_per_minute: 5}\n"
    more = line + "    - {from: 11:00, until: 13:00, invocations_per_minute: 2}\n"
    traffic = parse_traffic(GOOD.replace(line, more), Path("t.yaml"), half_days()[0])
    counts = traffic.per_minute("europe")
    assert (counts[659], counts[660], counts[719], counts[720], counts[780]) == (5, 7, 7, 2, 0)


def test_delays_have_defaults() -> None:
    """What a file leaves out is what planning.control assumes, and ten minutes for idle instances."""
    delays = parse_traffic(GOOD, Path("t.yaml"), half_days()[0]).delays
    assert (delays.provisioning_minutes, delays.copy_start_minutes, delays.idle_release_minutes) == (5, 3, 10)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("days: 1", "days: 0", "t.yaml:1: days: 0 can't be used here. Allowed: a whole number from 1 to 7."),
        ("days: 1", "day: 1", "t.yaml:1: day: the key 'day' is unknown. "),
        ("days: 1", "days: 1\nfoo: 2", "t.yaml:2: foo: the key 'foo' is unknown. "),
        (
            "from: 00:01",
            "from: 1:30",
            'from: "1:30" can\'t be used here. Allowed: a time from 00:00 to 24:00, as HH:MM.',
        ),
        ("from: 00:01, ", "", "t.yaml:4: traffic.europe[0]: the key 'from' is missing. "),
        ("until: 12:00", "until: 00:01", "until: 00:01 is not after 00:01. Allowed: a time after `from`"),
        (
            "invocations_per_minute: 5",
            "invocations_per_minute: many",
            "traffic.europe[0].invocations_per_minute: ",
        ),
        (
            "europe-always: {europe: europe}",
            "europe-allways: {europe: europe}",
            "t.yaml:8: arms[0].endpoints.europe-allways: the deployment has no endpoint 'europe-allways'",
        ),
        (
            "europe-always: {europe: europe}",
            "europe-always: {europe: asia}",
            "t.yaml:8: arms[0].endpoints.europe-always.europe: there is no traffic 'asia'. Allowed: europe.",
        ),
        (
            "europe-always: {europe: europe}",
            "europe-always: {europe: europe, asia: europe}",
            "the endpoint 'europe-always' has no component 'asia'. Allowed: europe.",
        ),
        (
            "europe-always: {europe: europe}",
            "shared: {europe: europe}",
            "the component 'america' of endpoint 'shared' has no traffic",
        ),
        (
            "  - name: dedicated\n",
            "  - name: dedicated\n    most_instances: 9\n",
            "t.yaml:7: arms[0].most_instances: most_instances 9 is above the 2 of endpoint 'europe-always'",
        ),
        (
            "{europe: europe}\n",
            "{europe: europe}\n  - {name: other, endpoints: {europe-always: {europe: europe}}}\n",
            "arms[1].endpoints.europe-always: the endpoint 'europe-always' is in the arm 'dedicated' already",
        ),
        (
            "{europe: europe}\n",
            "{europe: europe}\n  - {name: dedicated, endpoints: {europe-to-zero: {europe: europe}}}\n",
            "two arms are called 'dedicated'",
        ),
    ],
)
def test_a_problem_says_where_what_and_what_to_do(old: str, new: str, words: str) -> None:
    """One message for each way to be wrong."""
    problem = problem_of(old, new)
    assert words in problem
    assert "Allowed: " in problem
    assert "Fix: " in problem


def test_all_problems_are_told_at_once() -> None:
    """In the file's order, those of YAML too."""
    text = GOOD.replace("days: 1", "days: many").replace("until: 12:00", "until: noon") + "arms: []\n"
    with pytest.raises(TrafficFileError) as caught:
        parse_traffic(text, Path("t.yaml"), half_days()[0])
    assert [each.location for each in caught.value.problems] == ["t.yaml:1", "t.yaml:4", "t.yaml:9"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Its path, and where the examples are."""
    with pytest.raises(TrafficFileError, match=r"none.yaml: the file can't be read: No such file.*examples"):
        load_traffic(tmp_path / "none.yaml", half_days()[0])


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused in words."""
    path = tmp_path / "t.yaml"
    path.write_bytes(b"days: \xff\n")
    with pytest.raises(TrafficFileError, match="this is no text in UTF-8"):
        load_traffic(path, half_days()[0])


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """It is not even read."""
    path = tmp_path / "t.yaml"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(TrafficFileError, match="more than 1048576 bytes"):
        load_traffic(path, half_days()[0])


def test_the_schema_is_what_is_read() -> None:
    """The example's own text gives the example."""
    deployment, traffic = half_days()
    text = HALF_DAYS_TRAFFIC.read_text(encoding="utf-8")
    parsed = parse_traffic(text, HALF_DAYS_TRAFFIC, deployment)
    assert isinstance(parsed, Traffic)
    assert parsed == traffic
