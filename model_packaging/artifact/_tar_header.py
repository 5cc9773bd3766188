"""Reads tar headers: ustar, with pax and GNU extensions for long names and large files, and nothing else."""

import tarfile
import unicodedata
from dataclasses import dataclass

from model_packaging.artifact._archive_limits import MAX_NAME_BYTES, ArchiveLimits
from model_packaging.artifact._gzip_member import GzipMember
from model_packaging.artifact.errors import ArchiveError, ArchiveFault

__all__ = ["BLOCK_BYTES", "Header", "next_header"]

BLOCK_BYTES = tarfile.BLOCKSIZE
_MAX_EXTENSION_BYTES = 64 * 1024
_MAX_EXTENSIONS = 16
_MAX_PAX_RECORDS = 256
"""In one header; what tars write are times, owners and extended attributes, some twenty."""
_MAX_DIGITS = 20
"""Of a number in a pax record: 2^64 has as many, and Python refuses to parse thousands of them."""
_GNU_LONG_NAME = tarfile.GNUTYPE_LONGNAME
_REFUSED_KINDS = {
    tarfile.LNKTYPE: "a hard link",
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.GNUTYPE_LONGLINK: "a link",
    tarfile.CHRTYPE: "a character device",
    tarfile.BLKTYPE: "a block device",
    tarfile.FIFOTYPE: "a named pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}


@dataclass(frozen=True, slots=True)
class Header:
    """One member: a regular file or a folder.

    Attributes:
        path: relative, normalised, ``/`` between parts; empty for the root folder itself.
        is_directory: a folder; it has no content.
        mode: permission bits as the archive has them.
        size_bytes: of the content that follows.
    """

    path: str
    is_directory: bool
    mode: int
    size_bytes: int


def next_header(source: GzipMember, archive: str, limits: ArchiveLimits) -> Header | None:
    """Return the next member's header; None at the end mark.

    Raises:
        ArchiveError: no tar header, or one of a member that is not allowed.
    """
    extensions: dict[str, str] = {}
    for _ in range(_MAX_EXTENSIONS):
        info = _read_block(source, archive)
        if info is None:
            if extensions:
                raise ArchiveError(archive, "", "ends after an extension header without its member")
            return None
        if info.type in (tarfile.XHDTYPE, tarfile.XGLTYPE, _GNU_LONG_NAME):
            found = _read_extension(source, archive, info)
            if info.type != tarfile.XGLTYPE:
                extensions |= found
            elif found.keys() & {"path", "size", "linkpath"}:
                raise ArchiveError(archive, "", "a global header names or sizes members; it may only comment")
            continue
        return _checked(info, extensions, archive, limits)
    raise ArchiveError(archive, "", f"more than {_MAX_EXTENSIONS} extension headers before one member")


def _read_block(source: GzipMember, archive: str) -> tarfile.TarInfo | None:
    block = source.read(BLOCK_BYTES)
    if len(block) == BLOCK_BYTES and not any(block):
        return None
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except UnicodeDecodeError:
        raise ArchiveError(archive, "", "a member's name is not UTF-8") from None
    except (tarfile.HeaderError, ValueError) as error:
        raise ArchiveError(archive, "", f"holds no readable tar header ({error}); pack it again") from None
    if info.size < 0:
        raise ArchiveError(archive, info.name, f"a negative size ({info.size})")
    return info


def _read_extension(source: GzipMember, archive: str, info: tarfile.TarInfo) -> dict[str, str]:
    if info.size > _MAX_EXTENSION_BYTES:
        raise ArchiveError(
            archive, "", f"an extension header of {info.size} bytes; at most {_MAX_EXTENSION_BYTES} are read"
        )
    data = source.read(info.size + -info.size % BLOCK_BYTES)[: info.size]
    try:
        if info.type == _GNU_LONG_NAME:
            return {"path": data.rstrip(b"\0").decode()}
        return _pax_records(data)
    except ValueError:
        raise ArchiveError(archive, "", "a damaged extension header; pack it again") from None


def _pax_records(data: bytes) -> dict[str, str]:
    """Parse records of length, key and value (POSIX.1-2017, utility pax, "pax Extended Header")."""
    records: dict[str, str] = {}
    start = count = 0
    while start < len(data):
        count += 1
        length_text, space, _ = data[start : start + _MAX_DIGITS + 1].partition(b" ")
        if not space or not _is_number(length_text.decode("ascii")) or count > _MAX_PAX_RECORDS:
            raise ValueError
        end = start + int(length_text)
        record = data[start + len(length_text) + 1 : end]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n") or end > len(data):
            raise ValueError
        if key in (b"path", b"size", b"linkpath") or key.startswith(b"GNU.sparse"):
            records[key.decode()] = value[:-1].decode()
        start = end
    return records


def _is_number(text: str) -> bool:
    return len(text) <= _MAX_DIGITS and text.isascii() and text.isdigit()


def _checked(
    info: tarfile.TarInfo, extensions: dict[str, str], archive: str, limits: ArchiveLimits
) -> Header:
    name = extensions.get("path", info.name)
    kind = _REFUSED_KINDS.get(info.type)
    if any(key.startswith("GNU.sparse") for key in extensions):
        kind = _REFUSED_KINDS[tarfile.GNUTYPE_SPARSE]
    elif kind is None and not (info.isreg() or info.isdir()):
        kind = f"of type {info.type!r}"
    if kind:
        raise ArchiveError(
            archive, name, f"is {kind}; only regular files and folders are allowed", ArchiveFault.KIND
        )
    size_text = extensions.get("size", str(info.size))
    if not _is_number(size_text) or (info.isdir() and int(size_text)):
        shown = size_text[:_MAX_DIGITS]
        raise ArchiveError(archive, name, f"a size of {shown!r}; a file's bytes, or 0 for a folder")
    path = _safe_path(name, archive, limits)
    if not path and not info.isdir():
        raise ArchiveError(archive, name, "a file without a name", ArchiveFault.PATH)
    return Header(path, info.isdir(), info.mode & 0o777, int(size_text))


def _safe_path(name: str, archive: str, limits: ArchiveLimits) -> str:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    problem, fault = "", ArchiveFault.PATH
    if name.startswith("/"):
        problem = "an absolute path; only paths inside the archive are allowed"
    elif ".." in parts:
        problem = "a path with `..`; only paths inside the archive are allowed"
    elif any(unicodedata.category(character) == "Cc" for character in name):
        problem = "a control character in its path"
    elif len(name.encode(errors="surrogatepass")) > limits.path_bytes:
        problem, fault = f"a path longer than the allowed {limits.path_bytes} bytes", ArchiveFault.LIMIT
    elif len(parts) > limits.depth:
        problem, fault = f"a path deeper than the allowed {limits.depth} folders", ArchiveFault.LIMIT
    elif any(len(part.encode()) > MAX_NAME_BYTES for part in parts):
        problem = f"a name longer than the {MAX_NAME_BYTES} bytes file systems allow"
    if problem:
        shown = name if len(name) <= MAX_NAME_BYTES else name[:MAX_NAME_BYTES] + "..."
        raise ArchiveError(archive, shown, problem, fault)
    return "/".join(parts)
