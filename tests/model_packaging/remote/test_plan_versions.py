"""Which TensorRT made the plans in a repository."""

from pathlib import Path

import pytest

from local.tensorrt import trtexec
from model_packaging.remote.errors import RemoteResultError
from model_packaging.remote.plan_versions import STAND_IN_MARK, plan_versions

_HEADER = b"ftrt" + bytes(20)


def _plan(repository: Path, version: str, content: bytes) -> None:
    folder = repository / "m" / version
    folder.mkdir(parents=True)
    (folder / "model.plan").write_bytes(content)


def test_repository_without_plans_says_nothing(tmp_path: Path) -> None:
    """Other formats have other makers."""
    (tmp_path / "m").mkdir()
    assert plan_versions(tmp_path) == ()


def test_version_is_that_of_all_plans(tmp_path: Path) -> None:
    """Two versions of a model have one TensorRT; a stand-in among them is said."""
    _plan(tmp_path, "1", _HEADER + bytes([10, 4, 0, 26]) + b"engine")
    assert plan_versions(tmp_path) == (("tensorrt", "10.4.0.26"),)
    _plan(tmp_path, "2", _HEADER + bytes([10, 4, 0, 26]) + STAND_IN_MARK)
    assert plan_versions(tmp_path) == (("tensorrt", "10.4.0.26"), ("tensorrt-stand-in", "1"))


def test_mark_is_the_stand_ins() -> None:
    """The stand-in imports nothing of ours, and writes the same mark."""
    assert trtexec.STAND_IN_MARK.startswith(STAND_IN_MARK)


def test_plans_of_several_versions_are_refused(tmp_path: Path) -> None:
    """One server loads one of them."""
    _plan(tmp_path, "1", _HEADER + bytes([10, 4, 0, 26]))
    _plan(tmp_path, "2", _HEADER + bytes([10, 9, 0, 34]))
    with pytest.raises(RemoteResultError, match=r"its plans are of TensorRT 10\.4\.0\.26 and 10\.9\.0\.34"):
        plan_versions(tmp_path)


def test_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    """Whatever its name says."""
    _plan(tmp_path, "1", b"PK and so on, long enough for a header")
    with pytest.raises(RemoteResultError, match="begins with b'PK a'; a TensorRT plan begins with"):
        plan_versions(tmp_path)
