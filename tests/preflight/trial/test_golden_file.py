"""Files of golden requests, of both forms."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact import Tolerance
from model_packaging.eager.samples import Sample, write_samples
from preflight.trial.errors import GoldenFileError
from preflight.trial.golden_file import read_golden_file
from tests.preflight.trial.artifacts import write_npz


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def tensor(name: str, datatype: str, shape: list[int], data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}


def test_an_npz_holds_one_request(tmp_path: Path) -> None:
    """Names keep their slashes, arrays their types; strings become KServe's BYTES."""
    path = tmp_path / "request.npz"
    write_npz(
        path,
        inputs__a__b=np.array([[1, 2]], np.float32),
        inputs__words=np.array([["one", "tw\u00f6"]]),
        outputs__y=np.array([3]),
    )
    [request] = read_golden_file(path)
    assert request.inputs["a/b"].dtype == np.float32
    assert request.inputs["words"].tolist() == [[b"one", "tw\u00f6".encode()]]
    assert request.outputs["y"].tolist() == [3]


def test_outputs_may_be_left_out(tmp_path: Path) -> None:
    """Then nothing is compared."""
    path = tmp_path / "request.npz"
    write_npz(path, inputs__x=np.ones(1))
    assert read_golden_file(path)[0].outputs == {}


def test_recorded_samples_are_golden_requests_too(tmp_path: Path) -> None:
    """What packaging recorded can be named with --golden; smallest batch first."""
    path = tmp_path / "samples.npz"
    samples = [Sample(rows, {"x": np.zeros((rows, 3))}, {"y": np.ones((rows, 1))}) for rows in (16, 2)]
    write_samples(samples, path)
    first, second = read_golden_file(path)
    assert first.inputs["x"].shape == (2, 3)
    assert second.outputs["y"].shape == (16, 1)


def test_a_json_file_holds_one_request(tmp_path: Path) -> None:
    """It is KServe's request, with the answer beside it; data may be flat or nested."""
    document = {
        "inputs": [tensor("x", "FP32", [1, 2], [1, 2]), tensor("w", "BYTES", [1, 1], [["word"]])],
        "outputs": [tensor("y", "BOOL", [1], [True])],
    }
    [request] = read_golden_file(written(tmp_path / "request.json", document))
    assert request.inputs["x"].tolist() == [[1.0, 2.0]]
    assert request.inputs["x"].dtype == np.float32
    assert request.inputs["w"].tolist() == [[b"word"]]
    assert request.outputs["y"].dtype == np.bool_


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], 'no object with "inputs"'),
        ({"inputs": []}, 'no object with "inputs"'),
        ({"inputs": [tensor("x", "BF16", [1], [1])]}, "x: data type 'BF16' can't be given in JSON"),
        ({"inputs": [tensor("x", "FP33", [1], [1])]}, "x: data type 'FP33' can't be given in JSON"),
        ({"inputs": [tensor("x", "FP32", [2], [1])]}, "cannot reshape array of size 1 into shape (2,)"),
        ({"inputs": [{"name": "x"}]}, "'datatype'"),
        ({"inputs": [1]}, "'int' object is not subscriptable"),
        ({"inputs": [tensor("x", "INT32", [1], [1.5])]}, "x: 1.5 is no INT32"),
        ({"inputs": [tensor("x", "INT32", [1], [True])]}, "x: True is no INT32"),
        ({"inputs": [tensor("x", "INT64", [1], [2**63])]}, "x: 9223372036854775808 is no INT64"),
        ({"inputs": [tensor("x", "UINT8", [1], [-1])]}, "x: -1 is no UINT8"),
        ({"inputs": [tensor("x", "BOOL", [1], ["false"])]}, "x: 'false' is no BOOL"),
        ({"inputs": [tensor("x", "FP16", [1], [1e9])]}, "x: 1000000000.0 is no FP16"),
        ({"inputs": [tensor("x", "FP32", [1], [None])]}, "x: None is no FP32"),
        ({"inputs": [tensor("x", "BYTES", [1], [5])]}, "x: 5 is no BYTES"),
        ({"inputs": [tensor("x", "FP32", [-1], [1])]}, "x: shape [-1] is no list of numbers from 0 on"),
        ({"inputs": [tensor("x", "FP32", [1], [1])] * 2}, "two tensors named 'x'"),
        (
            {"inputs": [tensor("x", "FP32", [1], [1])], "tolerance": {"abs": 1}},
            "tolerance has no abs; it has absolute and relative",
        ),
        (
            {"inputs": [tensor("x", "FP32", [1], [1])], "tolerance": {"absolute": -1}},
            "a tolerance is a number from 0 on",
        ),
    ],
)
def test_a_json_file_that_is_none(tmp_path: Path, document: object, words: str) -> None:
    """What is wrong is said in words."""
    with pytest.raises(GoldenFileError) as raised:
        read_golden_file(written(tmp_path / "request.json", document))
    assert str(raised.value) == f"can't be read as .json ({words})"


