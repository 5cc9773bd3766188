"""Inputs from a user's file in its three forms."""

import json
from pathlib import Path

import numpy as np
import pytest

from invocation import DataFileError, read_data_file
from model_packaging.artifact import Signature, TensorSpec

ONE = Signature((TensorSpec("x", "FP32", (2,)),), (TensorSpec("y", "FP32", (2,)),), batched=True)
TWO = Signature((TensorSpec("a", "FP32", (2,)), TensorSpec("b", "INT64", (2,))), ONE.outputs, batched=True)


def test_json_is_a_kserve_body(tmp_path: Path) -> None:
    """The body a client would POST is taken as it is, flat data reshaped."""
    path = tmp_path / "request.json"
    path.write_text(
        json.dumps({"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]})
    )
    assert read_data_file(path, ONE)["x"].tolist() == [[1.0, 2.0]]


def test_npy_is_the_only_input(tmp_path: Path) -> None:
    """A .npy needs no name where the model has one input."""
    path = tmp_path / "x.npy"
    np.save(path, np.ones((1, 2), np.float32))
    assert read_data_file(path, ONE)["x"].shape == (1, 2)


def test_npy_for_two_inputs_names_the_way_out(tmp_path: Path) -> None:
    """Which of two inputs a .npy means can't be guessed."""
    path = tmp_path / "x.npy"
    np.save(path, np.ones((1, 2), np.float32))
    with pytest.raises(DataFileError, match=r"the model takes a, b; write an .npz with these names"):
        read_data_file(path, TWO)


def test_npz_holds_one_array_per_input(tmp_path: Path) -> None:
    """Names in the .npz are the inputs' names."""
    path = tmp_path / "x.npz"
    np.savez(path, a=np.ones((1, 2), np.float32), b=np.ones((1, 2), np.int64))
    assert set(read_data_file(path, TWO)) == {"a", "b"}


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    """An object array would run code when it is read."""
    path = tmp_path / "x.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataFileError, match=r"can't be read as \.npy"):
        read_data_file(path, ONE)


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
@pytest.mark.parametrize("content", [b"", b"no array at all", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_array_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """Empty, cut or of another kind: one sentence, without numpy's advice to load it unsafely."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=rf"{name}: can't be read as {name[1:]}: .+\.$") as caught:
        read_data_file(path, ONE)
    assert "allow_pickle" not in str(caught.value)


def test_a_request_without_inputs_says_what_is_missing(tmp_path: Path) -> None:
    """The key that a KServe body must have."""
    path = tmp_path / "x.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"can't be read as \.json: it has no 'inputs'"):
        read_data_file(path, ONE)


def test_other_endings_are_refused(tmp_path: Path) -> None:
    """The message lists what is read."""
    with pytest.raises(DataFileError, match=r"the ending is '.csv'; allowed are .json, .npz, .npy"):
        read_data_file(tmp_path / "x.csv", ONE)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The system's own words, behind the path."""
    with pytest.raises(DataFileError, match=r"x.json: No such file or directory"):
        read_data_file(tmp_path / "x.json", ONE)


@pytest.mark.parametrize("text", ["{", "{}", '{"inputs": [{"name": "x"}]}', "[]"])
def test_what_is_no_request_is_refused(tmp_path: Path, text: str) -> None:
    """JSON that is no KServe body ends in one sentence."""
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(DataFileError, match=r"can't be read as \.json"):
        read_data_file(path, ONE)


def test_an_unknown_datatype_is_named(tmp_path: Path) -> None:
    """A datatype outside KServe's list is said, not guessed."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"inputs": [{"name": "x", "shape": [1], "datatype": "FLOAT", "data": [1]}]}))
    with pytest.raises(DataFileError, match="x: there is no data type 'FLOAT'"):
        read_data_file(path, ONE)


@pytest.mark.parametrize(
    ("datatype", "data", "words"),
    [
        ("INT64", [1.5, 2], "x: 1.5 is no INT64"),
        ("INT8", [300, 2], "x: a value is too large for INT8"),
        ("FP32", [None, 2], "x: None is no FP32"),
        ("BOOL", [1, 0], "x: 1 is no BOOL"),
    ],
)
def test_numbers_are_never_cut_to_fit(tmp_path: Path, datatype: str, data: list[object], words: str) -> None:
    """A fraction isn't rounded, a large number doesn't wrap around."""
    path = tmp_path / "request.json"
    document = {"inputs": [{"name": "x", "shape": [1, 2], "datatype": datatype, "data": data}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataFileError, match=words):
        read_data_file(path, ONE)


def test_nested_data_is_taken(tmp_path: Path) -> None:
    """KServe v2 lets data be nested as the shape says; strings are text."""
    path = tmp_path / "request.json"
    document = {"inputs": [{"name": "x", "shape": [2, 1], "datatype": "BYTES", "data": [["é"], ["b"]]}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_data_file(path, ONE)["x"].tolist() == [["é".encode()], [b"b"]]


def test_text_in_npz_becomes_objects(tmp_path: Path) -> None:
    """A file without pickles holds text of a fixed width only."""
    path = tmp_path / "x.npz"
    np.savez(path, x=np.array([["one"], ["three"]]))
    assert read_data_file(path, ONE)["x"].tolist() == [["one"], ["three"]]
    assert read_data_file(path, ONE)["x"].dtype == object
