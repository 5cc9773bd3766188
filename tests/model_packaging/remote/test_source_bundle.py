"""What CodeBuild gets of the project."""

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from model_packaging.build_inputs import build_inputs_of
from model_packaging.remote.errors import PlanRequestError
from model_packaging.remote.source_bundle import SourceBundle, write_bundle
from spec import parse_deployment

_TEXT = """\
name: t
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  m:
    export:
      from: "nets:factory"
      to: torchscript
      how: trace
      files: [data/words.txt]
      weights: {from: weights/m.safetensors, sha256: "%s"}
    triton: {max_batch_size: 4}
""" % ("0" * 64)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one model, with something beside it that no build needs."""
    files = {
        "nets.py": "import layers\ndef factory(): ...\n",
        "layers.py": "",
        "unrelated.py": "",
        "data/words.txt": "a",
        "weights/m.safetensors": "w",
        "environments/packaging.txt": "torch==2\n",
        "spec/deployment.py": "",
        "spec/__pycache__/deployment.pyc": "",
        "deployments/t.yaml": _TEXT,
        "pyproject.toml": "",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def _bundle(root: Path, text: str = _TEXT, path: str = "deployments/t.yaml") -> SourceBundle:
    file = parse_deployment(text, root / path)
    return SourceBundle(file, "m", build_inputs_of(file.deployment.models["m"], root), root)


def test_bundle_holds_what_the_model_is_packaged_from(root: Path, tmp_path: Path) -> None:
    """Its sources, data and weights, what packages it, its deployment file; nothing else of the project."""
    assert _bundle(root).paths() == (
        "data/words.txt",
        "deployments/t.yaml",
        "environments/packaging.txt",
        "layers.py",
        "nets.py",
        "pyproject.toml",
        "spec/deployment.py",
        "weights/m.safetensors",
    )
    write_bundle(_bundle(root), tmp_path / "first.zip")
    (root / "nets.py").touch()
    write_bundle(_bundle(root), tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        assert archive.read("weights/m.safetensors") == b"w"


def test_large_weights_are_never_in_memory_as_a_whole(root: Path, tmp_path: Path) -> None:
    """Models come here because they are too large for the laptop."""
    with (root / "weights" / "m.safetensors").open("wb") as weights:
        weights.truncate(64 << 20)
    bundle = _bundle(root)
    tracemalloc.start()
    try:
        write_bundle(bundle, tmp_path / "b.zip")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 8 << 20
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.getinfo("weights/m.safetensors").file_size == 64 << 20


def test_key_follows_what_decides_the_artifact(root: Path) -> None:
    """Sources, section and pinned requirements; not the container, nor what packages it."""
    key = _bundle(root).key()
    assert _bundle(root, _TEXT.replace("name: t", "name: other")).key() == key
    keys = {key, _bundle(root, _TEXT.replace("max_batch_size: 4", "max_batch_size: 8")).key()}
    (root / "environments" / "packaging.txt").write_text("torch==3\n", encoding="utf-8")
    keys.add(_bundle(root).key())
    (root / "layers.py").write_text("x = 1\n", encoding="utf-8")
    keys.add(_bundle(root).key())
    assert len(keys) == 4


def test_deployment_file_outside_of_the_project_is_refused(root: Path) -> None:
    """CodeBuild sees the project alone."""
    with pytest.raises(PlanRequestError, match="lies outside of the project"):
        _bundle(root, path="../t.yaml").paths()
