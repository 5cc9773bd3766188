import json
from dataclasses import replace
from pathlib import Path

import pytest

from model_packaging.artifact import (
    BuildInputs,
    Provenance,
    Publication,
    PublicationLockError,
    publication_lock_path,
    read_publications,
    write_publications,
)
from tests.model_packaging.publishing.packed import MANIFEST

ARCHIVE = Publication(MANIFEST, "us-east-1", "models", "a/key.tar.gz", None, "sum=-2")
FILES = Publication(MANIFEST, "us-east-1", "models", "a/key/", "arn:aws:kms:us-east-1:1:key/k", None)


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    return tmp_path / "vision.yaml"


@pytest.fixture
def lock(deployment: Path) -> Path:
    """A lock file with an archive and files."""
    write_publications({"one": ARCHIVE, "two": FILES}, deployment)
    return publication_lock_path(deployment)


def refused(deployment: Path) -> str:
    with pytest.raises(PublicationLockError) as error:
        read_publications(deployment)
    return str(error.value)


def test_the_lock_file_lies_beside_its_deployment(deployment: Path, lock: Path) -> None:
    """And has its name."""
    assert lock == deployment.with_name("vision.lock.json")


def test_publications_come_back_as_they_were(deployment: Path, lock: Path) -> None:
    """Every field, with its type: the manifest, too."""
    assert lock.exists()
    assert read_publications(deployment) == {"one": ARCHIVE, "two": FILES}


def test_without_a_lock_file_nothing_is_published(deployment: Path) -> None:
    """Nobody has published yet."""
    assert read_publications(deployment) == {}


def test_equal_publications_have_equal_bytes(deployment: Path, lock: Path) -> None:
    """In whatever order they were published: the file is committed."""
    before = lock.read_bytes()
    write_publications({"two": FILES, "one": ARCHIVE}, deployment)
    assert lock.read_bytes() == before


def test_the_ending_of_the_key_says_the_form() -> None:
    """A slash: each file is an object."""
    assert (ARCHIVE.is_uncompressed, FILES.is_uncompressed) == (False, True)
    assert (ARCHIVE.url, FILES.url) == ("s3://models/a/key.tar.gz", "s3://models/a/key/")


def test_another_machine_says_the_same() -> None:
    """Versions and commits don't change what is served, so they are no reason to write the file anew."""
    inputs = BuildInputs(MANIFEST.build_inputs.spec_sha256, MANIFEST.build_inputs.sources, (("torch", "9"),))
    elsewhere = replace(MANIFEST, build_inputs=inputs, provenance=Provenance((), "linux-aarch64", None))
    assert replace(ARCHIVE, manifest=elsewhere).says_the_same_as(ARCHIVE)


@pytest.mark.parametrize(
    "other",
    [
        replace(ARCHIVE, bucket_name="others"),
        replace(ARCHIVE, object_key="b/key.tar.gz"),
        replace(ARCHIVE, manifest=replace(MANIFEST, content_key="other")),
        replace(ARCHIVE, manifest=replace(MANIFEST, build_inputs=BuildInputs("other", (), ()))),
    ],
)
def test_another_content_or_place_says_something_else(other: Publication) -> None:
    """Then the file is written anew."""
    assert not other.says_the_same_as(ARCHIVE)


def test_what_is_no_json_is_told(deployment: Path, lock: Path) -> None:
    """With what to do."""
    lock.write_text("{", encoding="utf-8")
    assert refused(deployment).startswith(f"{lock}: can't be read as JSON")
    assert refused(deployment).endswith(
        "restore it from version control, or delete it and run `seatrial publish`"
    )


def test_another_format_is_told(deployment: Path, lock: Path) -> None:
    """One that a later version wrote."""
    lock.write_text('{"lock_format": 9}', encoding="utf-8")
    assert "lock_format is 9, this Seatrial reads 1" in refused(deployment)


@pytest.mark.parametrize("text", ["[]", "null", '"text"'])
def test_what_is_no_mapping_is_told(deployment: Path, lock: Path, text: str) -> None:
    """JSON of another kind."""
    lock.write_text(text, encoding="utf-8")
    assert "lock_format is None" in refused(deployment)


@pytest.mark.parametrize("field", ["region", "bucket", "key", "kms_key", "sha256", "manifest"])
def test_a_field_that_is_missing_is_told(deployment: Path, lock: Path, field: str) -> None:
    """By its name."""
    document = json.loads(lock.read_text(encoding="utf-8"))
    del document["models"]["one"][field]
    lock.write_text(json.dumps(document), encoding="utf-8")
    assert f"incomplete (KeyError('{field}'))" in refused(deployment)


def test_a_field_of_another_type_is_told(deployment: Path, lock: Path) -> None:
    """An address is text."""
    document = json.loads(lock.read_text(encoding="utf-8"))
    document["models"]["one"]["key"] = 5
    lock.write_text(json.dumps(document), encoding="utf-8")
    assert "5 is no text" in refused(deployment)


def test_a_manifest_of_another_format_is_told(deployment: Path, lock: Path) -> None:
    """Packaging again is not enough: it has to be published."""
    document = json.loads(lock.read_text(encoding="utf-8"))
    document["models"]["one"]["manifest"]["manifest_format"] = 1
    lock.write_text(json.dumps(document), encoding="utf-8")
    assert "manifest_format is 1" in refused(deployment)
    assert refused(deployment).endswith("run `seatrial package` again, then `seatrial publish`")


def test_a_write_that_fails_leaves_the_old_file(deployment: Path, lock: Path) -> None:
    """And nothing beside it."""
    before = lock.read_bytes()
    lock.with_name(f".{lock.name}").mkdir()
    broken = replace(ARCHIVE, region=object())  # type: ignore[arg-type]  # what JSON can't hold
    with pytest.raises(TypeError):
        write_publications({"one": broken}, deployment)
    assert lock.read_bytes() == before
    assert [path.name for path in lock.parent.iterdir() if path.is_file()] == [lock.name]
