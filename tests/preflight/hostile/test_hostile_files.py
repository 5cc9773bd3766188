"""Files that were made to break whoever reads them: a finding each, in bounded time and memory."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.preflight.hostile.hostile_deployments import DEPLOYMENTS
from tests.preflight.hostile.hostile_files import ARCHIVES, Hostile
from tests.preflight.hostile.limited_reader import LimitedReader

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def limited() -> Iterator[LimitedReader]:
    """At most 10 s of the processor and 300 MiB of memory for each file, in a process of its own."""
    with LimitedReader() as reader:
        yield reader


@pytest.mark.parametrize("hostile", ARCHIVES, ids=lambda hostile: hostile.name)
def test_a_hostile_archive_is_a_finding(limited: LimitedReader, hostile: Hostile, tmp_path: Path) -> None:
    """Of the rule that names what is wrong."""
    path = tmp_path / "model.tar.gz"
    hostile.write(path)
    reading = limited.check(path)
    assert (reading.status, reading.error) == (0, "")
    assert hostile.rule in reading.found


@pytest.mark.parametrize("hostile", DEPLOYMENTS, ids=lambda hostile: hostile.name)
def test_a_hostile_deployment_file_is_refused_in_words(
    limited: LimitedReader, hostile: Hostile, tmp_path: Path
) -> None:
    """With the line that is to blame."""
    path = tmp_path / "deployment.yaml"
    hostile.write(path)
    reading = limited.load(path)
    assert (reading.status, reading.error) == (0, "")
    assert any(hostile.rule in each for each in reading.found), reading.found[:3]


def test_the_limit_of_the_processor_holds(limited: LimitedReader) -> None:
    """What takes longer is killed, and the next file is read all the same."""
    reading = limited.spin()
    assert -reading.status in (signal.SIGKILL, signal.SIGXCPU)
    assert reading.found == ()


def test_the_limit_of_memory_holds(limited: LimitedReader) -> None:
    """What asks for more gets a MemoryError."""
    assert "MemoryError" in limited.fill().error
