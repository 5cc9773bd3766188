"""Finding the environment with PyTorch and the toolkit."""

from pathlib import Path

import pytest

from local.pytorch import PyTorchRuntime, PyTorchUnavailableError

PACKAGES = ("torch-2.13.0", "sagemaker_inference-1.10.1", "sagemaker_pytorch_inference-2.0.25")


def make_environment(root: Path, packages: tuple[str, ...]) -> None:
    folder = root / ".venv-triton"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    for package in packages:
        (folder / "lib" / "python3.11" / "site-packages" / f"{package}.dist-info").mkdir(parents=True)


def test_a_complete_environment_is_found(tmp_path: Path) -> None:
    """Its interpreter is taken, and state stays in the project."""
    make_environment(tmp_path, PACKAGES)
    runtime = PyTorchRuntime.locate(tmp_path)
    assert runtime.python == tmp_path / ".venv-triton" / "bin" / "python"
    assert runtime.servers_folder == tmp_path / ".seatrial" / "pytorch" / "servers"


def test_a_missing_environment_says_what_to_do(tmp_path: Path) -> None:
    """No traceback: the set-up's name."""
    with pytest.raises(PyTorchUnavailableError, match=r"no environment with PyTorch at .*run `make setup`"):
        PyTorchRuntime.locate(tmp_path)


@pytest.mark.parametrize("missing", PACKAGES)
def test_a_missing_package_is_named(tmp_path: Path, missing: str) -> None:
    """An environment from before the toolkit came in is told what it lacks."""
    make_environment(tmp_path, tuple(each for each in PACKAGES if each != missing))
    with pytest.raises(
        PyTorchUnavailableError, match=f"lacks the package {missing.partition('-')[0]}: run `make"
    ):
        PyTorchRuntime.locate(tmp_path)
