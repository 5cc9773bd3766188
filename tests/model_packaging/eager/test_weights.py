"""Weights from a file: what is loaded, and each reason not to."""

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file, save_model
from torch import nn

from model_packaging.eager.weights import load_weights
from model_packaging.errors import FetchError, PackagingError, WeightsError
from spec import Weights


class Tied(nn.Module):
    """Two names for one tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(4, 3)
        self.head = nn.Linear(3, 4, bias=False)
        self.head.weight = self.embedding.weight


def write(root: Path, name: str, tensors: object) -> Weights:
    path = root / name
    if name.endswith(".safetensors"):
        assert isinstance(tensors, dict)
        save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return pinned(path)


def pinned(path: Path) -> Weights:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Weights.model_validate({"from": path.name, "sha256": digest})


def refused(
    module: nn.Module, weights: Weights, root: Path, kind: type[PackagingError] = WeightsError
) -> PackagingError:
    """Return the error, and hold it to have left the module as it was."""
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    with pytest.raises(kind) as raised:
        load_weights(module, weights, root)
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    return raised.value


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt", "w.pth", "w.bin"])
def test_the_file_replaces_the_modules_weights(tmp_path: Path, name: str) -> None:
    """Parameters and buffers, bit for bit, in either format."""
    source = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    source(torch.rand(8, 2))
    module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    load_weights(module, write(tmp_path, name, dict(source.state_dict())), tmp_path)
    for key, tensor in source.state_dict().items():
        assert torch.equal(module.state_dict()[key], tensor), key


def test_one_name_is_enough_for_tied_tensors(tmp_path: Path) -> None:
    """Safetensors writes a shared tensor once."""
    source, module = Tied(), Tied()
    save_model(source, str(tmp_path / "w.safetensors"))
    load_weights(module, pinned(tmp_path / "w.safetensors"), tmp_path)
    assert torch.equal(module.embedding.weight, source.embedding.weight)
    assert module.head.weight is module.embedding.weight


def test_another_digest_is_refused(tmp_path: Path) -> None:
    """Both digests are said."""
    weights = write(tmp_path, "w.safetensors", nn.Linear(2, 3).state_dict())
    other = weights.model_copy(update={"sha256": "0" * 64})
    error = refused(nn.Linear(2, 3), other, tmp_path, FetchError)
    assert (
        error.cause == f"export.weights.from: w.safetensors has the sha256 {weights.sha256}, not {'0' * 64}."
    )
    assert error.fix.endswith("declare its digest.")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """With the reason of the system."""
    weights = Weights.model_validate({"from": "w.pt", "sha256": "0" * 64})
    error = refused(nn.Linear(2, 3), weights, tmp_path, FetchError)
    assert error.cause == "export.weights.from: w.pt can't be read (No such file or directory)."


def test_missing_and_unexpected_names_are_said_together(tmp_path: Path) -> None:
    """Both, since one mistake often makes both."""
    weights = write(tmp_path, "w.safetensors", {"weight": torch.zeros(3, 2), "biass": torch.zeros(3)})
    error = refused(nn.Linear(2, 3), weights, tmp_path)
    assert error.cause.endswith("is without bias and has biass, which the module does not have.")


def test_many_names_are_counted(tmp_path: Path) -> None:
    """A wrong file differs in hundreds; five are shown."""
    weights = write(tmp_path, "w.pt", {f"extra{index}": torch.zeros(1) for index in range(7)})
    assert "extra4 and 2 more, which the module" in refused(nn.Identity(), weights, tmp_path).cause


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (torch.zeros(3, 4), "weight is float32 (3, 4) and should be float32 (3, 2)"),
        (torch.zeros(3, 2, dtype=torch.float64), "weight is float64 (3, 2) and should be float32 (3, 2)"),
    ],
)
def test_another_shape_or_type_is_refused(tmp_path: Path, tensor: torch.Tensor, words: str) -> None:
    """Torch alone would convert the type without a word."""
    weights = write(tmp_path, "w.safetensors", {"weight": tensor, "bias": torch.zeros(3)})
    assert words in refused(nn.Linear(2, 3), weights, tmp_path).cause


def test_a_checkpoint_is_no_state_dict(tmp_path: Path) -> None:
    """An epoch beside the tensors is named."""
    weights = write(tmp_path, "w.pt", {**nn.Linear(2, 3).state_dict(), "epoch": 3})
    assert refused(nn.Linear(2, 3), weights, tmp_path).cause.endswith("holds more than tensors: epoch.")


def test_a_list_is_no_state_dict(tmp_path: Path) -> None:
    """Tensors without names fit no module."""
    weights = write(tmp_path, "w.pt", [torch.zeros(1)])
    assert refused(nn.Linear(2, 3), weights, tmp_path).cause.endswith("w.pt holds a list.")


def test_a_whole_module_is_refused(tmp_path: Path) -> None:
    """Before torch sees it."""
    weights = write(tmp_path, "w.pt", nn.Linear(2, 3))
    assert "the global torch.nn.modules.linear.Linear" in refused(nn.Linear(2, 3), weights, tmp_path).cause


def test_damaged_safetensors_are_refused(tmp_path: Path) -> None:
    """A download that ended early, say, under its own digest."""
    write(tmp_path, "w.safetensors", nn.Linear(2, 3).state_dict())
    path = tmp_path / "w.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    assert "w.safetensors is no safetensors file (" in refused(nn.Linear(2, 3), pinned(path), tmp_path).cause


def test_a_state_dict_without_its_bytes_is_refused(tmp_path: Path) -> None:
    """Its pickle is fine, what it points to is missing."""
    from zipfile import ZipFile  # noqa: PLC0415 - this test alone takes a zip apart

    write(tmp_path, "whole.pt", nn.Linear(2, 3).state_dict())
    with ZipFile(tmp_path / "whole.pt") as whole, ZipFile(tmp_path / "w.pt", "w") as cut:
        for record in whole.infolist():
            if "/data/" not in record.filename:
                cut.writestr(record.filename, whole.read(record))
    assert (
        "w.pt can't be read by torch.load ("
        in refused(nn.Linear(2, 3), pinned(tmp_path / "w.pt"), tmp_path).cause
    )
