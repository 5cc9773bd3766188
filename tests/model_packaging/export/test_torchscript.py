import os
import zipfile
from pathlib import Path

import pytest
import torch

from model_packaging.artifact.manifest import Tolerance
from model_packaging.eager.factory import EagerModel
from model_packaging.eager.observation import Observation, observe
from model_packaging.errors import ExportError, TraceDiffersError
from model_packaging.export.torchscript import (
    HowToExport,
    TorchScriptOptions,
    export_torchscript,
    prove_torchscript,
)
from tests.model_packaging.projects import Project

TOLERANCE = Tolerance(1e-5, 1e-4)
LINEAR = """
def sample(batch, generator):
    return {"input": torch.rand(batch, 3, generator=generator)}

def factory():
    torch.manual_seed(0)
    return nn.Linear(3, 2), sample
"""


def module_of(body: str, arguments: str = "x") -> str:
    """Return the source of a factory whose forward is ``body``, sampled with positive and negative values."""
    lines = "\n        ".join(body.splitlines())
    return f"""
class Module(nn.Module):
    def forward(self, {arguments}):
        {lines}

def sample(batch, generator):
    return {{"x": torch.rand(batch, 3, generator=generator) * 2 - 1}}

def factory():
    return Module(), sample
"""


CONVOLUTION = """
class Module(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.convolution, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

    def forward(self, x):
        return self.norm(self.convolution(x)).relu()

def sample(batch, generator):
    return {"x": torch.rand(batch, 3, 8, 8, generator=generator)}

def factory():
    return Module(), sample
"""


def export(
    project: Project, how: HowToExport, file: Path, **options: bool
) -> tuple[EagerModel, tuple[str, ...]]:
    model = project.eager()
    settings = TorchScriptOptions(how, **options)
    return model, export_torchscript(model, settings, observe(model, 2, 0, project.root), file, project.root)


def prove(project: Project, how: HowToExport, file: Path, **options: bool) -> None:
    model, tracer_warnings = export(project, how, file, **options)
    runs = [observe(model, batch_size, seed, project.root) for batch_size in (1, 2, 4) for seed in (1, 2)]
    prove_torchscript(file, runs, TOLERANCE, tracer_warnings)


@pytest.mark.parametrize("how", ["trace", "script"])
def test_the_file_answers_as_eager(project: Project, tmp_path: Path, how: HowToExport) -> None:
    """At every batch size and on inputs it was not made with."""
    project.write(LINEAR)
    prove(project, how, tmp_path / "model.pt")
    assert [path.name for path in tmp_path.glob("model.pt*")] == ["model.pt"]


@pytest.mark.parametrize("how", ["trace", "script"])
@pytest.mark.parametrize(
    "options", [{"freeze": True}, {"optimize": True}, {"freeze": True, "optimize": True}]
)
def test_what_is_frozen_or_optimized_answers_as_eager(
    project: Project, tmp_path: Path, how: HowToExport, options: dict[str, bool]
) -> None:
    """And its parameters are constants."""
    project.write(LINEAR)
    prove(project, how, tmp_path / "model.pt", **options)
    with zipfile.ZipFile(tmp_path / "model.pt") as archive:
        assert [name for name in archive.namelist() if name.startswith("model/constants/")]
        assert not [name for name in archive.namelist() if name.startswith("model/data/")]


@pytest.mark.parametrize("how", ["trace", "script"])
def test_freezing_folds_a_batch_norm_into_its_convolution(
    project: Project, tmp_path: Path, how: HowToExport
) -> None:
    """As torch.jit.freeze promises; the answers stay."""
    project.write(CONVOLUTION)
    prove(project, how, tmp_path / "model.pt", freeze=True)
    with zipfile.ZipFile(tmp_path / "model.pt") as archive:
        code = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".py"))
    assert b"batch_norm" not in code


def test_what_only_this_machine_could_run_is_refused(project: Project, tmp_path: Path) -> None:
    """Optimized convolutions can't be saved; torch itself would write a file that does not load."""
    project.write(CONVOLUTION)
    with pytest.raises(ExportError) as caught:
        export(project, "trace", tmp_path / "model.pt", optimize=True)
    assert "turned convolutions into operations of this machine's processor" in caught.value.cause
    assert "set export.freeze instead of export.optimize" in caught.value.fix


