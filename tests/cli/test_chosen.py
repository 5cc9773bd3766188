"""Some of the models of a deployment file."""

from pathlib import Path

import pytest

from cli._chosen import chosen_models, without_models
from spec import DeploymentFile, DeploymentFileError, parse_deployment

_TEXT = """\
name: t
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  first:
    export: {from: "m:f", to: torchscript, how: trace}
    triton: {max_batch_size: 4}
  other:
    export: {from: "m:f", to: torchscript, how: trace}
    triton: {max_batch_size: 4}
  pipeline:
    ensemble:
      step: [{model_name: first, input_map: {x: x}, output_map: {OUTPUT__0: y}}]
    triton:
      max_batch_size: 4
      input: [{name: x, data_type: TYPE_FP32, dims: [3]}]
      output: [{name: y, data_type: TYPE_FP32, dims: [3]}]
"""


@pytest.fixture
def file() -> DeploymentFile:
    """Three models, one made of another."""
    return parse_deployment(_TEXT, Path("t.yaml"))


def _names(file: DeploymentFile) -> list[str]:
    return list(file.deployment.models)


def test_none_named_means_all(file: DeploymentFile) -> None:
    """The file itself."""
    assert chosen_models(file, ()) is file


def test_members_come_along(file: DeploymentFile) -> None:
    """An ensemble can't be packaged without what it is made of."""
    assert _names(chosen_models(file, ["pipeline"])) == ["first", "pipeline"]
    assert _names(chosen_models(file, ["other"])) == ["other"]


def test_some_can_be_left_out(file: DeploymentFile) -> None:
    """The rest keeps its order, and the file its lines."""
    left = without_models(file, ["other"])
    assert _names(left) == ["first", "pipeline"]
    assert left.line_of("models", "pipeline") == 10


def test_unknown_model_is_told_with_those_there_are(file: DeploymentFile) -> None:
    """As any mistake about the file, with its line."""
    with pytest.raises(DeploymentFileError) as refused:
        chosen_models(file, ["first", "nobody"])
    assert str(refused.value) == (
        "t.yaml:3: models: there is no model 'nobody'. Allowed: first, other, pipeline. "
        "Fix: name one of these with --model."
    )
