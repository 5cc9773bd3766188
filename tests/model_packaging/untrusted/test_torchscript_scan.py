"""TorchScript made elsewhere is read, never loaded: what passes, and each way to be refused."""

import pickle
import shutil
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from model_packaging.artifact.pickle_scan import DATA_OPCODES, refused_in
from model_packaging.errors import TorchScriptError
from model_packaging.untrusted.torchscript_scan import TorchScriptLimits, scan_torchscript

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

RECORDS = {
    "m/data.pkl": pickle.dumps({}, 2),
    "m/constants.pkl": pickle.dumps((), 2),
    "m/version": b"3\n",
    "m/code/__torch__.py": b"class Module:\n  pass\n",
}
"""As little as the scan takes for TorchScript."""


class Attributes(nn.Module):
    """Every kind of attribute that a module's pickle holds."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 3)
        self.integers = [1, 2**40]
        self.floats = [1.5, float("nan")]
        self.flags = [True, False]
        self.tensors = [torch.ones(3)]
        self.named = {"a": torch.ones(3)}
        self.device = torch.device("cpu")
        self.datatype = torch.float16
        self.word = "word"
        self.complex = 1 + 2j
        self.nothing: None = None
        self.register_buffer("halves", torch.ones(3).half())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = self.linear(x) + self.tensors[0] + self.named["a"] + self.integers[0] + self.floats[0]
        if self.flags[0]:
            total = total.to(self.device) + self.halves
        return torch.real(total * self.complex)


def script(module: object) -> Any:  # noqa: ANN401 - torch says RecursiveScriptClass of a module
    return torch.jit.script(module)


def saved(module: Any, path: Path) -> Path:  # noqa: ANN401 - as above
    module.save(str(path))
    return path


def zip_of(path: Path, records: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in records.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path, limits: TorchScriptLimits | None = None) -> str:
    with pytest.raises(TorchScriptError) as raised:
        scan_torchscript(path, "m.pt", limits)
    return raised.value.cause


def test_a_module_with_every_kind_of_attribute_passes(tmp_path: Path) -> None:
    """Scripted, frozen, and with a file of the user's beside it."""
    module = script(Attributes())
    scan_torchscript(saved(module, tmp_path / "scripted.pt"), "m.pt")
    frozen = torch.jit.freeze(module.eval())
    scan_torchscript(saved(frozen, tmp_path / "frozen.pt"), "m.pt")
    torch.jit.save(module, str(tmp_path / "extra.pt"), _extra_files={"note.txt": "x"})
    scan_torchscript(tmp_path / "extra.pt", "m.pt")


def test_a_trace_passes(tmp_path: Path) -> None:
    """With the inputs that it was made with."""
    traced = torch.jit.trace(nn.Conv2d(3, 4, 3), torch.ones(1, 3, 8, 8))  # type: ignore[no-untyped-call]  # torch's
    scan_torchscript(saved(traced, tmp_path / "m.pt"), "m.pt")


def test_a_quantised_module_passes(tmp_path: Path) -> None:
    """Its packed weights are objects of torch's own C++ classes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantised = torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]  # torch's
            nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 4)), {nn.Linear, nn.LSTM}, dtype=torch.qint8
        )
    scan_torchscript(saved(script(quantised), tmp_path / "m.pt"), "m.pt")


def test_the_smallest_passes(tmp_path: Path) -> None:
    """What the tests below break piece by piece."""
    scan_torchscript(zip_of(tmp_path / "m.pt", RECORDS), "m.pt")


def test_an_eager_pickle_is_no_torchscript(tmp_path: Path) -> None:
    """The usual mistake: told what it is and what to do instead."""
    torch.save(nn.Linear(2, 3), tmp_path / "m.pt")
    with pytest.raises(TorchScriptError) as raised:
        scan_torchscript(tmp_path / "m.pt", "m.pt")
    assert raised.value.cause == (
        "m.pt is a pickle of torch.save, which only running it would turn into a model, no TorchScript: it "
        "is without constants.pkl."
    )
    assert "`torch.jit.script(...).save(...)`" in raised.value.fix
    assert "`export.weights`" in raised.value.fix


def test_a_pickle_of_old_is_no_torchscript(tmp_path: Path) -> None:
    """As torch.save wrote before 1.6."""
    torch.save(nn.Linear(2, 3), tmp_path / "m.pt", _use_new_zipfile_serialization=False)
    assert refusal(tmp_path / "m.pt") == "m.pt is a bare pickle (File is not a zip file)."


def test_an_exported_program_is_no_torchscript(tmp_path: Path) -> None:
    """torch.export writes a zip, too."""
    torch.export.save(torch.export.export(nn.Linear(2, 3), (torch.ones(1, 2),)), tmp_path / "m.pt2")
    assert refusal(tmp_path / "m.pt2") == (
        "m.pt is an archive of torch.export, no TorchScript: it is without data.pkl, constants.pkl, version."
    )


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"PK\x03\x04"])
def test_any_other_file_is_no_zip(tmp_path: Path, content: bytes) -> None:
    """Told as such."""
    (tmp_path / "m.pt").write_bytes(content)
    assert refusal(tmp_path / "m.pt") == "m.pt is no zip of torch.jit.save (File is not a zip file)."


def test_any_other_zip_is_no_torchscript(tmp_path: Path) -> None:
    """Told what it lacks."""
    assert refusal(zip_of(tmp_path / "m.pt", {"a/b": b""})) == (
        "m.pt is no TorchScript: it is without data.pkl, constants.pkl, version."
    )


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """With the system's words."""
    assert "No such file" in refusal(tmp_path / "m.pt")