def test_what_can_not_be_frozen_is_said(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiler's reason, and the option to leave out."""
    project.write(LINEAR)

    def fail(_module: object) -> None:
        raise RuntimeError("no such graph")

    monkeypatch.setattr(torch.jit, "freeze", fail)
    with pytest.raises(
        ExportError, match=r"torch\.jit\.freeze failed: RuntimeError: no such graph"
    ) as caught:
        export(project, "script", tmp_path / "model.pt", freeze=True)
    assert caught.value.fix == "leave export.freeze out."


@pytest.mark.parametrize("how", ["trace", "script"])
def test_no_path_of_the_machine_is_in_the_file(project: Project, tmp_path: Path, how: HowToExport) -> None:
    """The bytes depend on the model, not on where it was built."""
    project.write(LINEAR)
    export(project, how, tmp_path / "model.pt")
    data = (tmp_path / "model.pt").read_bytes()
    assert os.fsencode(project.root) not in data
    assert b"site-packages" not in data
    with zipfile.ZipFile(tmp_path / "model.pt") as archive:
        assert not [name for name in archive.namelist() if "debug_pkl" in name or "traced_inputs" in name]


def test_a_trace_that_froze_a_decision_is_refused(project: Project, tmp_path: Path) -> None:
    """Traced on one branch, wrong on the other: output, largest difference and the tracer's warning."""
    project.write(module_of("if x.sum() > 0:\n    return x\nreturn x * 3"))
    with pytest.raises(TraceDiffersError) as caught:
        prove(project, "trace", tmp_path / "model.pt")
    assert "exported OUTPUT__0 differs in" in caught.value.cause
    assert "by up to" in caught.value.cause
    assert f"({project.module}.py:6)" in caught.value.cause
    assert "export.how: script" in caught.value.fix


def test_a_tracer_warning_is_placed_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the project's root, as every other error names a file."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "traced_models").mkdir()
    project = Project(tmp_path, "traced_models.deep")
    text = module_of("if x.sum() > 0:\n    return x\nreturn x * 3")
    (tmp_path / "traced_models" / "deep.py").write_text(f"import torch\nfrom torch import nn\n{text}")
    _, (warning,) = export(project, "trace", tmp_path / "model.pt")
    assert warning.endswith("(traced_models/deep.py:6)")


def test_the_same_decision_survives_scripting(project: Project, tmp_path: Path) -> None:
    """As the error advises."""
    project.write(module_of("if bool(x.sum() > 0):\n    return x\nreturn x * 3"))
    prove(project, "script", tmp_path / "model.pt")


def test_a_trace_that_froze_the_batch_size_is_refused(project: Project, tmp_path: Path) -> None:
    """It fails where eager answers."""
    project.write(module_of("return x.view(len(x), 3) + torch.zeros(int(x.shape[0]), 3)"))
    with pytest.raises(TraceDiffersError) as caught:
        prove(project, "trace", tmp_path / "model.pt")
    assert "batch 1, seed 1" in caught.value.cause


def test_what_can_not_be_scripted_is_located(project: Project, tmp_path: Path) -> None:
    """One line with the place in the user's code, and the other way as advice."""
    project.write(module_of("return x.numpy()"))
    model = project.eager()
    example = Observation(2, 0, {"x": torch.ones(2, 3)}, {})
    with pytest.raises(ExportError) as caught:
        export_torchscript(model, TorchScriptOptions("script"), example, tmp_path / "model.pt", project.root)
    assert "torch.jit.script failed" in caught.value.cause
    assert f"({project.module}.py:6)" in caught.value.cause
    assert "\n" not in str(caught.value)
    assert "export.how: trace" in caught.value.fix


def test_what_can_not_be_traced_is_located(project: Project, tmp_path: Path) -> None:
    """A module that raises under the tracer alone."""
    project.write(module_of("if torch.jit.is_tracing():\n    raise ValueError('not here')\nreturn x"))
    with pytest.raises(ExportError) as caught:
        export(project, "trace", tmp_path / "model.pt")
    assert f"torch.jit.trace failed: ValueError: not here ({project.module}.py:7)" in caught.value.cause


def test_a_scripted_argument_that_is_no_tensor_is_refused(project: Project, tmp_path: Path) -> None:
    """Triton's PyTorch backend wants every argument in config.pbtxt, defaults or not."""
    project.write(module_of("return x * times", "x, times: int = 2"))
    with pytest.raises(ExportError, match=r"takes \[\('x', 'Tensor'\), \('times', 'int'\)\]"):
        prove(project, "script", tmp_path / "model.pt")


def test_exporting_warns_nobody(project: Project, tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """Torch's deprecation of TorchScript is known and nothing a user can act on."""
    project.write(LINEAR)
    prove(project, "trace", tmp_path / "model.pt")
    assert [str(warning.message) for warning in recwarn] == []
