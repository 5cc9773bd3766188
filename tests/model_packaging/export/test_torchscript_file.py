import zipfile
from pathlib import Path

import pytest

from model_packaging.export.torchscript_file import normalise_torchscript


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of the layout that torch.jit.save writes, with an oddly named root and compressed code."""
    path = tmp_path / "in.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("odd.name/data/0", b"weights" * 1000)
        archive.writestr("odd.name/data/1", b"")
        archive.writestr("odd.name/code/__torch__.py", b"def forward" * 99, zipfile.ZIP_DEFLATED)
        archive.writestr("odd.name/code/__torch__.py.debug_pkl", b"/home/somebody/model.py")
        archive.writestr("odd.name/traced_inputs/0", b"inputs")
        archive.writestr("odd.name/traced_inputs.pkl", b"inputs")
        archive.writestr("odd.name/version", b"3\n")
        archive.writestr("odd.name/.data/serialization_id", b"123")
    return path


def test_records_that_vary_are_gone(source: Path, tmp_path: Path) -> None:
    """Debug records, traced inputs and the serialization id; everything else stays, in order."""
    normalise_torchscript(source, tmp_path / "out.pt")
    with zipfile.ZipFile(tmp_path / "out.pt") as archive:
        assert archive.namelist() == [
            "model/data/0",
            "model/data/1",
            "model/code/__torch__.py",
            "model/version",
        ]
        assert archive.read("model/data/0") == b"weights" * 1000
        assert archive.read("model/code/__torch__.py") == b"def forward" * 99
        assert archive.testzip() is None


def test_everything_is_stored_undated(source: Path, tmp_path: Path) -> None:
    """No compressor and no clock decides a byte."""
    normalise_torchscript(source, tmp_path / "out.pt")
    with zipfile.ZipFile(tmp_path / "out.pt") as archive:
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (1980, 1, 1, 0, 0, 0)


def test_contents_are_aligned(source: Path, tmp_path: Path) -> None:
    """Every record starts at a multiple of 64, as torch writes them."""
    normalise_torchscript(source, tmp_path / "out.pt")
    data = (tmp_path / "out.pt").read_bytes()
    with zipfile.ZipFile(tmp_path / "out.pt") as archive:
        for info in archive.infolist():
            header = data[info.header_offset : info.header_offset + 30]
            names_bytes = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
            assert (info.header_offset + 30 + names_bytes) % 64 == 0


def test_large_records_have_64_bit_sizes_and_are_aligned(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As records of a gigabyte and more get them; the threshold is lowered so that the test is quick."""
    monkeypatch.setattr("model_packaging.export.torchscript_file._ZIP64_FROM_BYTES", 1000)
    normalise_torchscript(source, tmp_path / "out.pt")
    data = (tmp_path / "out.pt").read_bytes()
    with zipfile.ZipFile(tmp_path / "out.pt") as archive:
        assert archive.read("model/data/0") == b"weights" * 1000
    assert data.index(b"weights") % 64 == 0
