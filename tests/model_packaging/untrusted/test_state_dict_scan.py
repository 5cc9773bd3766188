"""Pickles are read, never run: what is allowed, and each way to be refused."""

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.errors import WeightsError
from model_packaging.untrusted import state_dict_scan
from model_packaging.untrusted.state_dict_scan import scan_state_dict


def zip_with(path: Path, content: bytes, *, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", content)
    return path


class Runs:
    """What a hostile pickle does: it calls something when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.trace,)


DATATYPES = (
    torch.float64,
    torch.float32,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
    torch.complex64,
    torch.complex128,
)


@pytest.mark.parametrize("datatype", DATATYPES, ids=str)
def test_tensors_of_every_common_type_pass(tmp_path: Path, datatype: torch.dtype) -> None:
    """As `torch.save` writes them, parameters and a scalar among them."""
    tensor = torch.zeros(2, 3).to(datatype)
    torch.save(OrderedDict(a=tensor, b=tensor[0, 0]), tmp_path / "w.pt")
    scan_state_dict(tmp_path / "w.pt", "w.pt")


def test_the_state_dict_of_a_module_passes(tmp_path: Path) -> None:
    """With the version of each submodule, which `state_dict()` keeps beside its tensors."""
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    torch.save(module.state_dict(), tmp_path / "w.pt")
    scan_state_dict(tmp_path / "w.pt", "w.pt")


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_what_runs_is_refused_unrun(tmp_path: Path, protocol: int) -> None:
    """In every protocol that pickle has, and nothing is called."""
    trace = tmp_path / "was-run"
    file = zip_with(tmp_path / "w.pt", pickle.dumps({"a": Runs(trace)}, protocol))
    with pytest.raises(WeightsError, match=r"^w\.pt holds more than tensors: its pickle has the "):
        scan_state_dict(file, "w.pt")
    assert not trace.exists()


def test_a_refused_global_is_named(tmp_path: Path) -> None:
    """A whole module is the usual case."""
    torch.save(torch.nn.Linear(2, 3), tmp_path / "w.pt")
    with pytest.raises(WeightsError, match=r"the global torch\.nn\.modules\.linear\.Linear") as raised:
        scan_state_dict(tmp_path / "w.pt", "w.pt")
    assert raised.value.fix.startswith("save `module.state_dict()` with `torch.save`")


def test_torchscript_is_no_state_dict(tmp_path: Path) -> None:
    """It is a zip with a pickle, too."""
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 3)), tmp_path / "w.pt")
    with pytest.raises(WeightsError, match=r"^w\.pt is TorchScript, no state dict\."):
        scan_state_dict(tmp_path / "w.pt", "w.pt")


def test_a_bare_pickle_is_no_zip(tmp_path: Path) -> None:
    """As torch.save wrote before 1.6."""
    torch.save({"a": torch.zeros(1)}, tmp_path / "w.pt", _use_new_zipfile_serialization=False)
    with pytest.raises(WeightsError, match=r"^w\.pt is no zip of torch\.save \("):
        scan_state_dict(tmp_path / "w.pt", "w.pt")


def test_a_compressed_record_is_refused(tmp_path: Path) -> None:
    """So that nothing grows while it is read."""
    file = zip_with(tmp_path / "w.pt", pickle.dumps({}, 2), compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(WeightsError, match=r"^w\.pt is compressed"):
        scan_state_dict(file, "w.pt")


def test_a_second_pickle_is_refused(tmp_path: Path) -> None:
    """Nobody could tell which one a reader takes."""
    file = zip_with(tmp_path / "w.pt", pickle.dumps({}, 2))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("archive/more.pkl", pickle.dumps({}, 2))
    with pytest.raises(WeightsError, match=r"^w\.pt has 2 pickles, not one data\.pkl\."):
        scan_state_dict(file, "w.pt")


def test_a_second_pickle_is_refused_whatever_the_case_of_its_name(tmp_path: Path) -> None:
    """Without regard to it torch finds records."""
    torch.save({"w": torch.ones(1)}, tmp_path / "w.pt")
    with zipfile.ZipFile(tmp_path / "w.pt", "a") as archive:
        archive.writestr("w/DATA.PKL", pickle.dumps({}, 2))
    with pytest.raises(WeightsError, match=r"^w\.pt has 2 pickles, not one data\.pkl\."):
        scan_state_dict(tmp_path / "w.pt", "w.pt")


def test_a_pickle_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read."""
    monkeypatch.setattr(state_dict_scan, "MAX_PICKLE_BYTES", 3)
    content = pickle.dumps({}, 2)
    with pytest.raises(WeightsError, match=rf"pickle of {len(content)} bytes; at most 3 are read"):
        scan_state_dict(zip_with(tmp_path / "w.pt", content), "w.pt")


def test_bytes_behind_the_end_are_refused(tmp_path: Path) -> None:
    """A pickle ends at its STOP."""
    file = zip_with(tmp_path / "w.pt", pickle.dumps({}, 2) + b"more")
    with pytest.raises(WeightsError, match="4 bytes behind its end"):
        scan_state_dict(file, "w.pt")


@given(content=st.binary(max_size=64))
def test_any_bytes_pass_or_are_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Never another exception."""
    file = zip_with(tmp_path_factory.mktemp("any") / "w.pt", content)
    with suppress(WeightsError):
        scan_state_dict(file, "w.pt")
