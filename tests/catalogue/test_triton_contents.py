"""The Python and the ONNX of Triton releases."""

import catalogue
from catalogue._data import read_data


def test_every_published_release_has_its_contents() -> None:
    """A release that comes to the image table comes here, too; nothing becomes older."""
    contents = catalogue.triton_contents()
    assert list(contents) == list(catalogue.triton_releases())
    pythons = [each.python for each in contents.values()]
    opsets = [each.onnx_opset for each in contents.values() if each.onnx_opset is not None]
    versions = [each.onnx_ir for each in contents.values() if each.onnx_ir is not None]
    assert (pythons, opsets, versions) == (sorted(pythons), sorted(opsets), sorted(versions))


def test_every_row_says_where_it_is_from() -> None:
    """A row rests on one of the sources that the file names."""
    document = read_data("triton_contents")
    assert {row["source"] for row in document["releases"].values()} <= set(document["sources"])


def test_the_default_release_runs_python_3_10() -> None:
    """The compatibility matrix of Triton 2.53 says so."""
    assert catalogue.triton_contents()["24.09"].python == (3, 10)
