"""A small project in a temporary folder: cdk.json, factories that nothing imports, a deployment, a build."""

import dataclasses
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import spec
from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    ArchiveRecord,
    FileRecord,
    Layout,
    Manifest,
    Provenance,
    SamplesRecord,
    Signature,
    TensorSpec,
    Tolerance,
    content_key_of,
    write_manifest,
)
from model_packaging.build_inputs import build_inputs_of

REPOSITORY_ROOT = Path(__file__).parents[2]

DEPLOYMENT = """\
name: trial
environment:
  account: "123456789012"
  region: eu-west-1
  availability_zones: [eu-west-1a, eu-west-1b]
network:
  private_link: [sagemaker.runtime, logs]
models:
  classifier:
    export: {from: "factories:classifier", to: torchscript, how: trace}
    triton:
      max_batch_size: 16
      instance_group: [{count: 2, kind: KIND_GPU}]
  encoder:
    export: {from: "factories:encoder", to: torchscript, how: script}
    triton: {max_batch_size: 8, instance_group: [{kind: KIND_CPU}]}
endpoints:
  fast:
    type: realtime
    model: classifier
    instances: {type: ml.g4dn.xlarge, count: 2}
  cheap:
    type: realtime
    model: encoder
    instances: {type: ml.m5.xlarge}
"""


@dataclasses.dataclass(frozen=True)
class Project:
    """A project with one deployment and its build."""

    root: Path

    @property
    def deployment(self) -> Path:
        """The deployment file."""
        return self.root / "deployments" / "local.yaml"

    def edit(self, old: str, new: str) -> None:
        """Replace the one place in the deployment file that says ``old``."""
        text = self.deployment.read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.deployment.write_text(text.replace(old, new), encoding="utf-8")

    def package(self, *, weights: str = "weights") -> None:
        """Write what `seatrial package` would, with ``weights`` in the place of each model's archive."""
        deployment = spec.load_deployment(self.deployment).deployment
        for name in deployment.models:
            _package(deployment, name, self.root, weights)


def _package(deployment: spec.Deployment, name: str, root: Path, weights: str) -> None:
    model, folder = deployment.models[name], root / "build" / deployment.name / name
    content = f"{name} {weights}".encode()
    record = FileRecord(f"{name}/1/model.pt", 0o644, len(content), hashlib.sha256(content).hexdigest())
    key = content_key_of([(record.path, record.mode, record.size_bytes, record.sha256)])
    manifest = Manifest(
        model=name,
        layout=Layout(model.layout),
        format="torchscript",
        max_batch_size=model.max_batch_size,
        signature=Signature(
            inputs=(TensorSpec("x", "FP32", (4,)),),
            outputs=(TensorSpec("OUTPUT__0", "FP32", (4,)),),
            batched=True,
        ),
        files=(record,),
        archive=ArchiveRecord(f"{key}.tar.gz", len(content)),
        samples=SamplesRecord(f"{key}.samples.npz", (1, model.max_batch_size), Tolerance(1e-5, 1e-4)),
        content_key=key,
        build_inputs=build_inputs_of(model, root, deployment.members_of(name)),
        findings=(),
        provenance=Provenance((), "linux-x86_64", None),
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / manifest.archive.file_name).write_bytes(content)
    write_manifest(manifest, folder / MANIFEST_FILE_NAME)


@pytest.fixture(scope="session")
def every_deployment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own deployments, packaged as above, in a project of their own."""
    root = tmp_path_factory.mktemp("repository")
    shutil.copytree(REPOSITORY_ROOT / "deployments", root / "deployments")
    shutil.copytree(REPOSITORY_ROOT / "examples", root / "examples")
    shutil.copy(REPOSITORY_ROOT / "cdk.json", root)
    for path in sorted((root / "deployments").glob("*.yaml")):
        deployment = spec.load_deployment(path).deployment
        for name in deployment.models:
            _package(deployment, name, root, "weights")
    return root


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[[str], Project]:
    """Make a packaged project in a folder of the given name."""

    def make(name: str = "project") -> Project:
        project = Project(tmp_path / name)
        project.deployment.parent.mkdir(parents=True)
        project.deployment.write_text(DEPLOYMENT, encoding="utf-8")
        shutil.copy(REPOSITORY_ROOT / "cdk.json", project.root)
        (project.root / "factories.py").write_text('"""Never imported at synth."""\n', encoding="utf-8")
        project.package()
        return project

    return make


@pytest.fixture
def project(make_project: Callable[[str], Project]) -> Project:
    """A packaged project."""
    return make_project("project")
