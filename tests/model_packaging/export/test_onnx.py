import hashlib
import os
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from model_packaging.artifact.manifest import Tolerance
from model_packaging.eager.factory import EagerModel
from model_packaging.eager.observation import observe
from model_packaging.eager.observed_signature import observe_signature
from model_packaging.errors import ExportError, TraceDiffersError
from model_packaging.export.onnx import export_onnx, prove_onnx
from tests.model_packaging.projects import Project

pytestmark = pytest.mark.integration

TOLERANCE = Tolerance(1e-5, 1e-4)
WIDE = """
class Wide(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second = nn.Linear(3, 2000), nn.Linear(2000, 2)

    def forward(self, tokens, weight):
        return self.second(self.first(tokens).relu()) * weight, tokens.sum((1, 2)).unsqueeze(-1) > 1

def sample(batch, generator):
    length = int(torch.randint(2, 9, (1,), generator=generator))
    tokens = torch.rand(batch, length, 3, generator=generator)
    return {"tokens": tokens, "weight": torch.rand(batch, 1, 1, generator=generator)}

def factory():
    return Wide(), sample
"""


EXPORT_HERE = """
from pathlib import Path
from model_packaging.export.onnx import export_onnx
from model_packaging.eager.factory import build_eager_model
from model_packaging.eager.factory_reference import FactoryReference
from model_packaging.eager.observation import observe
from model_packaging.eager.observed_signature import observe_signature

root = Path.cwd()
model = build_eager_model(FactoryReference("wide", "factory"), {}, root)
signature = observe_signature(model, 4, root)
example = observe(model, 2, 0, root)
export_onnx(model, signature, example, root / "model.onnx", root, external_data_from_bytes=8000)
"""


def module_of(body: str) -> str:
    lines = "\n        ".join(body.splitlines())
    return f"""
class Module(nn.Module):
    def forward(self, x):
        {lines}

def sample(batch, generator):
    return {{"x": torch.rand(batch, 3, generator=generator) * 2 - 1}}

def factory():
    return Module(), sample
"""


def export(project: Project, file: Path, **options: int) -> EagerModel:
    model = project.eager()
    signature = observe_signature(model, 4, project.root)
    export_onnx(model, signature, observe(model, 2, 0, project.root), file, project.root, **options)
    return model


def prove(project: Project, model: EagerModel, file: Path) -> None:
    runs = [observe(model, batch_size, seed, project.root) for batch_size in (1, 2, 4) for seed in (1, 2, 3)]
    prove_onnx(file, runs, TOLERANCE)


def test_the_file_answers_as_eager_at_every_batch_size_and_length(project: Project, tmp_path: Path) -> None:
    """In ONNX Runtime, on inputs it was not made with; names and dynamic dimensions are the signature's."""
    project.write(WIDE)
    prove(project, export(project, tmp_path / "model.onnx"), tmp_path / "model.onnx")
    written = onnx.load(tmp_path / "model.onnx")
    graph = written.graph
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output)
    }
    assert shapes == {
        "tokens": ["batch", "tokens_1", 3],
        "weight": ["batch", 1, 1],
        "OUTPUT__0": ["batch", "tokens_1", 2],
        "OUTPUT__1": ["batch", 1],
    }
    assert [path.name for path in tmp_path.glob("model*")] == ["model.onnx"]
    assert (written.opset_import[0].version, written.ir_version) == (18, 8)  # ONNX 1.13: of every image


def test_large_weights_lie_beside_the_model(project: Project, tmp_path: Path) -> None:
    """In one file whose name is relative, so that both can be moved together; small tensors stay."""
    project.write(WIDE)
    made = tmp_path / "made"
    made.mkdir()
    model = export(project, made / "model.onnx", external_data_from_bytes=8000)
    assert sorted(path.name for path in made.iterdir()) == ["model.onnx", "model.onnx.data"]
    assert (made / "model.onnx").stat().st_size < 8000
    made.rename(tmp_path / "moved")
    prove(project, model, tmp_path / "moved" / "model.onnx")


