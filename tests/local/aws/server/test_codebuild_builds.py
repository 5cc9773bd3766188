"""A model packaged by CodeBuild of the laptop's AWS: from the sources' bundle to the artifact in build/."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from local.aws.client import LocalAws
from model_packaging.remote.account_clients import AccountClients
from model_packaging.remote.build_place import BuildPlace
from model_packaging.remote.codebuild_packages import CodeBuildPackages
from model_packaging.remote.errors import JobFailedError
from model_packaging.remote.progress import RemoteProgress
from seatrial_hosting.remote_build import BUILD_COMMANDS
from spec import DeploymentFile, load_deployment
from tests.local.aws.account import BUCKET, Account

pytestmark = pytest.mark.integration

_PROJECT = Path(__file__).resolve().parents[4]
_FOLDERS = (
    "catalogue",
    "cli",
    "environments",
    "invocation",
    "local",
    "migration",
    "model_packaging",
    "planning",
    "preflight",
    "spec",
)
_DEPLOYMENT = """\
name: large
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
build: {type: account, models: [scale]}
models:
  scale:
    export: {from: "scaling:factory", to: torchscript, how: trace}
    triton: {max_batch_size: 4}
"""
_FACTORY = """\
import torch

class Scale(torch.nn.Module):
    def forward(self, x):
        return x * 2.0

def factory():
    return Scale().eval(), lambda batch, generator: {"x": torch.rand((batch, 3), generator=generator)}
"""


@dataclass
class Packaging:
    """A project whose model CodeBuild packages, and what was said of it."""

    root: Path
    clients: AccountClients
    place: BuildPlace
    said: list[RemoteProgress] = field(default_factory=list)

    @property
    def file(self) -> DeploymentFile:
        return load_deployment(self.root / "deployments" / "large.yaml")

    def run(self, build: str = "build") -> Path:
        """Package the model and return the folder of its artifact."""
        packages = CodeBuildPackages(self.clients, self.place, self.said.append, poll_seconds=0.1)
        return packages.package(self.file, "scale", self.root / build, self.root).directory

    @property
    def statuses(self) -> list[str]:
        return [each.status for each in self.said if each.status]


@pytest.fixture
def packaging(account: Account, local_aws: LocalAws, tmp_path: Path) -> Packaging:
    """A small project, and a CodeBuild project in the local account as the construct declares it."""
    (tmp_path / "environments").mkdir()
    shutil.copy(_PROJECT / "environments" / "packaging.txt", tmp_path / "environments")
    shutil.copy(_PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / "deployments").mkdir()
    (tmp_path / "deployments" / "large.yaml").write_text(_DEPLOYMENT, encoding="utf-8")
    (tmp_path / "scaling.py").write_text(_FACTORY, encoding="utf-8")
    name = account.new_name("large-build")
    _create_project(account, name, BUILD_COMMANDS)
    place = BuildPlace(BUCKET, f"{name}/", "", name, "")
    return Packaging(tmp_path, AccountClients.of_laptop("us-east-1", local_aws.environment()), place)


def test_model_is_packaged_elsewhere_and_found_again(packaging: Packaging) -> None:
    """The artifact comes back whole; another checkout finds it, and a third call asks nobody."""
    for folder in _FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(_PROJECT / folder, packaging.root / folder, ignore=ignored, dirs_exist_ok=True)

    first = packaging.run()

    assert packaging.statuses[0] == "Uploading"
    assert packaging.statuses[-2:] == ["COMPLETED", "Downloading"]
    assert any("scale: built" in each.line for each in packaging.said)
    names = {path.suffix for path in first.iterdir()}
    assert {".gz", ".npz", ".json"} <= names
    packaging.said.clear()

    packaging.run("another")

    assert packaging.statuses == ["Found", "Downloading"]
    packaging.said.clear()
    packaging.run("another")
    assert packaging.said == []


def test_failed_build_tells_its_phase_and_its_log(packaging: Packaging, account: Account) -> None:
    """The build's own words are relayed, and nothing is left in build/."""
    _create_project(account, "failing-build", ["echo no room on this disk; false", "echo never"])
    packaging.place = replace(packaging.place, project_name="failing-build")

    with pytest.raises(JobFailedError, match="ended as FAILED in BUILD"):
        packaging.run()

    lines = [each.line for each in packaging.said if each.line]
    assert lines[-1] == "no room on this disk"
    assert not (packaging.root / "build" / "large" / "scale").exists()


def test_interrupted_build_is_stopped(packaging: Packaging, account: Account) -> None:
    """Ctrl-C leaves no build behind that goes on costing money."""
    _create_project(account, "slow-build", ["echo slow; sleep 30"])
    packaging.place = replace(packaging.place, project_name="slow-build")

    def interrupt(progress: RemoteProgress) -> None:
        if progress.line == "slow":
            raise KeyboardInterrupt

    packages = CodeBuildPackages(packaging.clients, packaging.place, interrupt, poll_seconds=0.1)
    with pytest.raises(KeyboardInterrupt):
        packages.package(packaging.file, "scale", packaging.root / "build", packaging.root)

    codebuild = account.client("codebuild")
    (build_id,) = codebuild.list_builds_for_project(projectName="slow-build")["ids"]
    assert codebuild.batch_get_builds(ids=[build_id])["builds"][0]["buildStatus"] == "STOPPED"


def test_build_of_no_project_is_refused(packaging: Packaging) -> None:
    """A stack that is gone is told in CodeBuild's words."""
    packaging.place = replace(packaging.place, project_name="nobody")
    with pytest.raises(JobFailedError, match=r"CodeBuild refuses the build .*Project not found: nobody"):
        packaging.run()


def _create_project(account: Account, name: str, commands: Sequence[str]) -> None:
    account.client("codebuild").create_project(
        name=name,
        source={
            "type": "S3",
            "location": f"{BUCKET}/none.zip",
            "buildspec": json.dumps({"version": 0.2, "phases": {"build": {"commands": list(commands)}}}),
        },
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole="arn:aws:iam::000000000000:role/build",
    )
