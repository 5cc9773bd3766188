"""The failures that the project began with: each is told in words, and its repaired version passes.

Artifacts are checked as model.tar.gz and as the folder that it was packed from; what a deployment file or a
template gets wrong has its two examples in ``examples/``, which ``test_examples`` runs.
"""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from preflight import Report
from preflight.bare import ServingContext, check_bare
from spec import DeploymentFileError, parse_deployment
from tests.preflight.conftest import DEPLOYMENT
from tests.preflight.example_evidence import evidence_of
from tests.preflight.test_examples import EXAMPLES, read

Files = Mapping[str, bytes | None]


def torchscript(forward: str) -> bytes:
    """Return a TorchScript file with this ``forward``, as far as a reader goes that runs nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("m/data.pkl", b"\x80\x02c__torch__\nM\n)\x81}b.")
        archive.writestr("m/constants.pkl", b"\x80\x02).")
        archive.writestr("m/version", b"3\n")
        archive.writestr("m/code/__torch__.py", f"class M(Module):\n  {forward}:\n    return x\n")
    return packed.getvalue()


def eager() -> bytes:
    """Return the bytes of a checkpoint of ``torch.save``: a zip like TorchScript's, without code."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("m/data.pkl", b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n.")
        archive.writestr("m/data/0", b"\0" * 16)
    return packed.getvalue()


CONFIG = """\
platform: "pytorch_libtorch"
max_batch_size: 8
input [ { name: "x" data_type: TYPE_FP32 dims: [ 4 ] } ]
output [ { name: "OUTPUT__0" data_type: TYPE_FP32 dims: [ 4 ] } ]
"""
PYTHON_CONFIG = CONFIG.replace('platform: "pytorch_libtorch"', 'backend: "python"')
ENSEMBLE = """\
platform: "ensemble"
max_batch_size: 8
input [ { name: "in" data_type: TYPE_FP32 dims: [ 4 ] } ]
output [ { name: "out" data_type: TYPE_FP32 dims: [ 4 ] } ]
ensemble_scheduling { step [ {
  model_name: "scores" model_version: -1
  input_map { key: "x" value: "in" } output_map { key: "OUTPUT__0" value: "out" }
} ] }
"""
MODEL = torchscript("def forward(self: __torch__.M,\n    x: Tensor) -> Tensor")
TWO_INPUTS = torchscript("def forward(self: __torch__.M,\n    x: Tensor,\n    y: Tensor) -> Tensor")
GOOD = {"scores/config.pbtxt": CONFIG.encode(), "scores/1/model.pt": MODEL}
CALLING = b"""
import triton_python_backend_utils as pb_utils

class TritonPythonModel:
    def execute(self, requests):
        pb_utils.InferenceRequest(model_name="scores", requested_output_names=["OUTPUT__0"], inputs=[]).exec()
        return []
"""
CALLER = {"caller/config.pbtxt": PYTHON_CONFIG.encode(), "caller/1/model.py": CALLING}
CHAIN = {"chain/config.pbtxt": ENSEMBLE.encode(), "chain/1/.keep": b""}
DEFAULT = "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"
ARGUMENTS = "SAGEMAKER_TRITON_ADDITIONAL_ARGS"


def config(old: str, new: str) -> dict[str, bytes]:
    """Return the good artifact with other words in its configuration."""
    assert old in CONFIG
    return {**GOOD, "scores/config.pbtxt": CONFIG.replace(old, new).encode()}


@dataclass(frozen=True, slots=True)
class Failure:
    """One artifact that fails, and what becomes of it repaired.

    Attributes:
        rule: that finds it.
        words: of the finding.
        files: that fail.
        repaired: that pass.
        environment: of the container.
        repaired_environment: of the repaired one.
        instance_type: that it is to be served on.
        repaired_instance_type: likewise, repaired.
    """

    rule: str
    words: str
    files: Files
    repaired: Files = field(default_factory=lambda: GOOD)
    environment: Mapping[str, str] = field(default_factory=dict)
    repaired_environment: Mapping[str, str] = field(default_factory=dict)
    instance_type: str | None = None
    repaired_instance_type: str | None = None


