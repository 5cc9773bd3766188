import contextlib
import io
import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.torchscript_signature import (
    TorchScriptArgument,
    TorchScriptSignature,
    TorchScriptSignatureError,
    argument_places,
    read_torchscript_signature,
    result_places,
)


class Pair(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(3, 2)

    def forward(self, image: torch.Tensor, scale: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.inner(image) * scale, image.sum(-1)


class Keyed(torch.nn.Module):
    def forward(self, inputs: dict[str, torch.Tensor]) -> list[torch.Tensor]:
        return [inputs["a"], inputs["b"]]


class Optional(torch.nn.Module):
    def forward(self, x: torch.Tensor, factor: float = 2.0, mask: torch.Tensor | None = None) -> torch.Tensor:
        return x * factor if mask is None else x * mask


def saved(module: torch.nn.Module, file: Path, *examples: torch.Tensor, freeze: bool = False) -> Path:
    jit: Any = torch.jit
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = jit.trace(module.eval(), examples) if examples else jit.script(module.eval())
        (jit.freeze(made) if freeze else made).save(str(file))
    return file


PAIR = TorchScriptSignature(
    (TorchScriptArgument("image", "Tensor"), TorchScriptArgument("scale", "Tensor")), "Tuple[Tensor, Tensor]"
)


@pytest.mark.parametrize("freeze", [False, True])
@pytest.mark.parametrize("examples", [(), (torch.ones(2, 3), torch.ones(2, 1))])
def test_arguments_and_results_are_read_from_the_source(
    tmp_path: Path,
    examples: tuple[torch.Tensor, ...],
    freeze: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Of scripts and traces, frozen or not, with submodules beside."""
    found = read_torchscript_signature(saved(Pair(), tmp_path / "m.pt", *examples, freeze=freeze))
    assert found == PAIR
    assert found.output_count == 2
    assert not found.takes_dictionary


def test_a_dictionary_and_a_list_are_told(tmp_path: Path) -> None:
    """Triton fills the one, and takes no list."""
    found = read_torchscript_signature(saved(Keyed(), tmp_path / "m.pt"))
    assert found.takes_dictionary
    assert found.result == "List[Tensor]"
    assert found.output_count is None


def test_defaults_and_other_types_are_told(tmp_path: Path) -> None:
    """As TorchScript writes them."""
    found = read_torchscript_signature(saved(Optional(), tmp_path / "m.pt"))
    assert [(each.name, each.annotation) for each in found.arguments] == [
        ("x", "Tensor"),
        ("factor", "float"),
        ("mask", "Optional[Tensor]"),
    ]
    assert found.output_count == 1


def zipped(file: Path, records: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in records.items():
            archive.writestr(name, content)
    return file


NO_FORWARD = "its module 'M' has no forward"
CLASS = b"\x80\x02c__torch__\nM\nq\x00."


def module(body: bytes) -> dict[str, bytes]:
    return {"m/data.pkl": CLASS, "m/code/__torch__.py": b"class M(Module):\n" + body}


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ({"m/data.pkl": CLASS}, "an eager checkpoint of torch.save, no TorchScript"),
        ({"m/other": b""}, "it has no code beside its data.pkl"),
        ({"m/data.pkl": pickle.dumps(1), "m/code/x.py": b""}, "its data.pkl begins with no module"),
        ({"m/data.pkl": b"\x80\x02X", "m/code/x.py": b""}, "its data.pkl begins with no module"),
        ({"m/data.pkl": CLASS, "m/code/x.py": b""}, "it has no code/__torch__.py"),
        ({"m/data.pkl": CLASS, "m/code/__torch__.py": b"x"}, NO_FORWARD),
        (module(b"  def forward(self) -> (:\n"), "expected ':'"),
        (module(b"  x = 1\nclass N(Module):\n  def forward(self) -> Tensor:\n"), NO_FORWARD),
        (module(b"  def forward(self" + b" " * 70_000 + b") -> Tensor:\n"), NO_FORWARD),
        (module(b"  def forward(self, x: " + b"(" * 60_000 + b") -> Tensor:\n"), ""),
    ],
)
def test_another_archive_is_refused(tmp_path: Path, records: dict[str, bytes], reason: str) -> None:
    """With the reason and what to do."""
    with pytest.raises(TorchScriptSignatureError) as refused:
        read_torchscript_signature(zipped(tmp_path / "m.pt", records))
    assert reason in str(refused.value)
    assert "m.pt: is no readable TorchScript (" in str(refused.value)
    assert str(refused.value).endswith("; save it with torch.jit.save")


def test_what_is_read_is_bounded(tmp_path: Path) -> None:
    """A list of entries that would fill memory, and a source that unpacks to more than any model's."""
    end = b"PK\x05\x06" + bytes(8) + (65 << 20).to_bytes(4, "little") + bytes(6)
    (tmp_path / "list.pt").write_bytes(end)
    with pytest.raises(TorchScriptSignatureError, match="its list of entries is longer than 67108864 bytes"):
        read_torchscript_signature(tmp_path / "list.pt")
    with zipfile.ZipFile(tmp_path / "source.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m/data.pkl", CLASS)
        archive.writestr("m/code/__torch__.py", b" " * ((32 << 20) + 1))
    with pytest.raises(TorchScriptSignatureError, match="its source is longer than 33554432 bytes"):
        read_torchscript_signature(tmp_path / "source.pt")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(TorchScriptSignatureError, match=r"m\.pt: can't be read \(No such file"):
        read_torchscript_signature(tmp_path / "m.pt")


def test_nothing_in_the_file_is_run(tmp_path: Path) -> None:
    """A pickle that would write a file when it is loaded is read over."""
    target = tmp_path / "written"
    path = str(target).encode()
    hostile = b"\x80\x02cbuiltins\nopen\nq\x00(X" + len(path).to_bytes(4, "little") + path
    hostile += b"X\x01\x00\x00\x00wtR."
    source = b"class open(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    return x\n"
    file = zipped(tmp_path / "m.pt", {"m/data.pkl": hostile, "m/code/builtins.py": source})
    assert read_torchscript_signature(file).output_count == 1
    assert not target.exists()


def _base() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("m/data.pkl", CLASS)
        archive.writestr(
            "m/code/__torch__.py",
            "class M(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    return x\n",
        )
    return file.getvalue()


_BASE = _base()


@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(st.integers(0, len(_BASE) - 1), st.binary(min_size=1, max_size=8)).map(
            lambda edit: _BASE[: edit[0]] + edit[1] + _BASE[edit[0] + len(edit[1]) :]
        ),
        st.integers(0, len(_BASE)).map(lambda size: _BASE[:size]),
    )
)
def test_any_bytes_give_a_signature_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Damaged, cut or made up: never another exception."""
    file = tmp_path_factory.getbasetemp() / "any.pt"
    file.write_bytes(content)
    with contextlib.suppress(TorchScriptSignatureError):
        assert read_torchscript_signature(file).result


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (["b", "a"], {"b": 1, "a": 0}),
        (["X__1", "Y__0"], {"X__1": 1, "Y__0": 0}),
        (["X__", "Y__1"], {"X__": 0, "Y__1": 1}),
        (["a", "c"], None),
        (["X__0", "Y__0"], None),
        (["a"], None),
    ],
)
def test_inputs_are_passed_by_name_or_index(names: list[str], places: dict[str, int] | None) -> None:
    """Of forward(a, b); any other way depends on the release."""
    assert argument_places(names, ["a", "b"]) == places


def test_outputs_are_taken_by_index_or_order() -> None:
    """By the index where all have one."""
    assert result_places(["Y__1", "X__0"]) == {"Y__1": 1, "X__0": 0}
    assert result_places(["scores", "X__0"]) == {"scores": 0, "X__0": 1}
    assert result_places([]) == {}
