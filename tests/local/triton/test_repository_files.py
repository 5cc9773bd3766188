from pathlib import Path

import pytest

from local.triton._repository_files import completes_nothing, missing_model_file

TENSORS = "input { name: 'a' data_type: TYPE_FP32 dims: 1 } output { name: 'b' data_type: TYPE_FP32 dims: 1 }"


def write(repository: Path, config: str | None, *files: str, model: str = "m") -> Path:
    (repository / model).mkdir(parents=True)
    if config is not None:
        (repository / model / "config.pbtxt").write_text(config)
    for file in files:
        path = repository / model / file
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return repository


@pytest.mark.parametrize(
    ("config", "file"),
    [
        ('platform: "pytorch_libtorch"', "model.pt"),
        ('backend: "pytorch"', "model.pt"),
        ('backend: "python"', "model.py"),
        ('platform: "onnxruntime_onnx"', "model.onnx"),
        ('platform: "tensorrt_plan"', "model.plan"),
        ('backend: "python" default_model_filename: "other.py"', "other.py"),
    ],
)
def test_each_backends_file_is_looked_for(tmp_path: Path, config: str, file: str) -> None:
    """In the highest version, which is the one that loads."""
    repository = write(tmp_path, config, "1/x", "10/x")
    assert missing_model_file(repository, "m") == f"'m/10/{file}' is missing from the repository"
    (repository / "m" / "10" / file).touch()
    assert missing_model_file(repository, "m") is None


@pytest.mark.parametrize(
    "config",
    [
        None,
        'platform: "ensemble"',
        'backend: "mine"',
        'backend: "python" version_policy { all { } }',
        "broken {",
    ],
)
def test_what_is_tritons_to_say_is_left_to_it(tmp_path: Path, config: str | None) -> None:
    """No configuration, one that can't be read, other backends, version policies."""
    assert missing_model_file(write(tmp_path, config, "1/x"), "m") is None


def test_no_version_folder(tmp_path: Path) -> None:
    """A file of a number's name is none."""
    repository = write(tmp_path, 'backend: "python"', "model.py")
    (repository / "m" / "1").touch()
    assert missing_model_file(repository, "m") == "model 'm' has no version folder such as 'm/1'"


def test_no_model_folder(tmp_path: Path) -> None:
    """Lists those that are there, or none."""
    assert missing_model_file(tmp_path, "n") == "the repository has no model folder 'n'; it has none"
    write(tmp_path, "", "1/x")
    assert missing_model_file(tmp_path, "n") == "the repository has no model folder 'n'; it has m"


def test_models_that_name_their_tensors_are_served_as_written(tmp_path: Path) -> None:
    """Of LibTorch and of ONNX Runtime, in both ways to name the backend."""
    write(tmp_path, f"platform: 'pytorch_libtorch' {TENSORS}", model="a")
    write(tmp_path, f"backend: 'pytorch' {TENSORS}", model="b")
    write(tmp_path, f"platform: 'onnxruntime_onnx' {TENSORS}", model="c")
    write(tmp_path, f"backend: 'onnxruntime' {TENSORS}", model="d")
    assert completes_nothing(tmp_path)


@pytest.mark.parametrize(
    "config",
    [f"backend: 'python' {TENSORS}", "platform: 'pytorch_libtorch'", "platform: 'onnxruntime_onnx'", None],
)
def test_any_other_model_may_be_completed(tmp_path: Path, config: str | None) -> None:
    """A Python model, one without tensors, one without configuration."""
    write(tmp_path, f"platform: 'pytorch_libtorch' {TENSORS}", model="a")
    write(tmp_path, config, model="b")
    assert not completes_nothing(tmp_path)
