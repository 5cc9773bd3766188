"""A rehearsal refuses what isn't for the laptop, and counts one wrong answer as failed."""

from pathlib import Path

import pytest

from local.aws.client import LocalAws
from local.rehearsal import CheckedAnswer, Rehearsal, RehearsalError, Steps, rehearse
from local.triton import TritonUnavailableError
from model_packaging.artifact import Tolerance
from spec import parse_deployment

TEXT = """
name: production
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "examples.vision:classifier", arguments: {random_seed: 7}, to: torchscript, how: trace}
    triton: {max_batch_size: 2}
"""


def answer(*wrong: str) -> CheckedAnswer:
    return CheckedAnswer("classifier", 1, 0.5, Tolerance(0.1, 0.0), wrong, 0.01)


def test_a_deployment_for_a_real_account_is_refused(tmp_path: Path) -> None:
    """Before anything is built or started: the laptop's account number is its own."""
    file = parse_deployment(TEXT, tmp_path / "production.yaml")
    with pytest.raises(
        RehearsalError, match=r"environment.account is '123456789012'; the laptop's AWS has '000000000000'"
    ):
        rehearse(file, tmp_path, aws=LocalAws(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_deployment_without_endpoints_is_refused(tmp_path: Path) -> None:
    """Nothing asked is nothing proved."""
    file = parse_deployment(TEXT.replace("123456789012", "000000000000"), tmp_path / "empty.yaml")
    with pytest.raises(RehearsalError, match="endpoints is empty; declare one"):
        rehearse(file, tmp_path, aws=LocalAws(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_triton_is_told_before_anything_is_done(tmp_path: Path) -> None:
    """Not after a deploy, in the words of CloudFormation."""
    endpoints = "endpoints: {a: {type: realtime, model: classifier, instances: {type: ml.m5.large}}}\n"
    file = parse_deployment(TEXT.replace("123456789012", "000000000000") + endpoints, tmp_path / "local.yaml")
    with pytest.raises(TritonUnavailableError, match="make setup"):
        rehearse(file, tmp_path, aws=LocalAws(tmp_path))
    assert not (tmp_path / "build").exists()


def test_one_wrong_answer_fails_it() -> None:
    """Nineteen right ones don't make up for it."""
    assert Rehearsal((), (answer(), answer()), {}).passed
    assert not Rehearsal((), (answer(), answer("OUTPUT__0 differs")), {}).passed


def test_a_step_that_raises_is_not_counted_as_done() -> None:
    """The table shows what was done, not what was tried."""
    steps = Steps()
    with steps.step("first"):
        pass
    with pytest.raises(ZeroDivisionError), steps.step("second"):
        raise ZeroDivisionError
    assert [step.name for step in steps.done] == ["first"]
