"""The rules about archives for SageMaker's PyTorch images."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from model_packaging.artifact import (
    FileRecord,
    Layout,
    RecordedFinding,
    Signature,
    TensorSpec,
    write_manifest,
)
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.layout.pytorch_archive import DEFAULT_ENTRY_POINT
from preflight import Severity, inspect_artifact

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]

MODEL = "model.pt"
ENTRY_POINT = "code/inference.py"
OWN = "def model_fn(model_dir): ...\n"
IDS, MASK = TensorSpec("ids", "INT64", (-1,)), TensorSpec("mask", "BOOL", (-1,))
SCORES = TensorSpec("OUTPUT__0", "FP32", (2,))


def records(*paths: str) -> tuple[FileRecord, ...]:
    return tuple(FileRecord(path, 0o644, 1, "0" * 64) for path in paths)


@pytest.fixture
def archive(artifact: ArtifactInspection) -> ArtifactInspection:
    """What Seatrial packs for a PyTorch image."""
    return replace(
        artifact,
        layout=Layout.PYTORCH,
        files=records(ENTRY_POINT, MODEL),
        config_pbtxt="",
        entry_point=DEFAULT_ENTRY_POINT,
    )


def test_a_good_archive_has_no_findings(archive: ArtifactInspection) -> None:
    """What Seatrial packs is clean, and no rule about Triton's layout speaks."""
    assert inspect_artifact(archive) == ()


def test_sea151_model_file_missing(archive: ArtifactInspection, found_in: FoundIn) -> None:
    """The model lies at the root, under the name that model_fn opens."""
    [finding] = found_in(replace(archive, files=records(ENTRY_POINT, "model/model.pt")), "SEA151")
    assert (finding.what, finding.allowed) == ("The archive holds no model.pt.", "model.pt at the root.")
    assert found_in(archive, "SEA151") == []


def test_sea152_entry_point_missing(archive: ArtifactInspection, found_in: FoundIn) -> None:
    """The toolkit goes on in silence without one."""
    [finding] = found_in(replace(archive, files=records(MODEL, "inference.py"), entry_point=""), "SEA152")
    assert finding.what == "The archive holds no code/inference.py."
    assert found_in(archive, "SEA152") == []


def test_sea153_entry_point_unreadable(archive: ArtifactInspection, found_in: FoundIn) -> None:
    """The finding names the line; rules about functions are silent then."""
    broken = replace(archive, entry_point="import os\ndef model_fn(:\n")
    [finding] = inspect_artifact(broken)
    assert finding.rule == "SEA153"
    assert finding.what.startswith("code/inference.py:2: ")
    assert found_in(archive, "SEA153") == []


def test_sea154_transform_fn_beside_others(archive: ArtifactInspection, found_in: FoundIn) -> None:
    """The toolkit refuses both; either alone is fine."""
    both = OWN + "def transform_fn(m, d, c, a): ...\ndef output_fn(p, a): ...\n"
    [finding] = found_in(replace(archive, entry_point=both), "SEA154")
    assert finding.what == "code/inference.py defines transform_fn and output_fn."
    assert found_in(replace(archive, entry_point=OWN + "def transform_fn(m, d, c, a): ...\n"), "SEA154") == []


def test_sea155_requirements_under_isolation(archive: ArtifactInspection, found_in: FoundIn) -> None:
    """No index is reached from an isolated container."""
    with_requirements = records(ENTRY_POINT, "code/requirements.txt", MODEL)
    [finding] = found_in(replace(archive, files=with_requirements), "SEA155")
    assert finding.severity == "error"
    assert found_in(archive, "SEA155") == []