FAILURES = {
    "config.pbtxt at the archive root": Failure(
        "SEA101", "config.pbtxt lies at the root", {"config.pbtxt": CONFIG.encode(), "1/model.pt": MODEL}
    ),
    "several models and no default": Failure(
        "SEA103",
        "2 folders at its root",
        {**GOOD, **CHAIN},
        {**GOOD, **CHAIN},
        repaired_environment={DEFAULT: "chain"},
    ),
    "default names a missing model": Failure(
        "SEA603", "'scorse'", GOOD, environment={DEFAULT: "scorse"}, repaired_environment={DEFAULT: "scores"}
    ),
    "model file missing from the version folder": Failure(
        "SEA105", "holds no model.pt", {**GOOD, "scores/1/model.pt": None, "scores/1/weights.bin": b"1"}
    ),
    "unknown field in config.pbtxt": Failure(
        "SEA201", 'no field named "max_batch_siz"', config("max_batch_size", "max_batch_siz")
    ),
    "preferred_batch_size above max_batch_size": Failure(
        "SEA203",
        "preferred_batch_size is 16, max_batch_size 8",
        config("max_batch_size: 8", "max_batch_size: 8 dynamic_batching { preferred_batch_size: [ 16 ] }"),
    ),
    "tensor count that differs from the model's signature": Failure(
        "SEA232",
        "forward",
        {
            **GOOD,
            "scores/1/model.pt": torchscript(
                "def forward(self: __torch__.M,\n    x: Tensor,\n    y: Tensor) -> Tensor"
            ),
        },
    ),
    "tensor name that differs from the model's signature": Failure(
        "SEA233", "forward", config('"x"', '"image"')
    ),
    "ensemble step that maps an unknown tensor": Failure(
        "SEA242",
        "'y'",
        {
            **GOOD,
            "chain/1/.keep": b"",
            "chain/config.pbtxt": ENSEMBLE.replace('key: "x"', 'key: "y"').encode(),
        },
        {**GOOD, **CHAIN},
        environment={DEFAULT: "chain"},
        repaired_environment={DEFAULT: "chain"},
    ),
    "response_cache without a cache argument": Failure(
        "SEA206",
        "response_cache is enabled",
        config("max_batch_size: 8", "max_batch_size: 8 response_cache { enable: true }"),
        config("max_batch_size: 8", "max_batch_size: 8 response_cache { enable: true }"),
        repaired_environment={ARGUMENTS: "--cache-config=local,size=1048576"},
    ),
    "BLS sub-model never loaded": Failure(
        "SEA256",
        "scores",
        {**GOOD, **CALLER},
        {**GOOD, **CALLER},
        environment={DEFAULT: "caller"},
        repaired_environment={DEFAULT: "caller", ARGUMENTS: "--load-model=scores"},
    ),
    "eager torch.save pickle where TorchScript is expected": Failure(
        "SEA221", "torch.save", {**GOOD, "scores/1/model.pt": eager()}
    ),
    "KIND_GPU on a CPU instance type": Failure(
        "SEA501",
        "ml.m5.xlarge has no GPU",
        config("max_batch_size: 8", "max_batch_size: 8 instance_group [ { kind: KIND_GPU } ]"),
        config("max_batch_size: 8", "max_batch_size: 8 instance_group [ { kind: KIND_GPU } ]"),
        instance_type="ml.m5.xlarge",
        repaired_instance_type="ml.g5.xlarge",
    ),
}


def folder_of(root: Path, files: Files) -> Path:
    """Write ``files`` below ``root``, and return it."""
    for path, content in files.items():
        if content is not None:
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return root


def archive_of(path: Path, files: Files) -> Path:
    """Pack ``files`` as the archive ``path``, and return it."""
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            if content is not None:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path


def checked(path: Path, environment: Mapping[str, str], instance_type: str | None) -> Report:
    return check_bare(path, ServingContext(instance_type=instance_type, environment=environment))


@pytest.mark.parametrize("kind", ["folder", "archive"])
@pytest.mark.parametrize("name", FAILURES)
def test_an_artifact_that_fails_is_told_and_passes_repaired(name: str, kind: str, tmp_path: Path) -> None:
    """The cause stands in the finding; the repaired artifact has no finding of this kind, and no error."""
    failure = FAILURES[name]

    def packed(files: Files, called: str) -> Path:
        if kind == "folder":
            return folder_of(tmp_path / called, files)
        return archive_of(tmp_path / f"{called}.tar.gz", files)

    wrong = checked(packed(failure.files, "wrong"), failure.environment, failure.instance_type)
    found = [each.what for each in wrong.findings if each.rule == failure.rule]
    assert [each for each in found if failure.words in each], wrong.render_terminal()
    mended = packed(failure.repaired, "mended")
    report = checked(mended, failure.repaired_environment, failure.repaired_instance_type)
    assert [each for each in report.findings if each.rule == failure.rule] == []
    assert report.errors == (), report.render_terminal()


