"""The folder of a trial, and what is unpacked there."""

import io
import tarfile
from pathlib import Path

import pytest

from model_packaging.artifact import ArchiveError
from preflight.trial._private_folder import private_folder, unpack
from preflight.trial.errors import TrialCancelledError


def trials(root: Path) -> list[Path]:
    return sorted((root / ".seatrial" / "trials").iterdir())


def test_the_folder_is_private_and_goes(tmp_path: Path) -> None:
    """Nobody else may read it; with an exception it goes as well."""
    with private_folder(tmp_path) as folder:
        assert folder.stat().st_mode & 0o077 == 0
    assert trials(tmp_path) == []
    with pytest.raises(KeyboardInterrupt), private_folder(tmp_path):
        raise KeyboardInterrupt
    assert trials(tmp_path) == []


def test_a_killed_trial_s_folder_goes_with_the_next(tmp_path: Path) -> None:
    """Its lock is free; that of a trial under way is not."""
    leftover = tmp_path / ".seatrial" / "trials" / "trial-killed"
    leftover.mkdir(parents=True)
    (leftover / "lock").touch()
    with private_folder(tmp_path) as one:
        assert trials(tmp_path) == [one]
        with private_folder(tmp_path) as other:
            assert trials(tmp_path) == sorted([one, other])


def test_a_folder_without_a_lock_goes_with_the_next(tmp_path: Path) -> None:
    """Its process was killed before it made one."""
    (tmp_path / ".seatrial" / "trials" / "trial-killed").mkdir(parents=True)
    with private_folder(tmp_path) as one:
        assert trials(tmp_path) == [one]


def test_folders_that_may_not_be_written_go_too(tmp_path: Path) -> None:
    """An artifact may bring such; what a link leads to is left as it is."""
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o555)
    with private_folder(tmp_path) as folder:
        (folder / "model" / "1").mkdir(parents=True)
        (folder / "model" / "1" / "model.pt").touch()
        (folder / "model" / "link").symlink_to(outside)
        (folder / "model" / "1").chmod(0o000)
        (folder / "model").chmod(0o555)
    assert trials(tmp_path) == []
    assert outside.stat().st_mode & 0o777 == 0o555


def test_an_archive_is_unpacked(tmp_path: Path) -> None:
    """As SageMaker unpacks it."""
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("model/config.pbtxt")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"{}"))
    unpack(tmp_path / "model.tar.gz", tmp_path / "unpacked", lambda: None)
    assert (tmp_path / "unpacked" / "model" / "config.pbtxt").read_bytes() == b"{}"


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    """In the words of the archive's reader."""
    (tmp_path / "model.tar.gz").write_bytes(b"no archive")
    with pytest.raises(ArchiveError):
        unpack(tmp_path / "model.tar.gz", tmp_path / "unpacked", lambda: None)


@pytest.mark.parametrize("is_model", [True, False])
def test_a_folder_is_copied(tmp_path: Path, *, is_model: bool) -> None:
    """One model's folder becomes a repository of one; compiled files stay behind."""
    source = tmp_path / "model"
    (source / "1" / "__pycache__").mkdir(parents=True)
    (source / "1" / "model.py").write_text("pass")
    if is_model:
        (source / "config.pbtxt").touch()
    unpack(source, tmp_path / "unpacked", lambda: None)
    root = tmp_path / "unpacked" / "model" if is_model else tmp_path / "unpacked"
    assert (root / "1" / "model.py").read_text() == "pass"
    assert not (root / "1" / "__pycache__").exists()


def test_unpacking_can_be_given_up(tmp_path: Path) -> None:
    """What the check raises ends it."""
    source = tmp_path / "repository"
    source.mkdir()
    (source / "file").touch()

    def give_up() -> None:
        raise TrialCancelledError("the trial was given up")

    with pytest.raises(TrialCancelledError):
        unpack(source, tmp_path / "unpacked", give_up)