@pytest.mark.parametrize(
    ("signature", "words", "settling"),
    [
        (Signature((IDS, MASK), (SCORES,), batched=True), "2 inputs (ids, mask)", "def input_fn(d, c): ..."),
        (
            Signature((IDS,), (SCORES, SCORES), batched=True),
            "2 outputs (OUTPUT__0, OUTPUT__0)",
            "from own import output_fn",
        ),
    ],
)
def test_sea156_several_tensors_for_default_functions(
    archive: ArtifactInspection, found_in: FoundIn, signature: Signature, words: str, settling: str
) -> None:
    """The default functions take and give one array; functions of one's own take what they like."""
    several = replace(archive, signature=signature)
    [finding] = found_in(several, "SEA156")
    assert words in finding.what
    assert found_in(replace(several, entry_point=f"{OWN}{settling}\n"), "SEA156") == []
    assert found_in(replace(several, entry_point=f"{OWN}transform_fn = print\n"), "SEA156") == []
    assert found_in(archive, "SEA156") == []


def test_sea157_model_fn_missing(archive: ArtifactInspection, found_in: FoundIn) -> None:
    """An empty entry point leaves loading to the image."""
    [finding] = found_in(replace(archive, entry_point=""), "SEA157")
    assert (finding.what, finding.severity) == ("code/inference.py defines no model_fn.", "warning")
    assert found_in(archive, "SEA157") == []


@pytest.fixture
def served(project: "Project") -> "Project":
    """A packaged deployment whose model is for a PyTorch image."""
    project.edit(
        "    triton:\n      max_batch_size: 16\n      instance_group: [{kind: KIND_GPU}]\n",
        "    pytorch: {max_batch_size: 16}\n    container: {pytorch_release: '2.6.0'}\n",
    )
    return project


def package(project: "Project", *findings: RecordedFinding, torch: str = "2.6.1") -> None:
    """Write the manifest of a PyTorch archive that ``torch`` exported."""
    manifest = project.package(*findings)
    inputs = replace(manifest.build_inputs, pins=(("torch", torch),))
    packed = replace(manifest, layout=Layout.PYTORCH, files=records(ENTRY_POINT, MODEL), build_inputs=inputs)
    write_manifest(packed, project.model_folder / "manifest.json")


def test_sea157_is_settled_by_the_elastic_inference_image(served: "Project") -> None:
    """That image's toolkit has always had a model_fn of its own."""
    finding = RecordedFinding("SEA157", "warning", "what.", "allowed.", "fix.")
    package(served, finding)
    assert len(served.found("SEA157")) == 1
    served.edit("pytorch_release: '2.6.0'", "elastic_inference_release: '1.5.1'")
    package(served, finding)
    assert served.found("SEA157") == []


def test_sea158_exported_by_newer_pytorch(served: "Project") -> None:
    """A newer minor release than the image's is told, an equal or older one is not."""
    package(served, torch="2.13.0+cpu")
    [finding] = served.found("SEA158")
    assert finding.what == "'classifier' was exported by PyTorch 2.13.0; the image has 2.6.0."
    assert finding.severity is Severity.WARNING
    for older in ("2.6.1", "2.5.0", "1.13.1"):
        package(served, torch=older)
        assert served.found("SEA158") == []


def test_sea159_arm_instance(served: "Project") -> None:
    """AWS's image is for x86_64; one's own may be for Arm."""
    package(served)
    assert served.found("SEA159") == []
    served.edit("type: ml.g4dn.xlarge", "type: ml.c6g.xlarge")
    [finding] = served.found("SEA159")
    assert finding.what == "ml.c6g.xlarge has Arm processors, and AWS's PyTorch image is for x86_64."
    own = "123456789012.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference-graviton:2.6.0"
    served.edit("pytorch_release: '2.6.0'", f"image_uri: {own}")
    assert served.found("SEA159") == []


@pytest.mark.parametrize("program", ["inference.py", "inference"])
def test_sea160_program_missing(served: "Project", program: str) -> None:
    """The toolkit looks for the entry point in code/, with or without its ending."""
    environment = f"pytorch_release: '2.6.0', environment: {{SAGEMAKER_PROGRAM: {program}}}"
    served.edit("pytorch_release: '2.6.0'", environment)
    package(served)
    assert served.found("SEA160") == []
    served.edit(f"SAGEMAKER_PROGRAM: {program}", "SAGEMAKER_PROGRAM: script.py")
    package(served)
    [finding] = served.found("SEA160")
    assert finding.what == "SAGEMAKER_PROGRAM is 'script.py'; the archive holds code/inference.py."
