"""What lies in the archive beside the model, for SageMaker's PyTorch images."""

import ast
import tarfile
from pathlib import Path

import pytest

from model_packaging.artifact import Layout
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import LayoutError
from model_packaging.layout.pytorch_archive import DEFAULT_ENTRY_POINT, write_entry_point
from model_packaging.package import package_model
from preflight import inspect_artifact
from spec import Model, PyTorchServing

FACTORY = """
import torch


class Sum(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sum(1, keepdim=True)


def total():
    return Sum(), lambda batch, generator: {"x": torch.rand(batch, 3, generator=generator)}
"""


def model_of(**pytorch: object) -> Model:
    return Model.model_validate(
        {
            "export": {"from": "factories:total", "to": "torchscript", "how": "trace"},
            "pytorch": {"max_batch_size": 4, **pytorch},
        }
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a factory and an entry point of its own."""
    (tmp_path / "factories.py").write_text(FACTORY, encoding="utf-8")
    (tmp_path / "handlers.py").write_text("def model_fn(model_dir): ...\n", encoding="utf-8")
    (tmp_path / "needed.txt").write_text("pillow\n", encoding="utf-8")
    return tmp_path


def written(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file()
    }


def test_the_entry_point_of_our_own_has_model_fn_alone(tmp_path: Path) -> None:
    """As the post wants it of the standard image; every other function stays the toolkit's."""
    write_entry_point(tmp_path, PyTorchServing(max_batch_size=1), tmp_path)
    assert written(tmp_path) == {"code/inference.py": DEFAULT_ENTRY_POINT}
    functions = [
        node.name for node in ast.parse(DEFAULT_ENTRY_POINT).body if isinstance(node, ast.FunctionDef)
    ]
    assert functions == ["model_fn"]


def test_default_handlers_are_an_empty_entry_point(tmp_path: Path) -> None:
    """As the post wants it of Elastic Inference."""
    serving = PyTorchServing(max_batch_size=1, default_handlers=True)
    assert write_entry_point(tmp_path, serving, tmp_path) == ""
    assert written(tmp_path) == {"code/inference.py": ""}


def test_files_of_ones_own_are_packed_as_they_are(project: Path, tmp_path: Path) -> None:
    """Under the names that the image looks for."""
    serving = PyTorchServing(max_batch_size=1, entry_point="handlers.py", requirements="needed.txt")
    root = tmp_path / "packed"
    assert write_entry_point(root, serving, project) == "def model_fn(model_dir): ...\n"
    assert written(root)["code/requirements.txt"] == "pillow\n"


@pytest.mark.parametrize("key", ["entry_point", "requirements"])
def test_a_missing_file_is_named(tmp_path: Path, key: str) -> None:
    """With the key that names it."""
    serving = PyTorchServing.model_validate({"max_batch_size": 1, key: "nowhere.py"})
    with pytest.raises(LayoutError, match=f"pytorch.{key} is 'nowhere.py', and the project has no such file"):
        write_entry_point(tmp_path, serving, tmp_path)


def test_an_entry_point_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Python reads UTF-8, and so do the rules."""
    (tmp_path / "handlers.py").write_bytes(b"\xff\xfe")
    serving = PyTorchServing(max_batch_size=1, entry_point="handlers.py")
    with pytest.raises(LayoutError, match="which is no UTF-8 text"):
        write_entry_point(tmp_path / "packed", serving, tmp_path)


def test_a_changed_entry_point_is_built_again(project: Path) -> None:
    """It is one of the model's sources."""
    model = model_of(entry_point="handlers.py")
    before = build_inputs_of(model, project)
    assert "handlers.py" in dict(before.sources)
    (project / "handlers.py").write_text("def model_fn(model_dir):\n    raise OSError\n", encoding="utf-8")
    assert before.differences(build_inputs_of(model, project)) == ("handlers.py",)


@pytest.mark.integration
def test_a_packed_model_is_the_posts_layout(project: Path, tmp_path: Path) -> None:
    """model.pt at the root, the entry point in code/, and the same archive from another build."""
    built = [
        package_model("total", model_of(), tmp_path / name, project, inspect=inspect_artifact)
        for name in ("first", "second")
    ]
    manifest = built[0].manifest
    assert (manifest.layout, manifest.max_batch_size, manifest.findings) == (Layout.PYTORCH, 4, ())
    assert manifest.samples.batch_sizes == (1, 4)
    archives = [each.directory / each.manifest.archive.file_name for each in built]
    with tarfile.open(archives[0]) as archive:
        assert archive.getnames() == ["code/inference.py", "model.pt"]
    assert archives[0].read_bytes() == archives[1].read_bytes()
