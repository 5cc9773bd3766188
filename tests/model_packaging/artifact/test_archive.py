import contextlib
import gzip
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.archive import ArchiveError, ArchiveLimits, extract_archive, open_archive

Members = list[tuple[tarfile.TarInfo, bytes]]


def member(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, **fields: object) -> Members:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return [(info, content)]


def tar_of(*members: Members, format: int = tarfile.PAX_FORMAT) -> bytes:  # noqa: A002 - tarfile's own word
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for info, content in (pair for each in members for pair in each):
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def read(packed: bytes, limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    with open_archive(io.BytesIO(packed), limits, "model.tar.gz") as reader:
        return {header.path: b"".join(reader.chunks()) for header in reader}


def refusal(packed: bytes, limits: ArchiveLimits | None = None) -> ArchiveError:
    with pytest.raises(ArchiveError) as caught:
        read(packed, limits)
    assert "\n" not in str(caught.value)
    return caught.value


def test_files_come_back_by_path_with_their_content() -> None:
    """A plain archive is read as it was written."""
    packed = gzip.compress(
        tar_of(member("model/config.pbtxt", b"x"), member("model/1/model.pt", b"y" * 9999))
    )
    assert read(packed) == {"model/config.pbtxt": b"x", "model/1/model.pt": b"y" * 9999}


def test_gnu_tar_of_a_folder_is_read(tmp_path: Path) -> None:
    """What `tar czf model.tar.gz .` writes, `./` prefixes and padding included, is accepted."""
    (tmp_path / "in" / "model").mkdir(parents=True)
    (tmp_path / "in" / "model" / "a").write_bytes(b"content")
    subprocess.run(["tar", "czf", tmp_path / "model.tar.gz", "-C", tmp_path / "in", "."], check=True)
    members = extract_archive(tmp_path / "model.tar.gz", tmp_path / "out")
    assert {header.path for header in members} == {"", "model", "model/a"}
    assert (tmp_path / "out" / "model" / "a").read_bytes() == b"content"


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_are_read(format: int) -> None:  # noqa: A002 - tarfile's own word
    """Paths beyond ustar's 100 bytes come through pax and GNU extensions alike."""
    name = "/".join(["folder" * 5] * 8) + "/ä.pt"
    assert read(gzip.compress(tar_of(member(name, b"1"), format=format))) == {name: b"1"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "absolute path"),
        ("../outside", "`..`"),
        ("model/../../outside", "`..`"),
        ("model/new\nline", "control character"),
        ("n" * 256, "255 bytes"),
        ("/".join("abcdefgh") * 40, "deeper"),
        (("d" * 200 + "/") * 6, "longer than the allowed 1024 bytes"),
    ],
)
def test_a_path_that_is_not_inside_is_refused(name: str, reason: str) -> None:
    """Absolute, climbing, unprintable and overlong paths name the member and the reason."""
    error = refusal(gzip.compress(tar_of(member(name, b"x"))))
    assert reason in error.reason
    assert error.member
    assert error.archive == "model.tar.gz"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, "symbolic link"),
        (tarfile.LNKTYPE, "hard link"),
        (tarfile.CHRTYPE, "character device"),
        (tarfile.BLKTYPE, "block device"),
        (tarfile.FIFOTYPE, "named pipe"),
        (tarfile.GNUTYPE_SPARSE, "sparse"),
        (b"Z", "of type"),
    ],
)
def test_a_member_that_is_no_file_is_refused(kind: bytes, reason: str) -> None:
    """Links, devices, pipes and unknown types name the member and what it is."""
    error = refusal(gzip.compress(tar_of(member("model/x", kind=kind, linkname="/etc/passwd"))))
    assert error.member == "model/x"
    assert reason in error.reason


