import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.archive._tar_member import member_header
from model_packaging.archive.packing import pack_folder
from model_packaging.artifact.archive import open_archive
from model_packaging.errors import PackError

TARS = {
    "GNU tar": ["tar", "xzf"],
    # CMake's tar is libarchive, the engine of bsdtar, and installs as a wheel.
    "libarchive": [str(Path(sys.executable).with_name("cmake")), "-E", "tar", "xzf"],
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A Triton repository with a file of several read buffers, an empty one and a program."""
    root = tmp_path / "repository"
    (root / "model" / "1").mkdir(parents=True)
    (root / "model" / "config.pbtxt").write_text('name: "model"\n')
    (root / "model" / "1" / "model.pt").write_bytes(os.urandom(3_000_000))
    (root / "model" / "1" / "empty").touch()
    (root / "model" / "run").write_text("#!/bin/sh\n")
    (root / "model" / "run").chmod(0o700)
    return root


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_the_same_files_give_the_same_bytes(repository: Path, tmp_path: Path) -> None:
    """From another folder, with other times, modes and order of creation."""
    other = tmp_path / "elsewhere" / "copy"
    for path in sorted(repository.rglob("*"), reverse=True):
        if path.is_file():
            copy = other / path.relative_to(repository)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            copy.chmod(0o777 if path.name == "run" else 0o600)
            os.utime(copy, (1, 1))
    first = pack_folder(repository, tmp_path / "a.tar.gz")
    second = pack_folder(other, tmp_path / "b.tar.gz")
    assert first == second
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


@pytest.mark.parametrize("command", TARS.values(), ids=TARS)
def test_tar_unpacks_it(repository: Path, tmp_path: Path, command: list[str]) -> None:
    """Contents and modes arrive."""
    pack_folder(repository, tmp_path / "a.tar.gz")
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [*command, str(tmp_path / "a.tar.gz")], cwd=tmp_path / "out", check=True, capture_output=True
    )
    assert done.stderr == b""
    assert contents(tmp_path / "out") == contents(repository)
    assert os.access(tmp_path / "out" / "model" / "run", os.X_OK)


def test_python_reads_it_as_a_stream(repository: Path, tmp_path: Path) -> None:
    """`r|gz` stops at a second gzip member: there is none."""
    pack_folder(repository, tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz", "r|gz") as archive:
        found = {info.name: archive.extractfile(info).read() for info in archive}  # type: ignore[union-attr]  # all are files
    assert found == contents(repository)


def test_our_reader_reads_it(repository: Path, tmp_path: Path) -> None:
    """What is packed here passes the checks made elsewhere."""
    pack_folder(repository, tmp_path / "a.tar.gz")
    with open_archive(tmp_path / "a.tar.gz") as reader:
        found = {header.path: b"".join(reader.chunks()) for header in reader}
    assert found == contents(repository)


def test_members_are_sorted_undated_and_nobodys(repository: Path, tmp_path: Path) -> None:
    """Nothing of the machine is in the archive."""
    pack_folder(repository, tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        members = archive.getmembers()
    assert [info.name for info in members] == sorted(info.name for info in members)
    assert {(info.mtime, info.uid, info.gid, info.uname, info.gname) for info in members} == {
        (0, 0, 0, "", "")
    }
    assert {info.name: info.mode for info in members}["model/run"] == 0o755
    assert {info.mode for info in members if info.name != "model/run"} == {0o644}


def test_the_gzip_header_carries_nothing(repository: Path, tmp_path: Path) -> None:
    """No time, no name, no operating system (RFC 1952, section 2.3)."""
    pack_folder(repository, tmp_path / "a.tar.gz")
    assert (tmp_path / "a.tar.gz").read_bytes()[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def test_records_and_size_are_those_of_the_files(repository: Path, tmp_path: Path) -> None:
    """One reading gives the archive and everything the manifest says."""
    packed = pack_folder(repository, tmp_path / "a.tar.gz")
    assert packed.size_bytes == (tmp_path / "a.tar.gz").stat().st_size
    assert {file.path: (file.size_bytes, file.sha256) for file in packed.files} == {
        path: (len(content), hashlib.sha256(content).hexdigest())
        for path, content in contents(repository).items()
    }


def test_storing_costs_little_room(repository: Path, tmp_path: Path) -> None:
    """Five bytes in 64 KiB, and tar's blocks."""
    packed = pack_folder(repository, tmp_path / "a.tar.gz")
    assert packed.size_bytes < 3_000_000 * 1.002 + 10_000


def test_progress_adds_up(repository: Path, tmp_path: Path) -> None:
    """Every byte is reported once."""
    steps: list[int] = []
    pack_folder(repository, tmp_path / "a.tar.gz", steps.append)
    assert sum(steps) == sum(len(content) for content in contents(repository).values())


@pytest.mark.parametrize("to_folder", [False, True])
def test_a_link_is_refused(repository: Path, tmp_path: Path, *, to_folder: bool) -> None:
    """Links are not followed, wherever they lead."""
    (repository / "link").symlink_to(tmp_path if to_folder else repository / "model" / "config.pbtxt")
    with pytest.raises(PackError, match="link is a link or no regular file"):
        pack_folder(repository, tmp_path / "a.tar.gz")
    assert not (tmp_path / "a.tar.gz").exists()


def test_a_pipe_is_refused(repository: Path, tmp_path: Path) -> None:
    """Reading one would hang."""
    os.mkfifo(repository / "pipe")
    with pytest.raises(PackError, match="no regular file"):
        pack_folder(repository, tmp_path / "a.tar.gz")


def test_an_empty_folder_is_refused(repository: Path, tmp_path: Path) -> None:
    """It would be lost: the archive holds files."""
    (repository / "model" / "2").mkdir()
    with pytest.raises(PackError, match="2 is empty"):
        pack_folder(repository, tmp_path / "a.tar.gz")


def test_a_full_disk_is_one_line_and_leaves_nothing(
    repository: Path, tmp_path: Path, small_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    """The cause, how much room it takes, what to do, and no half archive."""
    with small_disk(1_000_000), pytest.raises(PackError) as caught:
        pack_folder(repository, tmp_path / "a.tar.gz")
    assert "no room for an archive of about 3 MB" in caught.value.cause
    assert caught.value.fix == "free space there."
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "a.tar.gz").exists()


def test_a_missing_folder_is_a_pack_error(tmp_path: Path) -> None:
    """With the system's words."""
    with pytest.raises(PackError, match="No such file"):
        pack_folder(tmp_path / "none", tmp_path / "a.tar.gz")


def test_an_existing_archive_is_not_overwritten(repository: Path, tmp_path: Path) -> None:
    """The caller packs into a folder of its own."""
    (tmp_path / "a.tar.gz").write_text("mine")
    with pytest.raises(PackError, match="File exists"):
        pack_folder(repository, tmp_path / "a.tar.gz")
    assert (tmp_path / "a.tar.gz").read_text() == "mine"


def test_a_pax_header_is_there_only_where_needed() -> None:
    """Beyond ustar's 8 GiB an extended header says the size; below there is none."""
    assert len(member_header("m", 0o644, (8 << 30) - 1)) == tarfile.BLOCKSIZE
    assert len(member_header("m", 0o644, 8 << 30)) == 3 * tarfile.BLOCKSIZE


@given(
    path=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=130),
    mode=st.sampled_from([0o644, 0o755]),
    size=st.integers(0, 16 << 30),
)
def test_a_header_is_as_pythons(path: str, mode: int, size: int) -> None:
    """Written faster, and byte for byte the same."""
    info = tarfile.TarInfo(path)
    info.mode, info.size = mode, size
    assert member_header(path, mode, size) == info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


