"""The rules about what lies where in the archive."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import FileRecord, RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection
from preflight import inspect_artifact

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]


def holding(artifact: ArtifactInspection, *paths: str) -> ArtifactInspection:
    return replace(artifact, files=tuple(FileRecord(path, 0o644, 1, "0" * 64) for path in paths))


def test_good_artifact_has_no_findings(artifact: ArtifactInspection) -> None:
    """What Seatrial packages is clean."""
    assert inspect_artifact(artifact) == ()


def test_sea101_config_at_the_root(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """A model's own files at the root abort SageMaker's container."""
    [finding] = found_in(holding(artifact, "config.pbtxt", "1/model.pt"), "SEA101")
    assert finding.what == "config.pbtxt lies at the root of the archive."
    assert finding.allowed == "classifier/config.pbtxt and no file at the root."
    assert finding.severity == "error"
    assert found_in(artifact, "SEA101") == []


def test_sea102_config_missing(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Without config.pbtxt the PyTorch backend knows no inputs; rules about its content are silent then."""
    broken = replace(holding(artifact, "classifier/1/model.pt"), config_pbtxt="")
    [finding] = inspect_artifact(broken)
    assert finding.rule == "SEA102"
    assert finding.what == "The archive holds no classifier/config.pbtxt."
    assert found_in(artifact, "SEA102") == []


