"""Where weights of one's own may lie."""

import pytest
from pydantic import ValidationError

from spec import Weights


@pytest.mark.parametrize(
    ("address", "is_safetensors"),
    [
        ("weights/classifier.safetensors", True),
        ("own.pt", False),
        ("s3://bucket/models/own.safetensors", True),
        ("s3://bucket/own.pth", False),
        ("hf://owner/name@main/own.safetensors", True),
        ("hf://owner/name@v1.0/onnx/own.bin", False),
    ],
)
def test_addresses(address: str, is_safetensors: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Of the project, of S3, and of a hub at a revision; the suffix says the format."""
    assert Weights.model_validate({"from": address, "sha256": "0" * 64}).is_safetensors is is_safetensors


@pytest.mark.parametrize(
    "address",
    [
        "../own.pt",
        "/own.pt",
        "own.onnx",
        "s3://own.pt",
        "s3://bucket/../own.pt",
        "hf://owner/name/own.pt",
        "hf://owner@main/own.pt",
        "https://somewhere/own.pt",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    """Nothing leads out of the project, and a hub's file has a revision."""
    with pytest.raises(ValidationError):
        Weights.model_validate({"from": address, "sha256": "0" * 64})
