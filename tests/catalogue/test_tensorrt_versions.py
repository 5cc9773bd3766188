"""The TensorRT of Triton releases."""

import re

import catalogue
from catalogue._data import read_data
from catalogue.tensorrt_versions import tensorrt_versions


def test_every_published_release_has_its_tensorrt() -> None:
    """A release that comes to the image table comes here, too, with major, minor and patch at least."""
    versions = tensorrt_versions()
    assert set(versions) == set(catalogue.triton_releases())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+(\.\d+)?", version) for version in versions.values())


def test_every_version_says_where_it_is_from() -> None:
    """A row rests on one of the sources that the file names."""
    document = read_data("tensorrt_versions")
    assert {row["source"] for row in document["releases"].values()} <= set(document["sources"])


def test_the_default_release_carries_tensorrt_10_4() -> None:
    """The compatibility matrix of Triton 2.53 says so."""
    assert tensorrt_versions()["24.09"] == "10.4.0.26"
