"""What the tests of preflight build their examples from: one good artifact and one good deployment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    ArchiveRecord,
    FileRecord,
    Layout,
    Manifest,
    Provenance,
    RecordedFinding,
    SamplesRecord,
    Signature,
    TensorSpec,
    Tolerance,
    write_manifest,
)
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.build_inputs import build_inputs_of
from preflight import Finding, Location, Report, Severity, check_deployment, inspect_artifact
from preflight.rule import Scope
from spec import DeploymentFile, parse_deployment

CONFIG = """\
name: "classifier"
platform: "pytorch_libtorch"
max_batch_size: 16
input [ { name: "image" data_type: TYPE_FP32 dims: [ 3, 32, 32 ] } ]
output [ { name: "OUTPUT__0" data_type: TYPE_FP32 dims: [ 10 ] } ]
instance_group [ { count: 2 kind: KIND_GPU } ]
dynamic_batching { preferred_batch_size: [ 8, 16 ] max_queue_delay_microseconds: 100 }
"""

DEPLOYMENT = """\
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "vision:classifier", to: torchscript, how: trace}
    triton:
      max_batch_size: 16
      instance_group: [{kind: KIND_GPU}]
endpoints:
  dedicated:
    type: realtime
    model: classifier
    instances: {type: ml.g4dn.xlarge}
"""

ARCHIVE = b"an archive, as far as its size goes"


def records(*paths: str) -> tuple[FileRecord, ...]:
    """Return a record for each path; only the paths matter to rules."""
    return tuple(FileRecord(path=path, mode=0o644, size_bytes=1, sha256="0" * 64) for path in paths)


GOOD_ARTIFACT = ArtifactInspection(
    model="classifier",
    files=records("classifier/config.pbtxt", "classifier/1/model.pt"),
    config_pbtxt=CONFIG,
    signature=Signature(
        inputs=(TensorSpec("image", "FP32", (3, 32, 32)),),
        outputs=(TensorSpec("OUTPUT__0", "FP32", (10,)),),
        batched=True,
    ),
    max_batch_size=16,
)


@pytest.fixture
def artifact() -> ArtifactInspection:
    """An artifact that no rule has anything to say about."""
    return GOOD_ARTIFACT


@pytest.fixture
def found_in() -> Callable[[ArtifactInspection, str], list[RecordedFinding]]:
    """Return what one rule finds in an artifact."""

    def found(artifact: ArtifactInspection, rule: str) -> list[RecordedFinding]:
        return [finding for finding in inspect_artifact(artifact) if finding.rule == rule]

    return found


@dataclass
class Project:
    """A project folder with a factory, a deployment file and what was packaged from it."""

    root: Path
    text: str = DEPLOYMENT

    @property
    def model_folder(self) -> Path:
        """Where the model `classifier` is packaged to."""
        return self.root / "build" / "vision" / "classifier"

    @property
    def file(self) -> DeploymentFile:
        """The deployment as its text says now."""
        return parse_deployment(self.text, self.root / "deployments" / "vision.yaml")

    def edit(self, old: str, new: str) -> None:
        """Replace words of the deployment file, as a user would after packaging."""
        assert self.text.count(old) == 1
        self.text = self.text.replace(old, new)

    def package(self, *findings: RecordedFinding, model_size_bytes: int = 1) -> Manifest:
        """Write a manifest for what the file says now, with ``findings`` recorded, and an archive."""
        config, model = GOOD_ARTIFACT.files
        manifest = Manifest(
            model="classifier",
            layout=Layout.TRITON,
            format="torchscript",
            max_batch_size=16,
            signature=GOOD_ARTIFACT.signature,
            files=(config, replace(model, size_bytes=model_size_bytes)),
            archive=ArchiveRecord("0123.tar.gz", len(ARCHIVE)),
            samples=SamplesRecord("0123.samples.npz", (1, 16), Tolerance(1e-5, 1e-4)),
            content_key="0123",
            build_inputs=build_inputs_of(self.file.deployment.models["classifier"], self.root),
            findings=findings,
            provenance=Provenance((), "linux-x86_64", None),
        )
        self.model_folder.mkdir(parents=True, exist_ok=True)
        (self.model_folder / manifest.archive.file_name).write_bytes(ARCHIVE)
        write_manifest(manifest, self.model_folder / MANIFEST_FILE_NAME)
        return manifest

    def check(
        self, also: Mapping[Scope[Any], Sequence[Finding]] | None = None, untried: Sequence[str] = ()
    ) -> Report:
        """Check the deployment as it stands, with what further scopes found, and what these left open."""
        return check_deployment(self.file, self.root / "build", self.root, also or {}, untried)

    def found(self, rule: str) -> list[Finding]:
        """Return what one rule finds in the deployment as it stands."""
        return [finding for finding in self.check().findings if finding.rule == rule]


@pytest.fixture
def unpackaged(tmp_path: Path) -> Project:
    """A good project before `seatrial package`."""
    (tmp_path / "vision.py").write_text("def classifier() -> None: ...\n", encoding="utf-8")
    return Project(tmp_path)


@pytest.fixture
def project(unpackaged: Project) -> Project:
    """A good project after `seatrial package`."""
    unpackaged.package()
    return unpackaged


@pytest.fixture
def finding() -> Callable[..., Finding]:
    """Return a function that makes findings; give what matters to the test."""

    def make(**changes: object) -> Finding:
        base = Finding(
            rule="SEA401",
            severity=Severity.ERROR,
            subject="models.classifier",
            what="There is no manifest.",
            allowed="a packaged model.",
            fix="Run `seatrial package deployments/vision.yaml`.",
            location=Location("deployments/vision.yaml", 4),
        )
        return replace(base, **changes)  # type: ignore[arg-type]  # each test gives the fields it means

    return make
