"""Trials of a deployment's models: as they were packaged, with the file's words."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

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
    write_manifest,
)
from model_packaging.build_inputs import build_inputs_of
from model_packaging.eager.samples import Sample, write_samples
from preflight import check_deployment
from preflight.rule import TRIAL
from preflight.trial import TrialError, TrialReport, trial_of_artifact, trial_of_deployment
from preflight.trial.outcome import Server
from preflight.trial.request_outcome import Form, Origin
from spec import DeploymentFile, parse_deployment
from tests.preflight.trial.artifacts import python_model, pytorch_artifact, write_npz
from tests.preflight.trial.conftest import Context

PROJECT_ROOT = Path(__file__).parents[3]
_HEAD = """\
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
"""
_MODEL = """\
  {name}:
    export: {{from: "vision:classifier", to: torchscript, how: trace}}
    {serving}
{more}
"""
_ENDPOINTS = """\
endpoints:
  dedicated:
    type: realtime
    model: {name}
    instances: {{type: ml.m5.xlarge}}
"""


class Deployed:
    """A project with one served model that doubles, packaged by hand."""

    def __init__(self, root: Path, *, layout: Layout = Layout.TRITON, more: str = "") -> None:
        self.root = root
        self.layout = layout
        serving = f"{layout.value}: {{max_batch_size: 4}}"
        self.text = _HEAD + _MODEL.format(name="doubling", serving=serving, more=more)
        self.text += _ENDPOINTS.format(name="doubling")
        (root / ".venv-triton").symlink_to(PROJECT_ROOT / ".venv-triton")
        (root / "vision.py").write_text("def classifier() -> None: ...\n", encoding="utf-8")

    @property
    def file(self) -> DeploymentFile:
        return parse_deployment(self.text, self.root / "deployments" / "vision.yaml")

    @property
    def folder(self) -> Path:
        return self.root / "build" / "vision" / "doubling"

    def package(self, repository: Path, factor: float = 2.0) -> None:
        """Pack ``repository``, and record what a module would answer that multiplies by ``factor``."""
        self.folder.mkdir(parents=True)
        with tarfile.open(self.folder / "0123.tar.gz", "w:gz") as archive:
            for path in sorted(repository.iterdir()):
                archive.add(path, path.name)
        draw = np.random.default_rng(0)
        samples = []
        for rows in (1, 4):
            x = draw.standard_normal((rows, 3), dtype=np.float32)
            samples.append(Sample(rows, {"x": x}, {"y": x * np.float32(factor)}))
        write_samples(samples, self.folder / "0123.samples.npz")
        tensor = TensorSpec("x", "FP32", (3,))
        manifest = Manifest(
            model="doubling",
            layout=self.layout,
            format="torchscript",
            max_batch_size=4,
            signature=Signature((tensor,), (TensorSpec("y", "FP32", (3,)),), batched=True),
            files=(FileRecord("model", 0o644, 1, "0" * 64),),
            archive=ArchiveRecord("0123.tar.gz", 1),
            samples=SamplesRecord("0123.samples.npz", (1, 4), Tolerance(1e-5, 1e-4)),
            content_key="0123",
            build_inputs=build_inputs_of(self.file.deployment.models["doubling"], self.root),
            findings=(),
            provenance=Provenance((), "linux-x86_64", None),
        )
        write_manifest(manifest, self.folder / MANIFEST_FILE_NAME)

    def trial(self, progress: Callable[[str, str], None] = lambda _, __: None) -> TrialReport:
        return trial_of_deployment(self.file, self.root / "build", self.root, progress=progress)


def test_a_model_that_is_not_packaged_is_not_tried(tmp_path: Path) -> None:
    """It is said so; that it isn't packaged is another rule's finding."""
    report = Deployed(tmp_path).trial()
    assert report.findings == ()
    [outcome] = report.outcomes
    assert outcome.place == ("models", "doubling")
    assert [each.why for each in outcome.untried] == ["it is not packaged; run `seatrial package`"]


def test_an_archive_that_is_gone_is_not_tried(tmp_path: Path) -> None:
    """A manifest alone is nothing to try."""
    deployed = Deployed(tmp_path)
    deployed.package(python_model(tmp_path / "repository", name="doubling"))
    (deployed.folder / "0123.tar.gz").unlink()
    [outcome] = deployed.trial().outcomes
    assert [each.why for each in outcome.untried] == [
        "its archive is not in the build folder; package it again"
    ]


def test_an_unreadable_file_of_golden_requests_is_a_finding(tmp_path: Path) -> None:
    """It stands at its line, whether or not the model can be tried."""
    deployed = Deployed(tmp_path, more="    golden_requests: [golden/a.npz]")
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "a.npz").write_bytes(b"no archive")
    [finding] = deployed.trial().findings
    assert (finding.rule, finding.subject) == ("SEA360", "models.doubling")
    assert finding.what == "golden/a.npz can't be read as .npz (File is not a zip file)."
    assert str(finding.location) == "deployments/vision.yaml:7"


def test_a_missing_file_of_golden_requests_is_told_once(tmp_path: Path) -> None:
    """The check of the file tells it, with or without a trial."""
    deployed = Deployed(tmp_path, more="    golden_requests: [golden/a.npz]")
    report = deployed.trial()
    also = {TRIAL: report.findings}
    checked = check_deployment(deployed.file, tmp_path / "build", tmp_path, also)
    assert [each.rule for each in checked.findings if "golden" in each.what] == ["SEA388"]


@pytest.mark.integration
def test_recorded_and_golden_requests_are_compared(tmp_path: Path) -> None:
    """A good model answers both in both forms, at batch 1 and at the maximum; what happens is told."""
    deployed = Deployed(tmp_path, more="    golden_requests: [golden/a.npz]")
    deployed.package(python_model(tmp_path / "repository", name="doubling"))
    (tmp_path / "golden").mkdir()
    x = np.ones((2, 3), np.float32)
    write_npz(tmp_path / "golden" / "a.npz", inputs__x=x, outputs__y=x * 2)
    told: list[tuple[str, str]] = []
    report = deployed.trial(lambda model, what: told.append((model, what)))
    assert report.findings == ()
    [outcome] = report.outcomes
    asked = [(each.origin, each.batch_size) for each in outcome.requests if each.form is Form.BINARY]
    assert asked == [(Origin.RECORDED, 1), (Origin.RECORDED, 4), (Origin.GOLDEN, 2)]
    assert [each.form for each in outcome.requests[:2]] == [Form.BINARY, Form.JSON]
    assert ("doubling", "loading") in told


@pytest.mark.integration
def test_findings_of_a_trial_are_acknowledged_like_all_others(tmp_path: Path) -> None:
    """What differs from the recorded answers stands at the model's line; the file may say why it may stay."""
    deployed = Deployed(tmp_path)
    deployed.package(python_model(tmp_path / "repository", name="doubling"), factor=3.0)
    report = deployed.trial()
    assert [finding.rule for finding in report.findings] == ["SEA362", "SEA362"]
    assert str(report.findings[0].location) == "deployments/vision.yaml:4"
    deployed.text = deployed.text.replace(
        "endpoints:", '    acknowledge: {SEA362: "the recorded answers are of another model"}\nendpoints:'
    )
    also = {TRIAL: report.findings}
    checked = check_deployment(deployed.file, tmp_path / "build", tmp_path, also)
    assert {each.rule for each in checked.acknowledged} == {"SEA362"}
    without = check_deployment(deployed.file, tmp_path / "build", tmp_path)
    assert "SEA901" not in {each.rule for each in without.findings}