def test_a_path_that_is_there_twice_is_refused() -> None:
    """The second member of one path can't replace the first, which a check may have read."""
    error = refusal(gzip.compress(tar_of(member("a", b"1"), member("./a", b"2"))))
    assert (error.member, "twice" in error.reason) == ("a", True)


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a")])
def test_a_path_that_is_file_and_folder_is_refused(names: tuple[str, str]) -> None:
    """Whichever comes first."""
    assert "file and a folder" in refusal(gzip.compress(tar_of(*(member(n, b"1") for n in names)))).reason


def test_a_second_gzip_member_is_refused() -> None:
    """Readers differ in what they make of it."""
    packed = gzip.compress(tar_of(member("a", b"1")))
    assert "exactly one member" in refusal(packed + gzip.compress(b"more")).reason


def test_bytes_after_the_gzip_member_are_refused() -> None:
    """Trailing garbage is not ignored."""
    assert "exactly one member" in refusal(gzip.compress(tar_of(member("a", b"1"))) + b"\0").reason


def test_data_after_the_end_mark_is_refused() -> None:
    """Nothing hides behind the end of the tar stream."""
    assert "follows the end mark" in refusal(gzip.compress(tar_of(member("a", b"1")) + b"x" * 512)).reason


def test_a_plain_tar_is_refused() -> None:
    """SageMaker wants gzip."""
    assert "no gzip file" in refusal(tar_of(member("a", b"1"))).reason


def test_gzip_of_something_else_is_refused() -> None:
    """A compressed file that is no tar."""
    assert "no readable tar header" in refusal(gzip.compress(b"weights" * 1000)).reason


def test_an_empty_file_is_refused() -> None:
    """It is named as such."""
    assert "is empty" in refusal(b"").reason


def test_a_changed_byte_is_found() -> None:
    """The checksum is checked at the end."""
    packed = bytearray(gzip.compress(tar_of(member("a", b"1")), compresslevel=0))
    packed[-8] ^= 1
    assert "damaged" in refusal(bytes(packed)).reason


def test_a_cut_archive_is_refused_wherever_it_is_cut() -> None:
    """No prefix of an archive passes for one."""
    packed = gzip.compress(tar_of(member("a", b"1" * 1000), member("b", b"2")))
    for length in range(len(packed)):
        refusal(packed[:length])


def test_a_tar_cut_inside_a_member_names_it() -> None:
    """A well-formed gzip around half a tar."""
    error = refusal(gzip.compress(tar_of(member("model/1/model.pt", b"1" * 100_000))[:50_000]))
    assert (error.member, "ends in its middle" in error.reason) == ("model/1/model.pt", True)


def test_a_negative_size_is_refused() -> None:
    """Base-256 sizes may be negative."""
    block = bytearray(tar_of(member("a"))[:512])
    block[124:136] = b"\xff" * 12
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    assert "negative size" in refusal(gzip.compress(bytes(block) + bytes(1024))).reason


def test_a_name_that_is_no_text_is_refused() -> None:
    """Names are UTF-8."""
    info = tarfile.TarInfo("a\udcff")
    block = info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
    assert "not UTF-8" in refusal(gzip.compress(block + bytes(1024))).reason


def test_too_many_members_are_refused() -> None:
    """The limit holds."""
    packed = gzip.compress(tar_of(*(member(str(number)) for number in range(11))))
    assert "more than 10 members" in refusal(packed, ArchiveLimits(members=10)).reason


def test_too_large_an_archive_is_refused() -> None:
    """The limit is on everything that is unpacked."""
    packed = gzip.compress(tar_of(member("a", os.urandom(200_000))))
    assert "more than the allowed 100000 bytes" in refusal(packed, ArchiveLimits(total_bytes=100_000)).reason


def test_a_decompression_bomb_is_refused() -> None:
    """Beyond a free allowance the ratio is limited."""
    packed = gzip.compress(tar_of(member("a", bytes(10_000_000))))
    limits = ArchiveLimits(ratio=100, ratio_free_bytes=1_000_000)
    assert "decompression bombs" in refusal(packed, limits).reason


