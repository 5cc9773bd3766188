"""The files in `examples/files/` are what the deployment says, and can be made again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spec import load_deployment

ROOT = Path(__file__).parents[2]
FILES = ROOT / "examples" / "files"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, made by a process of its own: TorchScript numbers its classes over a process's life."""
    folder = tmp_path_factory.mktemp("made")
    program = Path(__file__).with_name("model_files.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    subprocess.run([sys.executable, str(program), str(folder)], cwd=ROOT, env=environment, check=True)
    return folder


@pytest.mark.integration
@pytest.mark.parametrize("name", ["scorer.onnx", "scorer.pt"])
def test_the_committed_file_can_be_made_again(made: Path, name: str) -> None:
    """Bit for bit, from the example's factory."""
    assert (FILES / name).read_bytes() == (made / name).read_bytes()


def test_the_deployment_pins_them() -> None:
    """Every file is used, by its digest."""
    models = load_deployment(ROOT / "deployments" / "formats.yaml").deployment.models
    files = {model.file.from_: model.file.sha256 for model in models.values() if model.file is not None}
    assert files.keys() == {path.relative_to(ROOT).as_posix() for path in FILES.iterdir()}


def test_they_are_small_and_hold_no_path_of_a_machine() -> None:
    """Fit to be committed."""
    for path in FILES.iterdir():
        data = path.read_bytes()
        assert len(data) < 200_000
        assert b"/home/" not in data
        assert os.fsencode(ROOT) not in data
