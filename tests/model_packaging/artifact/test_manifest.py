import json
from pathlib import Path

import pytest

from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    Commit,
    FileRecord,
    Layout,
    Manifest,
    ManifestError,
    Provenance,
    RecordedFinding,
    SamplesRecord,
    Signature,
    TensorSpec,
    Tolerance,
    read_manifest,
    write_manifest,
)

MANIFEST = Manifest(
    model="encoder",
    layout=Layout.TRITON,
    format="torchscript",
    max_batch_size=8,
    signature=Signature(
        inputs=(TensorSpec("ids", "INT64", (-1,)), TensorSpec("mask", "BOOL", (1,), optional=True)),
        outputs=(TensorSpec("OUTPUT__0", "FP32", (64,)),),
        batched=True,
    ),
    files=(FileRecord("encoder/config.pbtxt", 0o644, 10, "ab"),),
    archive=ArchiveRecord("key.tar.gz", 1000),
    samples=SamplesRecord("key.samples.npz", (1, 8), Tolerance(1e-5, 1e-4)),
    content_key="key",
    build_inputs=BuildInputs("spec", (("a.py", "cd"),), (("torch", "2.13.0"),)),
    findings=(RecordedFinding("SEA101", "error", "what", "allowed", "fix"),),
    provenance=Provenance((("python", "3.11.7"),), "linux-x86_64", Commit("0" * 40, is_dirty=True)),
    load_models=("called",),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "manifest.json"


def test_a_manifest_comes_back_as_it_was(path: Path) -> None:
    """Every field, with its type."""
    write_manifest(MANIFEST, path)
    assert read_manifest(path) == MANIFEST


def test_equal_manifests_have_equal_bytes(path: Path, tmp_path: Path) -> None:
    """Written twice, they can be compared by a tool."""
    write_manifest(MANIFEST, path)
    write_manifest(read_manifest(path), tmp_path / "again.json")
    assert path.read_bytes() == (tmp_path / "again.json").read_bytes()


def test_writing_leaves_nothing_else(path: Path) -> None:
    """The file beside is renamed away."""
    write_manifest(MANIFEST, path)
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_manifest_says_what_to_do(path: Path) -> None:
    """It is packaging that makes one."""
    with pytest.raises(ManifestError, match="no manifest; run `seatrial package`"):
        read_manifest(path)


def test_no_json_says_so(path: Path) -> None:
    """With the parser's words."""
    path.write_text("{")
    with pytest.raises(ManifestError, match="can't be read as JSON"):
        read_manifest(path)


@pytest.mark.parametrize("document", [{"manifest_format": 1}, [], {}])
def test_another_format_is_refused(path: Path, document: object) -> None:
    """A manifest of another version is not guessed at."""
    path.write_text(json.dumps(document))
    with pytest.raises(ManifestError, match="this Seatrial reads 3"):
        read_manifest(path)


@pytest.mark.parametrize("missing", ["model", "signature", "archive", "build_inputs", "findings"])
def test_a_missing_field_is_named(path: Path, missing: str) -> None:
    """Half a manifest is none."""
    write_manifest(MANIFEST, path)
    document = json.loads(path.read_text())
    del document[missing]
    path.write_text(json.dumps(document))
    with pytest.raises(ManifestError, match=f"incomplete .*{missing}"):
        read_manifest(path)
