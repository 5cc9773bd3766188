import contextlib
import os
from pathlib import Path

import pytest

from model_packaging.artifact.manifest import MANIFEST_FILE_NAME, Manifest, read_manifest
from model_packaging.build_folder import BuildFolder
from model_packaging.errors import BuildInProgressError, PackError
from tests.model_packaging.artifact.test_manifest import MANIFEST


def commit(directory: Path, manifest: Manifest = MANIFEST) -> None:
    with BuildFolder.locked(directory) as folder, folder.temporary() as beside:
        (beside / "a").write_bytes(b"." * manifest.archive.size_bytes)
        (beside / "s").write_bytes(b"samples")
        folder.commit(manifest, beside / "a", beside / "s")


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
    """A file is in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(PackError, match="can't be written"), BuildFolder.locked(tmp_path / "file" / "m"):
        pass
