"""A build that was cancelled ends within a piece of a file, whatever its model comes from."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from model_packaging.archive.packing import pack_folder
from model_packaging.artifact import Signature
from model_packaging.errors import WorkerError
from model_packaging.sources import SourceTask, lay_out
from model_packaging.sources.laid_out import Member
from model_packaging.untrusted import fetched_files
from model_packaging.worker.protocol import WorkerFolder
from spec import Model
from tests.invocation.manifests import manifest_of

TENSORS = {
    "input": [{"name": "x", "data_type": "TYPE_FP32", "dims": [2]}],
    "output": [{"name": "y", "data_type": "TYPE_FP32", "dims": [2]}],
}
STEP = {"model_name": "echo", "input_map": {"x": "x"}, "output_map": {"y": "y"}}


@pytest.fixture
def cancelled() -> threading.Event:
    """What another thread sets."""
    return threading.Event()


@pytest.fixture
def task(tmp_path: Path, cancelled: threading.Event) -> Callable[..., SourceTask]:
    """``(the model's section, members) -> task`` in an empty project."""

    def made(section: dict[str, Any], **members: Member) -> SourceTask:
        (work := tmp_path / "work").mkdir()
        model = Model.model_validate(section)
        return SourceTask("m", model, tmp_path, WorkerFolder(work), members, cancelled)

    return made


def ends(task: SourceTask) -> None:
    with pytest.raises(WorkerError) as caught:
        lay_out(task)
    assert (caught.value.cause, caught.value.fix) == ("its build was cancelled.", "run the command again.")


@pytest.mark.parametrize(
    "section",
    [
        {
            "file": {"from": "s3://bucket/m.onnx", "sha256": "0" * 64},
            "triton": {"max_batch_size": 4},
        },
        {"repository": {"from": "s3://bucket/m.tar.gz", "sha256": "0" * 64}},
    ],
    ids=["file", "repository"],
)
def test_a_download_ends(
    task: Callable[..., SourceTask],
    cancelled: threading.Event,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    section: dict[str, Any],
) -> None:
    """In its middle, and leaves nothing."""

    def endless(*_: str) -> Iterator[bytes]:
        yield b"first"
        cancelled.set()
        while True:
            yield b"more"

    monkeypatch.setattr(fetched_files, "download", endless)
    ends(task(section))
    assert list((tmp_path / fetched_files.DOWNLOADS_FOLDER).iterdir()) == []


def test_copying_a_repository_ends(
    task: Callable[..., SourceTask], cancelled: threading.Event, tmp_path: Path
) -> None:
    """Before the next file."""
    (tmp_path / "models" / "inner").mkdir(parents=True)
    (tmp_path / "models" / "inner" / "config.pbtxt").touch()
    cancelled.set()
    made = task({"repository": {"from": "models"}})
    ends(made)
    assert [path for path in made.work.repository.rglob("*") if path.is_file()] == []


def test_unpacking_a_repository_ends(
    task: Callable[..., SourceTask], cancelled: threading.Event, tmp_path: Path
) -> None:
    """One whose archive was fetched before."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        member = tarfile.TarInfo("inner/config.pbtxt")
        member.size = 9
        tar.addfile(member, io.BytesIO(b"name: 'a'"))
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    (folder := tmp_path / fetched_files.DOWNLOADS_FOLDER).mkdir(parents=True)
    (folder / digest).write_bytes(content.getvalue())
    cancelled.set()
    made = task({"repository": {"from": "s3://bucket/a.tar.gz", "sha256": digest}})
    ends(made)
    assert list(made.work.path.iterdir()) == []


def test_unpacking_members_ends(
    task: Callable[..., SourceTask], cancelled: threading.Event, tmp_path: Path
) -> None:
    """Their archives may be as large as models are."""
    (tmp_path / "packed" / "echo").mkdir(parents=True)
    (tmp_path / "packed" / "echo" / "config.pbtxt").write_text("name: 'echo'", encoding="utf-8")
    pack_folder(tmp_path / "packed", tmp_path / "echo.tar.gz")
    cancelled.set()
    ensemble = {"ensemble": {"step": [STEP]}, "triton": {"max_batch_size": 4, **TENSORS}}
    manifest = manifest_of("echo", Signature((), (), batched=True))
    ends(task(ensemble, echo=Member(manifest, tmp_path / "echo.tar.gz")))