def test_a_machine_without_servers_is_told(tmp_path: Path) -> None:
    """What to do is in the message: it is no finding about the model."""
    deployed = Deployed(tmp_path)
    deployed.package(python_model(tmp_path / "repository", name="doubling"))
    (tmp_path / ".venv-triton").unlink()
    with pytest.raises(TrialError, match="run `make setup`"):
        deployed.trial()


@pytest.mark.integration
def test_the_pytorch_images_layout_is_tried_on_their_toolkit(tmp_path: Path) -> None:
    """It is loaded, asked in .npy, and compared, in batches and at once."""
    deployed = Deployed(tmp_path, layout=Layout.PYTORCH)
    deployed.package(pytorch_artifact(tmp_path / "artifact"))
    report = deployed.trial()
    [outcome] = report.outcomes
    assert report.findings == ()
    assert outcome.server is Server.PYTORCH
    assert [(each.form, each.batch_size, each.error) for each in outcome.requests] == [
        (Form.NPY, 1, ""),
        (Form.NPY, 4, ""),
    ]
    assert outcome.batch_sizes is not None
    assert outcome.rows is not None
    assert outcome.concurrency is not None
    assert outcome.counters is None


@pytest.mark.integration
def test_golden_requests_say_what_a_bare_entry_point_takes(tmp_path: Path, trial_root: Path) -> None:
    """Without a manifest nothing else does; without golden requests it is only loaded."""
    folder = pytorch_artifact(tmp_path / "artifact")
    x = np.ones((2, 3), np.float32)
    golden = write_npz(tmp_path / "golden.npz", inputs__x=x, outputs__y=x * 3)
    asked = trial_of_artifact(folder, Context(), (golden,), trial_root)
    assert [finding.rule for finding in asked.findings] == ["SEA362"]
    loaded = trial_of_artifact(folder, Context(), (), trial_root)
    assert loaded.findings == ()
    assert [each.why for each in loaded.outcomes[0].untried] == [
        "nothing says what the model takes: there is no manifest beside it"
    ]