class Runs:
    """What a hostile pickle does: it calls something when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("folder", ["/CODE/", "/Code/"])
def test_code_is_read_whatever_the_case_of_its_name(tmp_path: Path, folder: str) -> None:
    """As torch does, which loads such a file."""

    def writes(x: torch.Tensor) -> torch.Tensor:
        torch.save(x, "/tmp/x")  # noqa: S108 - never run
        return x

    file = saved(script(writes), tmp_path / "m.pt")
    with zipfile.ZipFile(file) as archive:
        records = {name.replace("/code/", folder): archive.read(name) for name in archive.namelist()}
    torch.jit.load(str(zip_of(tmp_path / "n.pt", records)))  # type: ignore[no-untyped-call]  # torch's
    assert "reaches for files" in refusal(tmp_path / "n.pt")


def test_records_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    """Which of them torch reads can't be known; a pickle is one however it is written."""
    path = zip_of(tmp_path / "m.pt", RECORDS | {"m/DATA.pkl": RECORDS["m/data.pkl"]})
    assert refusal(path) == "m.pt has two records 'm/DATA.pkl', which torch does not tell apart."
    records = RECORDS | {"m/extra/x.PKL": pickle.dumps(print, 2)}
    assert "m/extra/x.PKL has the global __builtin__.print" in refusal(zip_of(tmp_path / "n.pt", records))


@pytest.mark.parametrize("record", ["m/data.pkl", "m/constants.pkl", "m/code/a.debug_pkl", "m/extra/x.pkl"])
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_runs_is_refused_unrun(tmp_path: Path, record: str, protocol: int) -> None:
    """In whichever record and protocol, and nothing is called."""
    trace = tmp_path / "was-run"
    content = pickle.dumps({"a": Runs(trace)}, protocol)
    cause = refusal(zip_of(tmp_path / "m.pt", {**RECORDS, record: content}))
    assert cause.startswith(f"m.pt has more than a model: {record} has the ")
    assert not trace.exists()


def test_a_refused_global_is_named(tmp_path: Path) -> None:
    """All of them, once."""
    content = b"\x80\x02cos\nsystem\ncos\nsystem\nc__torch__x\nA\n0.".replace(b"0.", b".")
    assert refusal(zip_of(tmp_path / "m.pt", RECORDS | {"m/data.pkl": content})) == (
        "m.pt has more than a model: m/data.pkl has the global __torch__x.A, the global os.system."
    )


def test_a_memo_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    """The reader of torch makes a table as long as the largest index."""
    content = b"\x80\x02}r" + struct.pack("<I", 1 << 30) + b"."
    assert refusal(zip_of(tmp_path / "m.pt", RECORDS | {"m/data.pkl": content})) == (
        "m.pt has more than a model: m/data.pkl has the memo index 1073741824."
    )


def test_a_cut_pickle_is_refused(tmp_path: Path) -> None:
    """Where, and that it can't be read."""
    cause = refusal(zip_of(tmp_path / "m.pt", RECORDS | {"m/data.pkl": b"\x80\x02}"}))
    assert cause.startswith("m.pt: m/data.pkl is a pickle that can't be read (")


def reads_a_file(x: torch.Tensor) -> torch.Tensor:
    return x + torch.from_file("secret", size=3)


def writes_a_file(x: torch.Tensor) -> torch.Tensor:
    torch.save(x, "out")
    return x


@pytest.mark.parametrize(("function", "name"), [(reads_a_file, "from_file"), (writes_a_file, "save")])
def test_code_that_reaches_for_files_is_refused(
    tmp_path: Path, function: Callable[[torch.Tensor], torch.Tensor], name: str
) -> None:
    """The only two operators of torch that do, as it itself writes them."""
    cause = refusal(saved(script(function), tmp_path / "m.pt"))
    assert cause.startswith("m.pt has more than a model: m/code/__torch__.py:")
    assert cause.endswith(f" reaches for files with `{name}`.")


