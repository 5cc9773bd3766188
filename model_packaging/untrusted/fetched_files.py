"""Files that a section names by address and digest: of the project, in Amazon S3, or on a hub.

What comes from elsewhere is kept by its digest, so that the network is asked once. Nobody gets a file before
its digest was found to be the declared one, not even one that was kept: any process may have written there.
"""

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import closing, suppress
from pathlib import Path

from model_packaging.cancellation import check_cancelled
from model_packaging.errors import FetchError
from model_packaging.untrusted._download import HUB_SCHEME, S3_SCHEME, download

__all__ = ["DOWNLOADS_FOLDER", "fetched_file"]

DOWNLOADS_FOLDER = Path(".seatrial", "downloads")
"""In the project: a file for each digest."""

_UNFINISHED = ".unfinished-"
_LEFT_AFTER_SECONDS = 24 * 3600.0

MAX_FILE_BYTES = 64 << 30
"""What a server sends beyond is not kept: no SageMaker model is as large."""


def fetched_file(
    address: str, sha256: str, project_root: Path, key: str, cancelled: threading.Event | None = None
) -> Path:
    """Return the file at ``address``, whose content has the digest ``sha256``; it must not be written to.

    Args:
        address: a path from the project's root, ``s3://bucket/key``, or ``hf://owner/name@revision/path``.
        sha256: 64 hexadecimal digits.
        project_root: where paths start and what is fetched is kept.
        key: of the deployment file, for errors.
        cancelled: set by another thread to end a download.

    Raises:
        FetchError: it is not there, can't be fetched or kept, or has another digest.
        WorkerError: it was cancelled.
    """
    shown = f"{key}: {address}"
    try:
        if not address.startswith((S3_SCHEME, HUB_SCHEME)):
            path = project_root / address
            _check(sha256, _digest_of(path), shown)
            return path
        folder = project_root / DOWNLOADS_FOLDER
        return _kept(address, sha256, folder, shown, cancelled or threading.Event())
    except OSError as error:
        raise FetchError(
            f"{shown} can't be read ({error.strerror or error}).",
            "correct the path, which starts from the project's root, or bring the file there; what is "
            f"fetched needs room in {DOWNLOADS_FOLDER}.",
        ) from error


def _kept(address: str, sha256: str, folder: Path, shown: str, cancelled: threading.Event) -> Path:
    kept = folder / sha256
    if kept.is_file():
        if _digest_of(kept) == sha256:
            return kept
        kept.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    descriptor, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
    unfinished = Path(name)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            closing(_bounded(download(address, shown), shown)) as chunks,
        ):
            digest = hashlib.sha256()
            for chunk in chunks:
                check_cancelled(cancelled)
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        _check(sha256, digest.hexdigest(), shown)
        unfinished.rename(kept)
    finally:
        unfinished.unlink(missing_ok=True)
    return kept


def _sweep(folder: Path) -> None:
    """Remove what killed downloads have left; one that is going on is younger."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        with suppress(FileNotFoundError):  # another process sweeps, too
            if time.time() - left.stat().st_mtime > _LEFT_AFTER_SECONDS:
                left.unlink()


def _bounded(chunks: Iterable[bytes], shown: str) -> Generator[bytes]:
    size_bytes = 0
    for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > MAX_FILE_BYTES:
            raise FetchError(f"{shown} is larger than {MAX_FILE_BYTES} bytes.", "name a model's file.")
        yield chunk


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(declared: str, found: str, shown: str) -> None:
    if found != declared:
        raise FetchError(
            f"{shown} has the sha256 {found}, not {declared}.",
            "bring the declared file back; where the new one is meant, declare its digest.",
        )
