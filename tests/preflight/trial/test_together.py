"""How many trials run at the same time."""

from pathlib import Path

import pytest

from model_packaging.machine import Machine
from preflight.trial._subject import Subject
from preflight.trial._together import trials_at_once

GIB = 1 << 30


@pytest.mark.parametrize(
    ("sizes", "cores", "memory", "expected"),
    [
        ([0] * 5, 8, 64 * GIB, 5),
        ([0] * 5, 2, 64 * GIB, 2),
        ([0] * 5, 8, 3 * GIB, 3),
        ([GIB, 0], 8, 9 * GIB, 1),
        ([GIB, 0], 8, 10 * GIB, 2),
        ([GIB] * 2, 8, 0, 1),
        ([], 8, GIB, 1),
    ],
    ids=["all", "cores", "memory", "a large model", "room for it", "no room", "none"],
)
def test_as_many_as_there_is_room_for(sizes: list[int], cores: int, memory: int, expected: int) -> None:
    """Neither cores nor memory are overcommitted; one runs always."""
    assert trials_at_once(sizes, Machine(cores, memory)) == expected


def test_an_artifact_s_size(tmp_path: Path) -> None:
    """Of an archive, of all files of a folder, of nothing."""
    (tmp_path / "model" / "1").mkdir(parents=True)
    (tmp_path / "model" / "1" / "model.pt").write_bytes(bytes(100))
    (tmp_path / "model" / "config.pbtxt").write_bytes(bytes(10))
    assert Subject("model", source=tmp_path).size_bytes == 110
    assert Subject("model", source=tmp_path / "model" / "config.pbtxt").size_bytes == 10
    assert Subject("model", source=tmp_path / "missing").size_bytes == 0
    assert Subject("model").size_bytes == 0