@pytest.mark.parametrize("code", [b"torch . save(x)", b"f = ops.aten.from_file\n", b"torch.\\\n  save (x)"])
def test_other_spellings_are_refused(tmp_path: Path, code: bytes) -> None:
    """As torch's lexer would read them."""
    cause = refusal(zip_of(tmp_path / "m.pt", RECORDS | {"m/code/__torch__.py": code}))
    assert "m/code/__torch__.py:1 reaches for files" in cause


@pytest.mark.parametrize(
    "name", ["/abs", "m/../x", "m//x", "m/./x", "alone", "m\\x/y", "m/folder/", "m/nul\0x"]
)
def test_a_name_that_is_no_plain_path_is_refused(tmp_path: Path, name: str) -> None:
    """Whoever unpacks it stays where he is."""
    path = tmp_path / "m.pt"
    stand_in = "m/" + "x" * (len(name) - 2) if len(name) > 4 else "x" * len(name)
    zip_of(path, RECORDS | {stand_in: b""})
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), name.encode()))
    assert refusal(path) == f"m.pt has the record {name!r}, no path below one folder."


def test_two_records_of_one_name_are_refused(tmp_path: Path) -> None:
    """Two readers might take two different ones."""
    path = zip_of(tmp_path / "m.pt", RECORDS | {"m/versiom": b"4\n"})
    path.write_bytes(path.read_bytes().replace(b"m/versiom", b"m/version"))
    assert refusal(path) == "m.pt has two records 'm/version', which torch does not tell apart."


def test_records_in_two_folders_are_refused(tmp_path: Path) -> None:
    """The first one's is the root to torch."""
    assert refusal(zip_of(tmp_path / "m.pt", RECORDS | {"n/x": b""})) == (
        "m.pt has records in the folders m, n."
    )


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (TorchScriptLimits(records=3), "4 records; at most 3 are read"),
        (TorchScriptLimits(total_bytes=9), "bytes unpacked; at most 9 are read"),
        (TorchScriptLimits(pickle_bytes=3), "m/data.pkl of 6 bytes; at most 3 are read"),
        (TorchScriptLimits(code_bytes=5), "m/code/__torch__.py of 21 bytes; at most 5 are read"),
        (TorchScriptLimits(name_bytes=10), "a record whose name has more than 10 bytes"),
    ],
)
def test_each_limit_holds(tmp_path: Path, limits: TorchScriptLimits, words: str) -> None:
    """What it is, and how much there may be."""
    assert words in refusal(zip_of(tmp_path / "m.pt", RECORDS), limits)


def test_a_record_that_grows_too_much_is_refused(tmp_path: Path) -> None:
    """DEFLATE turns a kilobyte into a megabyte."""
    records = RECORDS | {"m/data/0": bytes(5 << 20)}
    assert refusal(zip_of(tmp_path / "m.pt", records, zipfile.ZIP_DEFLATED)) == (
        "m.pt has 'm/data/0' that grows more than 200 times."
    )


def test_records_that_overlap_are_refused(tmp_path: Path) -> None:
    """One packed record that many entries share would unpack to petabytes."""
    path = zip_of(tmp_path / "m.pt", RECORDS | {"m/data/0": bytes(1000)})
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02", content.rindex(b"m/data/0") - 60)
    entry = content[start : content.index(b"PK\x05\x06")]
    more = b"".join(entry.replace(b"m/data/0", f"m/data/{n}".encode()) for n in range(1, 10))
    head, count, size, offset = content[: start + len(entry)], 4 + 10, 0, content.index(b"PK\x01\x02")
    size = len(head) + len(more) - offset
    path.write_bytes(head + more + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, offset, 0))
    assert refusal(path) == "m.pt has records that overlap."


@pytest.fixture(scope="module")
def torchscript(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The bytes of a small TorchScript file."""
    folder = tmp_path_factory.mktemp("torchscript")
    yield saved(script(nn.Linear(2, 3)), folder / "m.pt").read_bytes()
    shutil.rmtree(folder)


@settings(deadline=None)
@given(data=st.data())
def test_any_damage_passes_or_is_refused(
    data: st.DataObject, torchscript: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Never another exception."""
    at = data.draw(st.integers(0, len(torchscript) - 1))
    damaged = torchscript[:at] + data.draw(st.binary(max_size=8)) + torchscript[at + 4 :]
    path = tmp_path_factory.getbasetemp() / "damaged.pt"
    path.write_bytes(damaged)
    with suppress(TorchScriptError):
        scan_torchscript(path, "m.pt")


@given(content=st.binary(max_size=64))
def test_any_bytes_are_read_or_told_unreadable(content: bytes) -> None:
    """The reader of opcodes raises nothing but ValueError."""
    with suppress(ValueError):
        list(refused_in(content, DATA_OPCODES, lambda _: False))