@given(
    st.dictionaries(
        st.text(
            st.characters(exclude_characters="/\0", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=80
        ).filter(lambda name: name not in (".", "..") and len(name.encode()) <= 255),
        st.binary(max_size=70_000),
        min_size=1,
        max_size=4,
    )
)
def test_any_names_and_contents_come_back(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    """Packed here, read by Python's tarfile and by our reader."""
    root = tmp_path_factory.mktemp("any")
    (root / "in").mkdir()
    for name, content in files.items():
        (root / "in" / name).write_bytes(content)
    pack_folder(root / "in", root / "a.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress((root / "a.tar.gz").read_bytes()))) as archive:
        assert {info.name: archive.extractfile(info).read() for info in archive} == files  # type: ignore[union-attr]  # all are files
    with open_archive(root / "a.tar.gz") as reader:
        assert {header.path: b"".join(reader.chunks()) for header in reader} == files
    shutil.rmtree(root)


@pytest.mark.soak
def test_a_file_beyond_ustar_is_read_by_gnu_tar(tmp_path: Path) -> None:
    """Nine gigabytes of zeros, sparse on disk, packed and listed."""
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "model.pt").open("wb") as file:
        file.truncate(9 << 30)
    pack_folder(tmp_path / "in", tmp_path / "a.tar.gz")
    listed = subprocess.run(
        ["tar", "tvzf", tmp_path / "a.tar.gz"], check=True, capture_output=True, text=True
    )
    assert str(9 << 30) in listed.stdout
