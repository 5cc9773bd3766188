"""Which of the laptop's servers answers for a container."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from local.aws.server.artifact_download import ArtifactDownload
from local.aws.server.errors import UnhealthyError
from local.aws.server.scope import Scope
from local.aws.server.served_by_pytorch import ServedByPyTorch
from local.aws.server.served_by_triton import ServedByTriton
from local.aws.server.served_model import ModelUnpacker

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
TRITON = "classifier/1/model.pt"
PYTORCH = "code/inference.py"


class Download:
    """Unpacks one file of a given path.

    Args:
        path: in the archive.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def unpack(
        self, _scope: Scope, _container: Mapping[str, Any], _subnet_ids: Sequence[str], folder: Path
    ) -> None:
        """Make the folder, with the file."""
        (folder / self._path).parent.mkdir(parents=True)
        (folder / self._path).touch()


def unpacked(root: Path, image: str, path: str) -> object:
    unpacker = ModelUnpacker(root, root / "logs", cast("ArtifactDownload", Download(path)))
    return unpacker.unpack(Scope("0", "us-east-1"), {"Image": image}, (), root / "model", 60)


@pytest.mark.parametrize(
    ("image", "path", "expected"),
    [
        (f"{REGISTRY}/sagemaker-tritonserver:24.09-py3", TRITON, ServedByTriton),
        (f"{REGISTRY}/pytorch-inference:2.6.0-cpu-py312", PYTORCH, ServedByPyTorch),
        (f"{REGISTRY}/pytorch-inference-eia:1.5.1-cpu-py3", PYTORCH, ServedByPyTorch),
        (f"{OWN}/mirrors/pytorch-inference@sha256:{'0' * 64}", "model.pt", ServedByPyTorch),
        (f"{OWN}/own-image:1", PYTORCH, ServedByPyTorch),
        (f"{OWN}/own-image:1", TRITON, ServedByTriton),
    ],
)
def test_the_image_decides_and_then_the_artifact(
    tmp_path: Path, image: str, path: str, expected: type
) -> None:
    """AWS's images are known by name, mirrored ones too; of another image the archive tells."""
    assert isinstance(unpacked(tmp_path, image, path), expected)


def test_triton_refuses_the_other_layout(tmp_path: Path) -> None:
    """As its `serve` does at AWS: the image is what the deployment says, not what would fit."""
    with pytest.raises(UnhealthyError, match=r"^serve: "):
        unpacked(tmp_path, f"{REGISTRY}/sagemaker-tritonserver:24.09-py3", "model.pt")
