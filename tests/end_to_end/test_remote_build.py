"""`seatrial package --remote` on the laptop: the stack, a processing job, a CodeBuild build, artifacts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.project import Project

pytestmark = pytest.mark.soak

_DEPLOYMENT = "deployments/elsewhere.yaml"
_TEXT = """\
name: elsewhere
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
build: {type: account, models: [large]}
models:
  large:
    export: {from: "examples.constant:constant", arguments: {value: 2.0}, to: torchscript, how: trace}
    triton: {max_batch_size: 4}
  planned:
    export:
      from: "examples.constant:constant"
      arguments: {value: 2.0}
      to: tensorrt
      tensorrt: {instance_type: ml.g4dn.xlarge}
    triton: {max_batch_size: 4}
endpoints:
  planned: {type: realtime, model: planned, instances: {type: ml.g4dn.xlarge, count: 1}}
"""


@pytest.fixture(scope="module")
def elsewhere(project: Project) -> Iterator[Project]:
    """The project with a deployment that builds in its account, whose stack is deployed."""
    (project.root / _DEPLOYMENT).write_text(_TEXT, encoding="utf-8")
    assert project.seatrial("local", "up").returncode == 0
    bootstrapped = project.cdk("bootstrap", "aws://000000000000/us-east-1", folder=project.root.parent)
    assert bootstrapped.returncode == 0, bootstrapped.stderr
    deployed = project.cdk(
        "deploy",
        "elsewhere-build",
        *("-c", f"deployment={_DEPLOYMENT}"),
        *("-c", "only=build"),
        *("--require-approval", "never"),
    )
    assert deployed.returncode == 0, deployed.stderr
    yield project
    (project.root / _DEPLOYMENT).unlink()


def test_models_are_built_in_the_account_and_found_again(elsewhere: Project) -> None:
    """Both ways of building, their logs on stderr; the second time nothing is built anew."""
    first = elsewhere.seatrial("package", _DEPLOYMENT, "--remote", "--json")

    assert first.returncode == 0, first.stderr
    models = {each["model"]: each for each in json.loads(first.stdout)["models"]}
    assert (models["large"]["built"], models["planned"]["built"]) == (True, True)
    assert "planned | &&&& RUNNING TensorRT.trtexec [TensorRT v100400]" in first.stderr
    assert "large | large: built" in first.stderr
    assert Path(models["planned"]["archive"]).is_file()

    again = elsewhere.seatrial("package", _DEPLOYMENT, "--remote", "--json")

    assert again.returncode == 0, again.stderr
    assert [each["built"] for each in json.loads(again.stdout)["models"]] == [False, False]
    assert "Uploading" not in again.stderr


def test_forced_build_finds_the_plan_in_the_account(elsewhere: Project) -> None:
    """Another machine, or a forced build, exports the same file: no job is started for it."""
    forced = elsewhere.seatrial("package", _DEPLOYMENT, "--remote", "--force", "--model", "planned")

    assert forced.returncode == 0, forced.stderr
    assert "planned: Found" in forced.stderr
    assert "InProgress" not in forced.stderr


def test_plan_is_not_rehearsed(elsewhere: Project) -> None:
    """The laptop says plainly what it can't answer for, before it deploys anything."""
    refused = elsewhere.seatrial("rehearse", _DEPLOYMENT)

    assert refused.returncode == 1
    assert "serves the TensorRT plan of models.planned, which needs a GPU" in refused.stderr


def test_unknown_model_and_missing_section_are_told(elsewhere: Project) -> None:
    """What to write is said, without a traceback."""
    unknown = elsewhere.seatrial("package", _DEPLOYMENT, "--model", "nobody")
    assert unknown.returncode == 1
    assert "there is no model 'nobody'. Allowed: large, planned." in unknown.stderr
    missing = elsewhere.seatrial("package", "deployments/local.yaml", "--remote")
    assert missing.returncode == 1
    assert "nothing says that models are built in its account" in missing.stderr
