"""Pickles are looked into and never run."""

import io
import os
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.pickle_names import reaching_names
from model_packaging.artifact.pickle_review import (
    PickleReview,
    review_checkpoint,
    review_pickle,
    review_torchscript,
)
from model_packaging.artifact.torch_zip import TorchZip


class Calls:
    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.reduced = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.reduced


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_function_of_the_system_is_named(protocol: int) -> None:
    """In every protocol, beside whatever else there is."""
    hostile = {"weights": [1.5, ("a", None)], "more": Calls(os.system, "touch /tmp/never")}
    assert review_pickle(pickle.dumps(hostile, protocol)).refused == ("the global posix.system",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_honest_data_have_nothing_to_tell(protocol: int) -> None:
    """Containers, numbers, texts and classes of libraries."""
    honest = {"a": [1, 2.5, True, None], "b": (complex(1, 2), {"x"}), "c": Path("x"), "d": bytearray(b"x")}
    assert review_pickle(pickle.dumps(honest, protocol)) == PickleReview()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (eval, "builtins.eval"),
        (exec, "builtins.exec"),
        (getattr, "builtins.getattr"),
        (subprocess.run, "subprocess.run"),
        (torch.load, "torch.serialization.load"),
    ],
)
def test_what_could_do_anything_is_named(function: Callable[..., object], name: str) -> None:
    """Each by its module and name."""
    assert list(reaching_names(pickle.dumps(Calls(function, "1")))) == [name]


def test_a_name_from_the_memo_is_found() -> None:
    """A pickle may write a name once and point to it."""
    content = pickle.dumps(["os", "system", Calls(os.system, "x"), Calls(os.system, "y")], 4)
    assert set(reaching_names(content)) == {"posix.system"}


def saved(obj: object, *, zipped: bool = True) -> bytes:
    file = io.BytesIO()
    torch.save(obj, file, _use_new_zipfile_serialization=zipped)
    return file.getvalue()


@pytest.mark.parametrize("zipped", [True, False])
def test_checkpoints_of_torch_are_told_apart(*, zipped: bool) -> None:
    """Both of torch's formats, of which the older one holds several pickles in a row."""

    def review(content: bytes) -> PickleReview:
        return review_checkpoint(TorchZip.of_content(content)) if zipped else review_pickle(content)

    assert review(saved(torch.nn.Linear(2, 2).state_dict(), zipped=zipped)) == PickleReview()
    hostile = saved({"w": torch.ones(2), "x": Calls(os.system, "x")}, zipped=zipped)
    assert review(hostile).refused == ("the global posix.system",)


def test_what_is_no_pickle_is_said_to_be_none() -> None:
    """And one that is too long is not read."""
    assert review_pickle(b"\x80\x02X").unread.startswith("its pickle can't be read (")
    assert review_pickle(bytes((16 << 20) + 1)).unread == "its pickle has more than 16777216 bytes"


def test_few_of_many_are_shown() -> None:
    """A hostile pickle names millions."""
    content = b"\x80\x02" + b"".join(b"cos\nf%d\n0" % number for number in range(100)) + b"N."
    assert review_pickle(content).refused[-1] == "others"
    assert len(review_pickle(content).refused) == 9


class Records(TorchZip):
    def __init__(self, records: dict[str, bytes]) -> None:
        super().__init__(tuple(f"m/{name}" for name in records), lambda name, size: records[name[2:]][:size])


def test_the_pickles_of_torchscript_are_held_to_what_torch_knows() -> None:
    """Classes of the file itself, and nothing of Python's."""
    known = b"\x80\x02c__torch__.a\nB\n."
    assert review_torchscript(Records({"data.pkl": known, "constants.pkl": b"\x80\x02)."})) == PickleReview()
    found = review_torchscript(Records({"data.pkl": known, "constants.pkl": b"\x80\x02cmath\nlog\n."}))
    assert found.refused == ("the global math.log",)
    assert review_torchscript(Records({"data.pkl": b"\x80"})).unread.startswith("its data.pkl can't be read")
    long = review_torchscript(Records({"data.pkl": bytes((16 << 20) + 1)}))
    assert long.unread == "its data.pkl has more than 16777216 bytes"


@given(st.binary(max_size=100))
def test_any_bytes_give_a_review(content: bytes) -> None:
    """Never an exception."""
    review_pickle(b"\x80\x04" + content)
    review_torchscript(Records({"data.pkl": content}))