def test_a_huge_extension_header_is_refused_unread() -> None:
    """A pax header that claims a gigabyte is never read into memory."""
    info = tarfile.TarInfo("././@PaxHeader")
    info.type = tarfile.XHDTYPE
    info.size = 1 << 30
    packed = gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096))
    assert "at most 65536" in refusal(packed).reason


def test_endless_extension_headers_are_refused() -> None:
    """They are counted."""
    info = tarfile.TarInfo("././@PaxHeader")
    info.type = tarfile.XHDTYPE
    assert "16 extension headers" in refusal(gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) * 20)).reason


def test_a_global_header_may_not_rename_members() -> None:
    """`git archive` writes one with a comment, which passes; a path in it does not."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", pax_headers={"path": "other"}) as archive:
        archive.addfile(tarfile.TarInfo("a"))
    assert "global header" in refusal(gzip.compress(buffer.getvalue())).reason
    commented = io.BytesIO()
    with tarfile.open(fileobj=commented, mode="w", pax_headers={"comment": "0123"}) as archive:
        archive.addfile(tarfile.TarInfo("a"))
    assert read(gzip.compress(commented.getvalue())) == {"a": b""}


def test_content_is_limited() -> None:
    """A config.pbtxt of a gigabyte is not read into memory."""
    packed = gzip.compress(tar_of(member("a", b"12345")))
    with open_archive(io.BytesIO(packed)) as reader:
        for _ in reader:
            with pytest.raises(ArchiveError, match="5 bytes, at most 4"):
                reader.content(4)
            assert reader.content(5) == b"12345"


def test_a_missing_archive_is_an_archive_error(tmp_path: Path) -> None:
    """With the system's words."""
    with pytest.raises(ArchiveError, match="No such file"), open_archive(tmp_path / "none.tar.gz"):
        pass


def test_modes_are_sanitised(tmp_path: Path) -> None:
    """Nothing is set-uid, unreadable or writable by others; what was executable stays so."""
    packed = tmp_path / "m.tar.gz"
    packed.write_bytes(
        gzip.compress(
            tar_of(
                member("d", kind=tarfile.DIRTYPE, mode=0o777),
                member("d/plain", b"1", mode=0o6666),
                member("d/program", b"2", mode=0o4700),
                member("d/secret", b"3", mode=0),
            )
        )
    )
    extract_archive(packed, tmp_path / "out")
    modes = {path.name: path.stat().st_mode & 0o7777 for path in (tmp_path / "out").rglob("*")}
    assert modes == {"d": 0o755, "plain": 0o644, "program": 0o755, "secret": 0o644}


