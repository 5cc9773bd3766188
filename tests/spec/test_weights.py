"""What a deployment file may say about weights and data files."""

import pytest
from pydantic import ValidationError

from spec import Export, Weights

_DIGEST = "0123456789abcdef" * 4


def export(**given: object) -> Export:
    return Export.model_validate({"from": "zoo:it", "to": "torchscript", "how": "trace", **given})


@pytest.mark.parametrize(
    ("path", "is_safetensors"),
    [("w.safetensors", True), ("weights/v1.2/w.pt", False), ("w.pth", False), ("w.bin", False)],
)
def test_the_files_name_says_its_format(path: str, *, is_safetensors: bool) -> None:
    """Safetensors, or a state dict."""
    weights = export(weights={"from": path, "sha256": _DIGEST}).weights
    assert weights is not None
    assert (weights.from_, weights.is_safetensors) == (path, is_safetensors)


@pytest.mark.parametrize(
    "path", ["../w.pt", "/w.pt", "a/../w.pt", "w.onnx", "w.pkl", "w", ".pt", "s3://b/w.pt"]
)
def test_other_files_are_refused(path: str) -> None:
    """Outside of the project, or of a format that is not read."""
    with pytest.raises(ValidationError):
        Weights.model_validate({"from": path, "sha256": _DIGEST})


@pytest.mark.parametrize("digest", ["", "abc", _DIGEST.upper(), f"{_DIGEST}0", f"sha256:{_DIGEST}"])
def test_a_digest_is_as_sha256sum_prints_it(digest: str) -> None:
    """One way to write it, so that equal files have equal sections."""
    with pytest.raises(ValidationError):
        Weights.model_validate({"from": "w.pt", "sha256": digest})


def test_weights_without_a_digest_are_refused() -> None:
    """A name alone pins nothing."""
    with pytest.raises(ValidationError):
        export(weights={"from": "w.pt"})


def test_a_data_file_stands_there_once() -> None:
    """And stays below the project's root."""
    assert export(files=["a.txt", "b/c.json"]).files == ("a.txt", "b/c.json")
    for files in (["a.txt", "a.txt"], ["../a.txt"]):
        with pytest.raises(ValidationError):
            export(files=files)
