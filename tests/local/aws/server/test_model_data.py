"""Model data that are no archive: what CreateModel checks of them, and where their files go."""

import pytest

from local.aws.server.errors import AwsError, LaunchError
from local.aws.server.model_data import check_model_data_source, is_prefix, is_unpacked, placed_files


def container(kind: str, compression: str, uri: str = "s3://models/m/") -> dict[str, object]:
    source = {"S3Uri": uri, "S3DataType": kind, "CompressionType": compression}
    return {"Image": "i", "ModelDataSource": {"S3DataSource": source}}


@pytest.mark.parametrize(
    ("kind", "compression"), [("S3Object", "Gzip"), ("S3Object", "None"), ("S3Prefix", "None")]
)
def test_three_kinds_are_taken(kind: str, compression: str) -> None:
    """Those that the API reference describes."""
    given = container(kind, compression)
    check_model_data_source(given)
    assert (is_prefix(given), is_unpacked(given)) == (kind == "S3Prefix", compression == "None")


def test_a_prefix_is_never_compressed() -> None:
    """Gzip goes with a single object."""
    with pytest.raises(AwsError, match="S3DataType S3Prefix can't have CompressionType Gzip"):
        check_model_data_source(container("S3Prefix", "Gzip"))


def test_a_prefix_ends_with_a_slash() -> None:
    """The API reference: a valid key name prefix always does."""
    with pytest.raises(AwsError, match="must end with a forward slash"):
        check_model_data_source(container("S3Prefix", "None", "s3://models/m"))


def test_a_container_without_a_source_is_not_looked_at() -> None:
    """ModelDataUrl is the other way."""
    check_model_data_source({"Image": "i", "ModelDataUrl": "s3://models/m.tar.gz"})
    assert not is_prefix({"Image": "i"})


def test_files_lie_below_the_model_folder_as_below_the_prefix() -> None:
    """The prefix is cut off, and the rest is the path."""
    keys = ["a/b/m/config.pbtxt", "a/b/m/1/model.pt"]
    assert placed_files(keys, "a/b/") == {keys[0]: "m/config.pbtxt", keys[1]: "m/1/model.pt"}


@pytest.mark.parametrize("path", ["", "m//x", "m/ /x", "m/./x", "m/../x", "m/x/", f"m/{'x' * 256}", "m/\0"])
def test_names_that_no_file_may_have_are_refused(path: str) -> None:
    """Those that the API reference bars."""
    with pytest.raises(LaunchError, match="which no file of a model may have"):
        placed_files([f"p/{path}"], "p/")


def test_a_file_is_no_folder() -> None:
    """The API reference's own example of ambiguous names."""
    with pytest.raises(LaunchError, match="'weights' is a file and a folder"):
        placed_files(["m/weights", "m/weights/part1"], "m/")