def test_a_refused_archive_leaves_nothing(tmp_path: Path) -> None:
    """Neither the destination nor a folder beside it."""
    packed = tmp_path / "m.tar.gz"
    packed.write_bytes(gzip.compress(tar_of(member("good", b"1"), member("../bad", b"2"))))
    with pytest.raises(ArchiveError):
        extract_archive(packed, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [packed]


def test_progress_is_told_and_may_end_it(tmp_path: Path) -> None:
    """What it raises comes out, and nothing is left."""
    packed = tmp_path / "m.tar.gz"
    packed.write_bytes(gzip.compress(tar_of(member("one", b"1"), member("two", b"22"))))
    told: list[int] = []
    extract_archive(packed, tmp_path / "out", progress=told.append)
    assert told == [1, 2]

    def end(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_archive(packed, tmp_path / "other", progress=end)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.tar.gz", "out"]


@pytest.mark.parametrize("is_link", [False, True])
def test_an_existing_destination_is_refused(tmp_path: Path, *, is_link: bool) -> None:
    """Nothing is unpacked over something, nor through a dangling link."""
    destination = tmp_path / "out"
    if is_link:
        destination.symlink_to(tmp_path / "elsewhere")
    else:
        destination.mkdir()
    packed = tmp_path / "m.tar.gz"
    packed.write_bytes(gzip.compress(tar_of(member("a", b"1"))))
    with pytest.raises(ArchiveError, match="out exists"):
        extract_archive(packed, destination)


names = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40
)
contents = st.dictionaries(names.filter(lambda name: name not in (".", "..")), st.binary(max_size=3000))


@given(contents)
def test_any_files_come_back(files: dict[str, bytes]) -> None:
    """Whatever names and contents Python's tarfile packs are read back."""
    packed = gzip.compress(tar_of(*(member(f"m/{name}", content) for name, content in files.items())))
    assert read(packed) == {f"m/{name}": content for name, content in files.items()}


@given(st.one_of(st.binary(max_size=4096), st.binary(max_size=4096).map(gzip.compress)))
def test_noise_is_refused(noise: bytes) -> None:
    """Whatever the bytes, packed or not, it is an ArchiveError and never another exception."""
    refusal(noise)


@given(contents, st.data())
def test_a_damaged_tar_is_read_or_refused(files: dict[str, bytes], data: st.DataObject) -> None:
    """Bytes changed anywhere below the checksum end in ArchiveError or in safe paths."""
    tar = bytearray(tar_of(*(member(name, content) for name, content in files.items())))
    for _ in range(data.draw(st.integers(1, 8))):
        tar[data.draw(st.integers(0, min(len(tar), 4096) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(gzip.compress(bytes(tar), compresslevel=0))
    except ArchiveError:
        return
    assert not any(path.startswith("/") or ".." in path.split("/") for path in found)


@given(
    st.lists(
        st.tuples(
            st.text("ab./\n", max_size=12),
            st.sampled_from([tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE]),
        ),
        max_size=5,
    )
)
def test_hostile_archives_never_write_outside(
    tmp_path_factory: pytest.TempPathFactory, hostile: list[tuple[str, bytes]]
) -> None:
    """Links, climbing and clashing paths: whatever they are, nothing appears beside the destination."""
    root = tmp_path_factory.mktemp("hostile")
    members = [member(name, kind=kind, linkname="../..") for name, kind in hostile]
    (root / "m.tar.gz").write_bytes(gzip.compress(tar_of(*members)))
    try:
        extract_archive(root / "m.tar.gz", root / "out")
    except ArchiveError:
        assert not (root / "out").exists()
    assert {path.name for path in root.iterdir()} <= {"m.tar.gz", "out"}
    assert not any(path.is_symlink() for path in root.rglob("*"))
    shutil.rmtree(root)


def pax_archive(records: bytes) -> bytes:
    """An archive of one file behind a pax header that holds ``records``."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, len(records)
    padded = records + bytes(-len(records) % tarfile.BLOCKSIZE)
    return gzip.compress(header.tobuf() + padded + tarfile.TarInfo("m/a").tobuf() + bytes(1024))


@pytest.mark.parametrize("records", [b"5012 size=" + b"9" * 5001 + b"\n", b"9" * 5000 + b" size=1\n"])
def test_numbers_too_long_to_parse_are_refused(records: bytes) -> None:
    """Python refuses to parse thousands of digits by an exception of its own."""
    refusal(pax_archive(records))


@given(
    st.sampled_from([b"size", b"path", b"linkpath", b"GNU.sparse.size", b"mtime"]),
    st.one_of(st.binary(max_size=64), st.from_regex(rb"[0-9]{1,5000}", fullmatch=True)),
)
def test_any_pax_record_is_read_or_refused(key: bytes, value: bytes) -> None:
    """Whatever a pax header says, there is no other exception than ArchiveError."""
    body = b" " + key + b"=" + value + b"\n"
    length = len(body) + len(str(len(body) + 4))
    with contextlib.suppress(ArchiveError):
        read(pax_archive(str(length).encode() + body))