def test_a_file_may_say_how_far_an_answer_may_be(tmp_path: Path) -> None:
    """What is left out is 0; without any word it is the model's."""
    path = write_npz(tmp_path / "a.npz", inputs__x=np.ones(1), tolerance__absolute=np.array(0.5))
    assert read_golden_file(path)[0].tolerance == Tolerance(0.5, 0.0)
    document: dict[str, Any] = {
        "inputs": [tensor("x", "FP32", [1], [1])],
        "tolerance": {"relative": 0.1},
    }
    [request] = read_golden_file(written(tmp_path / "a.json", document))
    assert request.tolerance == Tolerance(0.0, 0.1)
    del document["tolerance"]
    assert read_golden_file(written(tmp_path / "a.json", document))[0].tolerance is None


def test_a_missing_file(tmp_path: Path) -> None:
    """A folder is no file either."""
    for path in (tmp_path / "missing.npz", tmp_path):
        with pytest.raises(GoldenFileError, match=r"^is no file$"):
            read_golden_file(path)


def test_another_suffix(tmp_path: Path) -> None:
    """The suffix says the form."""
    path = tmp_path / "request.txt"
    path.write_text("{}")
    with pytest.raises(GoldenFileError, match=r"^ends in '\.txt'; \.npz and \.json are read$"):
        read_golden_file(path)


def test_arrays_of_other_names(tmp_path: Path) -> None:
    """The array's name is told."""
    path = tmp_path / "request.npz"
    write_npz(path, x=np.zeros(1))
    with pytest.raises(
        GoldenFileError, match=r"an array named 'x'; inputs/<name> and outputs/<name> are read"
    ):
        read_golden_file(path)


@pytest.mark.parametrize("dtype", ["complex64", "M8[D]", [("a", "f4")]])
def test_arrays_that_no_request_holds(tmp_path: Path, dtype: str | list[tuple[str, str]]) -> None:
    """KServe has no complex numbers, dates and records."""
    path = write_npz(tmp_path / "request.npz", inputs__x=np.zeros(1, dtype=dtype))
    with pytest.raises(GoldenFileError, match="which no request can hold"):
        read_golden_file(path)


def test_outputs_alone_are_no_request(tmp_path: Path) -> None:
    """A request has inputs."""
    path = tmp_path / "request.npz"
    write_npz(path, outputs__y=np.zeros(1))
    with pytest.raises(GoldenFileError, match="no array named inputs/<name>"):
        read_golden_file(path)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    """An array of objects is code of somebody's."""
    path = tmp_path / "request.npz"
    write_npz(path, inputs__x=np.array([{}], dtype=object))
    with pytest.raises(GoldenFileError, match="Object arrays cannot be loaded"):
        read_golden_file(path)


def _damaged(path: Path, compression: int) -> None:
    """Write an .npz whose compressed array is broken."""
    content = np.random.default_rng(0).bytes(4000)
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("inputs/x.npy", content)
    damaged = bytearray(path.read_bytes())
    damaged[120:180] = b"\xff" * 60
    path.write_bytes(damaged)


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_damaged_file_ends_in_words(tmp_path: Path, compression: int) -> None:
    """However it was compressed."""
    path = tmp_path / "request.npz"
    _damaged(path, compression)
    with pytest.raises(GoldenFileError, match=r"^can't be read as \.npz \("):
        read_golden_file(path)


def test_an_encrypted_file_ends_in_words(tmp_path: Path) -> None:
    """Nobody has its password here."""
    path = write_npz(tmp_path / "request.npz", inputs__x=np.zeros(1))
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x03\x04") + 6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(GoldenFileError, match="is encrypted"):
        read_golden_file(path)


def test_an_array_of_a_giant_shape_ends_in_words(tmp_path: Path) -> None:
    """Its header says 36 TiB, the file holds four bytes."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**13,)})
    path = tmp_path / "request.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inputs/x.npy", header.getvalue() + bytes(4))
    with pytest.raises(GoldenFileError, match=r"Unable to allocate|EOF"):
        read_golden_file(path)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before it is read, packed or unpacked."""
    path = tmp_path / "request.npz"
    write_npz(path, inputs__x=np.zeros(1000))
    monkeypatch.setattr("preflight.trial.golden_file.MAXIMUM_GOLDEN_FILE_BYTES", 500)
    with pytest.raises(GoldenFileError, match=r"^has \d+ bytes, at most 500 are read$"):
        read_golden_file(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inputs/x.npy", bytes(8000))
    assert path.stat().st_size < 500
    with pytest.raises(GoldenFileError, match="bytes unpacked, at most 500 are read"):
        read_golden_file(path)


@given(content=st.binary(max_size=200), suffix=st.sampled_from([".npz", ".json"]))
def test_any_bytes_end_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    """No file ends in another exception than the one that becomes a finding."""
    path = tmp_path_factory.mktemp("golden") / f"request{suffix}"
    path.write_bytes(content)
    with pytest.raises(GoldenFileError):
        read_golden_file(path)


@given(content=st.binary(max_size=64))
def test_any_member_ends_in_words(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A broken array in a whole .npz is told likewise."""
    path = tmp_path_factory.mktemp("golden") / "request.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inputs/x.npy", content)
    with pytest.raises(GoldenFileError):
        read_golden_file(path)