def test_sea103_several_models_without_default(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """SageMaker's container serves the only folder, or the one that is named; any folder counts."""
    paths = [record.path for record in artifact.files]
    [finding] = found_in(holding(artifact, *paths, "code/helper.py"), "SEA103")
    assert finding.what == "The archive holds 2 folders at its root: classifier, code."
    assert (
        finding.allowed == "one folder, or SAGEMAKER_TRITON_DEFAULT_MODEL_NAME with the name of one of them."
    )
    assert found_in(artifact, "SEA103") == []


@pytest.mark.parametrize(
    ("folder", "words"),
    [("v1", "it has v1."), ("01", "it has 01."), ("0", "it has 0."), ("", "it has no folder at all.")],
)
def test_sea104_no_version_folder(
    artifact: ArtifactInspection, found_in: FoundIn, folder: str, words: str
) -> None:
    """Triton ignores folders whose name is no number, or begins with a zero."""
    model = f"classifier/{folder}/model.pt" if folder else "classifier/model.pt"
    [finding] = found_in(holding(artifact, "classifier/config.pbtxt", model), "SEA104")
    assert finding.what == f"classifier has no version folder; {words}"
    assert found_in(holding(artifact, "classifier/config.pbtxt", "classifier/12/model.pt"), "SEA104") == []


def test_sea104_an_ensemble_has_a_version_folder_without_a_model(
    artifact: ArtifactInspection, found_in: FoundIn
) -> None:
    """Triton loads it no more than any other model without one; what lies in it does not matter."""
    config = artifact.config_pbtxt.replace("pytorch_libtorch", "ensemble")
    ensemble = replace(holding(artifact, "classifier/config.pbtxt"), config_pbtxt=config)
    assert len(found_in(ensemble, "SEA104")) == 1
    with_folder = replace(
        holding(artifact, "classifier/config.pbtxt", "classifier/1/.keep"), config_pbtxt=config
    )
    assert found_in(with_folder, "SEA104") == found_in(with_folder, "SEA105") == []


def test_sea103_leaves_models_alone_that_are_packed_beside(
    artifact: ArtifactInspection, found_in: FoundIn
) -> None:
    """Stacks name the one that answers; a folder that is no model's is told all the same."""
    beside = replace(artifact, model="encoder")
    paths = ("classifier/config.pbtxt", "classifier/1/model.pt", "encoder/config.pbtxt")
    assert found_in(replace(holding(artifact, *paths), beside=(beside,)), "SEA103") == []
    [finding] = found_in(replace(holding(artifact, *paths, ".git/HEAD"), beside=(beside,)), "SEA103")
    assert finding.what == "The archive holds 3 folders at its root: .git, classifier, encoder."


def test_sea105_model_file_missing(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """The PyTorch backend opens model.pt; an eager checkpoint of another name is named in the finding."""
    broken = holding(artifact, "classifier/config.pbtxt", "classifier/1/checkpoint.pth")
    [finding] = found_in(broken, "SEA105")
    assert finding.what == "classifier/1 holds no model.pt; it holds checkpoint.pth."
    assert finding.allowed == "classifier/1/model.pt."
    assert "never a pickle or a state dictionary" in finding.fix
    assert found_in(artifact, "SEA105") == []


@pytest.mark.parametrize(
    ("platform", "file"),
    [
        ('backend: "onnxruntime"', "model.onnx"),
        ('platform: "onnxruntime_onnx"', "model.onnx/weights.bin"),
        ('platform: "tensorrt_plan"', "model.plan"),
        ('backend: "python"', "model.py"),
        ('backend: "pytorch" runtime: "model.py"', "model.py"),
        ('backend: "our_own"', "whatever.bin"),
        ('platform: "pytorch_libtorch" default_model_filename: "net.pt"', "net.pt"),
    ],
)
def test_sea105_knows_each_backends_file(
    artifact: ArtifactInspection, found_in: FoundIn, platform: str, file: str
) -> None:
    """Each backend has a file name of its own; a backend of one's own, or with a runtime, is not judged."""
    config = artifact.config_pbtxt.replace('platform: "pytorch_libtorch"', platform)
    good = holding(artifact, "classifier/config.pbtxt", f"classifier/1/{file}")
    assert found_in(replace(good, config_pbtxt=config), "SEA105") == []


def test_sea105_looks_at_the_version_that_is_served(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """By default the newest version is served: an older one's file does not help, a policy's might."""
    broken = holding(artifact, "classifier/config.pbtxt", "classifier/9/model.pt", "classifier/10/notes.txt")
    [finding] = found_in(broken, "SEA105")
    assert finding.what == "classifier/10 holds no model.pt; it holds notes.txt."
    chosen = replace(
        broken, config_pbtxt=f"{broken.config_pbtxt}version_policy {{ specific {{ versions: 9 }} }}"
    )
    assert found_in(chosen, "SEA105") == []


@pytest.mark.parametrize("path", ["/etc/passwd", "classifier/../../x", "..\\x", "classifier/1/a\nb", ""])
def test_sea106_unsafe_member_path(artifact: ArtifactInspection, found_in: FoundIn, path: str) -> None:
    """A member can't leave the folder it is unpacked into."""
    [finding] = found_in(holding(artifact, "classifier/config.pbtxt", path), "SEA106")
    assert finding.what == f"The archive holds the path {path!r}."
    assert found_in(holding(artifact, "classifier/1/..model.pt"), "SEA106") == []


@pytest.mark.parametrize(
    "path", ["1/model.onnx", "2/model.plan", "1/model.savedmodel/saved_model.pb", "1/model.xml", "1/model.py"]
)
def test_sea102_backends_that_make_the_configuration(
    artifact: ArtifactInspection, found_in: FoundIn, path: str
) -> None:
    """Of the model's file; of a Python model that nobody read it may be its own text."""
    alone = replace(holding(artifact, f"classifier/{path}"), config_pbtxt="")
    assert found_in(alone, "SEA102") == []


def test_sea102_python_models(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Those that complete themselves need no file, others do; and vLLM's needs one that names it."""
    python = replace(holding(artifact, "classifier/1/model.py"), config_pbtxt="")
    assert found_in(replace(python, python_model="class TritonPythonModel: ..."), "SEA102") != []
    completes = "class TritonPythonModel:\n    def auto_complete_config(config): ..."
    assert found_in(replace(python, python_model=completes), "SEA102") == []
    model = replace(holding(artifact, "classifier/1/model.json"), config_pbtxt="")
    assert found_in(model, "SEA102") != []
