from pathlib import Path

import pytest

from model_packaging._build_memory import needed_bytes_of
from spec import Model

GIB = 1 << 30


def section(**export: object) -> Model:
    return Model.model_validate(
        {
            "export": {"from": "zoo.m:factory", "to": "torchscript", "how": "trace", **export},
            "triton": {"max_batch_size": 4},
        }
    )


def sparse(path: Path, size_bytes: int) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size_bytes)


def test_a_model_that_nothing_is_known_of_needs_what_a_small_one_does(tmp_path: Path) -> None:
    """A worker, and four copies of 256 MiB."""
    assert needed_bytes_of(section(), tmp_path / "build", tmp_path) == 2 * GIB


def test_the_artifact_before_tells_the_size(tmp_path: Path) -> None:
    """Four copies of it."""
    sparse(tmp_path / "build" / "key.tar.gz", 3 * GIB)
    assert needed_bytes_of(section(), tmp_path / "build", tmp_path) == 13 * GIB


@pytest.mark.parametrize("there", [True, False])
def test_declared_weights_tell_the_size(tmp_path: Path, *, there: bool) -> None:
    """Where they are here."""
    model = section(weights={"from": "weights/m.safetensors", "sha256": "0" * 64})
    if there:
        sparse(tmp_path / "weights" / "m.safetensors", 2 * GIB)
    assert needed_bytes_of(model, tmp_path / "build", tmp_path) == (9 if there else 2) * GIB


def test_the_largest_version_tells_the_size(tmp_path: Path) -> None:
    """Versions are exported one after the other, the one that answers is not always the largest."""
    versions = {
        number: {"weights": {"from": f"weights/{number}.safetensors", "sha256": number * 64}}
        for number in ("1", "2")
    }
    sparse(tmp_path / "weights" / "1.safetensors", 2 * GIB)
    sparse(tmp_path / "weights" / "2.safetensors", GIB)
    assert needed_bytes_of(section(versions=versions), tmp_path / "build", tmp_path) == 9 * GIB


def test_a_models_file_tells_the_size(tmp_path: Path) -> None:
    """It is loaded to be compared."""
    model = Model.model_validate(
        {"file": {"from": "weights/m.onnx", "sha256": "0" * 64}, "triton": {"max_batch_size": 4}}
    )
    sparse(tmp_path / "weights" / "m.onnx", GIB)
    assert needed_bytes_of(model, tmp_path / "build", tmp_path) == 5 * GIB
