import contextlib
import fcntl
import os
import shutil
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from model_packaging.artifact.manifest import MANIFEST_FILE_NAME, Manifest, read_manifest
from model_packaging.build_folder import BuildFolder
from model_packaging.errors import BuildInProgressError, PackError
from tests.model_packaging.artifact.test_manifest import MANIFEST


def commit(directory: Path, manifest: Manifest = MANIFEST) -> None:
    with BuildFolder.locked(directory) as folder, folder.temporary() as beside:
        (beside / "a").write_bytes(b"." * manifest.archive.size_bytes)
        (beside / "s").write_bytes(b"samples")
        folder.commit(manifest, dict(zip(manifest.file_names, (beside / "a", beside / "s"), strict=True)))


def current(directory: Path) -> Manifest | None:
    with BuildFolder.locked(directory) as folder:
        return folder.current()


def test_what_is_committed_is_current(tmp_path: Path) -> None:
    """The manifest and its two files, and nothing else but the lock."""
    commit(tmp_path)
    assert current(tmp_path) == MANIFEST
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".lock",
        "key.samples.npz",
        "key.tar.gz",
        "manifest.json",
    ]


def test_a_second_build_at_once_is_refused(tmp_path: Path) -> None:
    """It says who builds, in one line, and doesn't wait."""
    with (
        BuildFolder.locked(tmp_path),
        pytest.raises(BuildInProgressError) as caught,
        BuildFolder.locked(tmp_path),
    ):
        pass
    assert f"process {os.getpid()} is building in {tmp_path}" in caught.value.cause
    assert "\n" not in str(caught.value)


def test_the_lock_ends_with_the_build(tmp_path: Path) -> None:
    """Also with one that failed."""
    with pytest.raises(KeyError), BuildFolder.locked(tmp_path):
        raise KeyError
    with BuildFolder.locked(tmp_path):
        pass


def test_a_build_that_fails_removes_an_empty_folder(tmp_path: Path) -> None:
    """With the lock file, which is all there is; the next build makes them again."""
    with pytest.raises(KeyError), BuildFolder.locked(tmp_path / "made"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []
    commit(tmp_path / "made")
    assert current(tmp_path / "made") == MANIFEST


def test_a_build_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    """A folder with anything in it, be it an artifact or somebody's notes."""
    (tmp_path / "notes.txt").touch()
    with pytest.raises(KeyError), BuildFolder.locked(tmp_path):
        raise KeyError
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "notes.txt"]


def test_a_refused_build_removes_nothing(tmp_path: Path) -> None:
    """The folder is the other build's."""
    folder = tmp_path / "made"
    with BuildFolder.locked(folder):
        with pytest.raises(BuildInProgressError), BuildFolder.locked(folder):
            pass
        assert (folder / ".lock").exists()


def test_a_lock_file_that_is_removed_meanwhile_locks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who opened it before a failed build removed it takes the new one, so that no two builds are alone."""
    folder, lock = tmp_path / "made", fcntl.flock
    removed: list[Path] = []

    def remove_first(descriptor: int, operation: int) -> None:
        if not removed:
            shutil.rmtree(folder)
            removed.append(folder)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", remove_first)
    with (
        BuildFolder.locked(folder),
        pytest.raises(BuildInProgressError, match=f"process {os.getpid()} is building"),
        BuildFolder.locked(folder),
    ):
        pass
    assert removed == [folder]


def test_failing_builds_at_once_never_build_together(tmp_path: Path) -> None:
    """Many at the same time make, lock and remove the same folder; each is alone in it or refused."""
    folder, inside = tmp_path / "made", threading.Lock()
    outcomes: list[str] = []

    def fail() -> NoReturn:
        alone = inside.acquire(blocking=False)
        outcomes.append("alone" if alone else "together")
        time.sleep(0)
        if alone:
            inside.release()
        raise KeyError

    def build() -> None:
        for _ in range(100):
            try:
                with contextlib.suppress(KeyError), BuildFolder.locked(folder):
                    fail()
            except BuildInProgressError:
                outcomes.append("refused")

    builders = [threading.Thread(target=build) for _ in range(4)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert len(outcomes) == 400
    assert outcomes.count("alone") > 0
    assert "together" not in outcomes
    assert not folder.exists()


def test_what_killed_builds_left_is_removed(tmp_path: Path) -> None:
    """Temporary folders, half-written manifests, and files that the manifest doesn't name."""
    commit(tmp_path)
    whole = {path.name for path in tmp_path.iterdir()}
    (tmp_path / "orphan.tar.gz").touch()
    (tmp_path / "orphan.samples.npz").touch()
    (tmp_path / ".build-dead" / "deep").mkdir(parents=True)
    (tmp_path / ".manifest.json.12345").touch()
    with BuildFolder.locked(tmp_path):
        assert {path.name for path in tmp_path.iterdir()} == whole


def test_a_temporary_folder_is_gone_afterwards(tmp_path: Path) -> None:
    """Whatever happens in it."""
    with BuildFolder.locked(tmp_path) as folder:
        with contextlib.suppress(KeyboardInterrupt), folder.temporary() as beside:
            (beside / "file").touch()
            raise KeyboardInterrupt
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.parametrize("name", [MANIFEST_FILE_NAME, "key.tar.gz", "key.samples.npz"])
def test_nothing_is_current_without_all_three_files(tmp_path: Path, name: str) -> None:
    """A lost file means to build again."""
    commit(tmp_path)
    (tmp_path / name).unlink()
    assert current(tmp_path) is None


@pytest.mark.parametrize("name", ["key.tar.gz", "key.samples.npz"])
def test_nothing_is_current_with_a_cut_file(tmp_path: Path, name: str) -> None:
    """Nor is an artifact half there."""
    commit(tmp_path)
    (tmp_path / name).write_bytes(b"")
    assert current(tmp_path) is None


def test_an_unreadable_manifest_means_to_build_again(tmp_path: Path) -> None:
    """It is not an error: a build replaces it."""
    commit(tmp_path)
    (tmp_path / MANIFEST_FILE_NAME).write_text("{")
    assert current(tmp_path) is None


def test_a_new_artifact_removes_the_old_files(tmp_path: Path) -> None:
    """After its manifest is there; other files are left alone."""
    for name in ("old.tar.gz", "old.samples.npz", "notes.txt"):
        (tmp_path / name).touch()
    commit(tmp_path)
    assert not list(tmp_path.glob("old.*"))
    assert (tmp_path / "notes.txt").exists()
    assert read_manifest(tmp_path / MANIFEST_FILE_NAME) == MANIFEST


def test_a_folder_that_can_not_be_made_is_one_line(tmp_path: Path) -> None:
    """A file is in its place, or in that of a folder around it."""
    (tmp_path / "file").touch()
    with (
        pytest.raises(PackError, match=r"/file can't be written \(File exists\)"),
        BuildFolder.locked(tmp_path / "file"),
    ):
        pass
    with (
        pytest.raises(PackError, match=r"can't be written \(Not a directory\)\. Fix: make it writable\.$"),
        BuildFolder.locked(tmp_path / "file" / "m"),
    ):
        pass
