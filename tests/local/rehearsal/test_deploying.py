"""The steps before the CDK CLI: what is no asset of the CDK is published first, as its synth demands."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from local.aws.client import LocalAws
from local.rehearsal import Steps, deploying
from spec import DeploymentFile, parse_deployment

_TEXT = """\
name: t
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  kept:
    export: {from: "m:f", to: torchscript, how: trace}
    triton: {max_batch_size: 4}
"""


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in its order, by stand-ins that do nothing."""
    calls: list[str] = []

    class Cdk:
        def __init__(self, *_: object) -> None: ...

        def bootstrap(self, **_: object) -> None:
            calls.append("bootstrap")

        def deploy(self, **_: object) -> None:
            calls.append("deploy")

    def publish(*_: object) -> None:
        calls.append("publish")

    monkeypatch.setattr(deploying, "CdkCli", Cdk)
    monkeypatch.setattr(deploying, "publish_deployment", publish)
    return calls


def _deploy(tmp_path: Path, artifact: str) -> Steps:
    text = _TEXT + f"    artifact: {artifact}\n"
    file: DeploymentFile = parse_deployment(text, tmp_path / "t.yaml")
    aws: Any = Mock(LocalAws)
    aws.environment.return_value = LocalAws(tmp_path).environment()
    steps = Steps()
    deploying.deploy_models(file, (), tmp_path, aws, steps)
    return steps


@pytest.mark.parametrize("artifact", ["published", "uncompressed"])
def test_what_is_no_asset_is_published_between(tmp_path: Path, done: list[str], artifact: str) -> None:
    """Into the bucket that the bootstrap has made, and before synth reads the lock file."""
    steps = _deploy(tmp_path, artifact)
    assert done == ["bootstrap", "publish", "deploy"]
    assert [each.name for each in steps.done] == [
        "start the laptop's AWS",
        "cdk bootstrap",
        "publish the models",
        "cdk deploy --all",
    ]


def test_assets_alone_publish_nothing(tmp_path: Path, done: list[str]) -> None:
    """The CDK CLI uploads them itself."""
    _deploy(tmp_path, "asset")
    assert done == ["bootstrap", "deploy"]
