"""One rehearsal at a time."""

import os
from pathlib import Path

import pytest

from local.rehearsal import RehearsalError
from local.rehearsal.lock import only_one_rehearsal


def test_a_second_rehearsal_names_the_first(tmp_path: Path) -> None:
    """Two would deploy the same stacks and write the same cdk.out."""
    with (
        only_one_rehearsal(tmp_path / "state"),
        pytest.raises(RehearsalError, match=f"process {os.getpid()} is rehearsing here; wait until it ends"),
        only_one_rehearsal(tmp_path / "state"),
    ):
        pass


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    """Whatever ends a rehearsal, the next one starts."""
    for _ in range(2):
        with only_one_rehearsal(tmp_path):
            pass


def test_a_folder_that_cant_be_written_is_named(tmp_path: Path) -> None:
    """One line, no traceback."""
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    with (
        pytest.raises(RehearsalError, match=r"state can't be written \(File exists\)"),
        only_one_rehearsal(tmp_path / "state"),
    ):
        pass