@pytest.mark.integration
def test_the_bytes_depend_on_the_model_alone(tmp_path: Path) -> None:
    """Two folders and two processes give equal files, without a path of the machine in them."""
    exports = {}
    for name in ("one", "a_much_longer_name_of_a_folder"):
        root = tmp_path / name
        root.mkdir()
        (root / "wide.py").write_text(f"import torch\nfrom torch import nn\n{WIDE}", encoding="utf-8")
        path = os.pathsep.join((str(root), str(Path(__file__).parents[3])))
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
        exports[root] = subprocess.Popen([sys.executable, "-c", EXPORT_HERE], cwd=root, env=environment)
    assert [process.wait(240) for process in exports.values()] == [0, 0]
    digests = set()
    for root in exports:
        data = (root / "model.onnx").read_bytes()
        assert os.fsencode(tmp_path) not in data
        assert b"site-packages" not in data
        assert b"wide.py" not in data
        digests.add(hashlib.sha256(data + (root / "model.onnx.data").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_decision_on_values_is_refused_with_its_place(project: Project, tmp_path: Path) -> None:
    """One line of torch.export's, and the line of the user's code."""
    project.write(module_of("if x.sum() > 0:\n    return x\nreturn x * 3"))
    with pytest.raises(ExportError) as caught:
        export(project, tmp_path / "model.onnx")
    assert "torch.onnx.export failed: GuardOnDataDependentSymNode" in caught.value.cause
    assert f"({project.module}.py:6)" in caught.value.cause
    assert "export.to: torchscript" in caught.value.fix


def test_a_fixed_batch_size_is_refused(project: Project, tmp_path: Path) -> None:
    """The dimension that became a constant is named."""
    project.write(module_of("if len(x) == 2:\n    return x + torch.ones(2, 3)\nreturn x + 1"))
    with pytest.raises(
        ExportError, match=r"inferred a static shape of 2 for dimension inputs\['x'\]\.shape\[0\]"
    ):
        export(project, tmp_path / "model.onnx")


def test_an_operator_that_onnx_lacks_is_named(project: Project, tmp_path: Path) -> None:
    """The innermost of the exporter's errors is what is said."""
    project.write(module_of("return torch.linalg.eigvals(x.unsqueeze(-1) @ x.unsqueeze(-2)).real"))
    with pytest.raises(ExportError, match=r"No ONNX function found for .*aten\.linalg_eig"):
        export(project, tmp_path / "model.onnx")


def test_an_answer_beyond_the_tolerance_is_refused(project: Project, tmp_path: Path) -> None:
    """A file of other weights than the eager module's: output and largest difference are said."""
    project.write(module_of("return x * 2"))
    export(project, tmp_path / "model.onnx")
    other = Project(project.root, f"{project.module}_other")
    other.write(module_of("return x * 3"))
    with pytest.raises(
        TraceDiffersError, match=r"batch 1, seed 1 \(x \(1, 3\)\): exported OUTPUT__0 differs in 3"
    ):
        prove(other, other.eager(), tmp_path / "model.onnx")


def test_other_inputs_are_refused(project: Project, tmp_path: Path) -> None:
    """The samples and the file disagree on names."""
    project.write(module_of("return x * 2"))
    export(project, tmp_path / "model.onnx")
    other = Project(project.root, f"{project.module}_other")
    other.write(module_of("return x * 3").replace("x", "y"))
    with pytest.raises(ExportError, match=r"the ONNX model takes \['x'\], the samples give \['y'\]"):
        prove(other, other.eager(), tmp_path / "model.onnx")


def test_a_run_that_fails_is_said(project: Project, tmp_path: Path) -> None:
    """ONNX Runtime refuses other sizes than the file's."""
    project.write(module_of("return x * 2"))
    export(project, tmp_path / "model.onnx")
    other = Project(project.root, f"{project.module}_other")
    other.write(module_of("return x * 2").replace("3, generator", "4, generator"))
    with pytest.raises(
        TraceDiffersError, match=r"the exported model fails where eager answers \(.*Got: 4 Expected: 3"
    ):
        prove(other, other.eager(), tmp_path / "model.onnx")


def test_a_damaged_file_is_refused(project: Project, tmp_path: Path) -> None:
    """The checker's first line is said."""
    project.write(module_of("return x * 2"))
    model = export(project, tmp_path / "model.onnx")
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ExportError, match="the ONNX model can't be loaded"):
        prove(project, model, tmp_path / "model.onnx")


def test_exporting_warns_nobody(project: Project, tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """Torch's words about its own code say nothing that the user could act on."""
    project.write(WIDE)
    prove(project, export(project, tmp_path / "model.onnx"), tmp_path / "model.onnx")
    assert [str(warning.message) for warning in recwarn] == []
