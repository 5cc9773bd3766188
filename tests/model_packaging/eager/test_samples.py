import zipfile
from pathlib import Path

import numpy as np
import pytest

from model_packaging.eager.samples import Sample, read_samples, write_samples
from model_packaging.errors import SamplesFileError


def sample(batch_size: int) -> Sample:
    generator = np.random.default_rng(batch_size)
    return Sample(
        batch_size,
        {"ids": generator.integers(0, 9, (batch_size, 3)), "a/b": np.ones((batch_size, 1), bool)},
        {"OUTPUT__0": generator.random((batch_size, 2), np.float32)},
    )


def test_samples_come_back_by_batch_size(tmp_path: Path) -> None:
    """Names, types and values, smallest batch first."""
    write_samples([sample(4), sample(1)], tmp_path / "s.npz")
    found = read_samples(tmp_path / "s.npz")
    assert [each.batch_size for each in found] == [1, 4]
    for each in found:
        wanted = sample(each.batch_size)
        assert each.inputs.keys() == wanted.inputs.keys()
        for name, array in {**wanted.inputs, **wanted.outputs}.items():
            np.testing.assert_array_equal({**each.inputs, **each.outputs}[name], array, strict=True)


def test_array_names_are_as_the_manifest_says(tmp_path: Path) -> None:
    """Any tool that reads .npz finds them."""
    write_samples([sample(1)], tmp_path / "s.npz")
    with np.load(tmp_path / "s.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["1/input/a/b", "1/input/ids", "1/output/OUTPUT__0"]


def test_equal_samples_have_equal_bytes(tmp_path: Path) -> None:
    """No clock in it."""
    for name in ("a.npz", "b.npz"):
        write_samples([sample(1), sample(4)], tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_pickles_are_not_read(tmp_path: Path) -> None:
    """An array of objects would run code."""
    np.savez(tmp_path / "s.npz", x=np.array([object()]))
    with zipfile.ZipFile(tmp_path / "s.npz") as plain, zipfile.ZipFile(tmp_path / "t.npz", "w") as named:
        named.writestr("1/input/x.npy", plain.read("x.npy"))
    with pytest.raises(SamplesFileError, match="allow_pickle=False"):
        read_samples(tmp_path / "t.npz")


def test_other_arrays_are_refused(tmp_path: Path) -> None:
    """By name."""
    np.savez(tmp_path / "s.npz", weights=np.ones(1))
    with pytest.raises(SamplesFileError, match="an array named 'weights'"):
        read_samples(tmp_path / "s.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_a_damaged_file_is_one_line(tmp_path: Path, content: bytes) -> None:
    """With what to do."""
    (tmp_path / "s.npz").write_bytes(content)
    with pytest.raises(SamplesFileError) as caught:
        read_samples(tmp_path / "s.npz")
    assert "\n" not in str(caught.value)
    assert "seatrial package --force" in caught.value.fix


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(SamplesFileError, match=r"none\.npz: no readable samples"):
        read_samples(tmp_path / "none.npz")