def hostile(member: tarfile.TarInfo, tmp_path: Path) -> Path:
    """Return an archive with a member that no honest packer makes."""
    path = archive_of(tmp_path / "plain.tar.gz", GOOD)
    target = tmp_path / "hostile.tar.gz"
    with tarfile.open(path) as plain, tarfile.open(target, "w:gz") as archive:
        for each in plain:
            archive.addfile(each, plain.extractfile(each))
        archive.addfile(member)
    return target


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("/etc/passwd", tarfile.REGTYPE, ""),
        ("scores/../../outside", tarfile.REGTYPE, ""),
        ("scores/1/link", tarfile.SYMTYPE, "/etc/passwd"),
        ("scores/1/link", tarfile.LNKTYPE, "scores/1/model.pt"),
    ],
)
def test_members_that_lead_out_are_told(name: str, kind: bytes, link: str, tmp_path: Path) -> None:
    """Absolute paths, ``..`` and links are findings that name the member."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    report = checked(hostile(member, tmp_path), {}, None)
    assert [each for each in report.errors if name.removeprefix("/") in each.what], report.render_terminal()


EXAMPLES_OF_SERVING = {
    "TensorRT plan of another GPU family": "SEA432",
    "another number of tensors than the model's signature": "SEA301",
    "another tensor name than the model's signature": "SEA302",
    "other dims than the model's signature": "SEA304",
    "a fixed batch size in an ONNX model behind max_batch_size": "SEA227",
    "memory, CPU or accelerators beyond the instance, accelerators on a CPU instance type": "SEA521",
    "copies that don't fit MaxInstanceCount": "SEA522",
    "CopyCount 0 at creation": "SEA813",
    "memory not stated": "SEA811",
    "CPU below 0.25": "SEA812",
    "model attached to a component endpoint's variant": "SEA815",
    "scale to zero with MinInstanceCount 1": "SEA524",
    "min above max": "SEA816",
    "name over 63": "SEA817",
    "CUDA of the image newer than the AMI's driver": "SEA844",
    "region without inference components": "SEA525",
    "rolling batch outside 5-50 %": "SEA526",
    "rolling batch outside 5-50 %, in any template": "SEA814",
    "Elastic Inference retired": "SEA801",
    "Elastic Inference retired, in the deployment file": "SEA750",
    "isolated subnets without the S3 gateway endpoint": "SEA707",
    "fewer than two subnets in different zones": "SEA705",
    "endpoint policies that don't admit the artifact": "SEA713",
    "image pull in Platform mode without ecr endpoints": "SEA701",
}


@pytest.mark.parametrize("name", EXAMPLES_OF_SERVING)
def test_what_a_deployment_gets_wrong_has_its_examples(name: str) -> None:
    """One that fails and is told, and the same repaired, which passes."""
    example = read(EXAMPLES / f"{EXAMPLES_OF_SERVING[name]}.yaml")
    evidence = evidence_of(example.rule, example.failing)
    assert [each for each in example.rule.check(evidence) if example.found in each.what]
    assert list(example.rule.check(evidence_of(example.rule, example.repaired))) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("type: ml.g4dn.xlarge", "type: g4dn.xlarge", "did you mean 'ml.g4dn.xlarge'"),
        ("    triton:\n", '    container: {triton_release: "24.02"}\n    triton:\n', "24.01"),
    ],
)
def test_what_the_deployment_file_can_not_say_is_told_by_the_loader(old: str, new: str, words: str) -> None:
    """An instance type without ``ml.`` and an image tag that the region lacks never reach a template."""
    with pytest.raises(DeploymentFileError, match=r"deployments/vision\.yaml:\d+") as refused:
        parse_deployment(DEPLOYMENT.replace(old, new), Path("deployments/vision.yaml"))
    assert words in str(refused.value)
