"""The CDK CLI's own reason reaches the user; the rest of its output is in a file."""

import sys
from pathlib import Path

import pytest

from local.rehearsal import CdkError
from local.rehearsal.cdk_cli import CdkCli


@pytest.fixture
def cdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CdkCli:
    """A CLI whose program is whatever a test writes."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return CdkCli(tmp_path, {"AWS_REGION": "us-east-1"}, tmp_path / "logs")


def program(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cdk"
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(0o755)


def test_deploy_names_the_deployment_and_asks_nothing(tmp_path: Path, cdk: CdkCli) -> None:
    """No approval, no notices, several stacks at a time, the file as context."""
    program(tmp_path, 'echo "$@"; echo "$AWS_REGION $CI"\n')
    cdk.deploy(deployment=tmp_path / "local.yaml")
    words = (tmp_path / "logs" / "cdk-deploy.log").read_text(encoding="utf-8")
    assert "deploy --all --require-approval never --concurrency 4" in words
    assert f"--context deployment={tmp_path / 'local.yaml'}" in words
    assert "us-east-1 true" in words


def test_a_profile_of_the_users_own_stays_outside(
    tmp_path: Path, cdk: CdkCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The laptop's keys and a profile of a real account would contradict each other."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    program(tmp_path, 'echo "profile: $AWS_PROFILE"\n')
    cdk.deploy(deployment=tmp_path / "local.yaml")
    assert "profile: \n" in (tmp_path / "logs" / "cdk-deploy.log").read_text(encoding="utf-8")


def test_bootstrap_runs_away_from_the_app(tmp_path: Path, cdk: CdkCli) -> None:
    """Where cdk.json lies, the CLI would synthesize the whole app first."""
    program(tmp_path, 'pwd; echo "$@"\n')
    cdk.bootstrap(account="000000000000", region="us-east-1")
    words = (tmp_path / "logs" / "cdk-bootstrap.log").read_text(encoding="utf-8")
    assert words.startswith(f"{tmp_path / 'logs'}\nbootstrap aws://000000000000/us-east-1")


def test_a_failed_stack_is_told_in_the_clis_words(tmp_path: Path, cdk: CdkCli) -> None:
    """Of pages of output the lines that name the cause, and where the rest is."""
    program(
        tmp_path,
        "echo 'local-classifier: deploying'; echo ' ❌  local-classifier failed: no model'; exit 1\n",
    )
    with pytest.raises(CdkError) as caught:
        cdk.deploy(deployment=tmp_path / "local.yaml")
    lines = str(caught.value).splitlines()
    assert lines[0] == "cdk deploy failed: ❌  local-classifier failed: no model"
    assert lines[-1] == f"The whole output is in {tmp_path / 'logs' / 'cdk-deploy.log'}."


def test_a_silent_failure_shows_the_last_lines(tmp_path: Path, cdk: CdkCli) -> None:
    """Where no line looks like a cause, the end of the output is the best there is."""
    program(tmp_path, "echo one; echo two; exit 3\n")
    with pytest.raises(CdkError, match=r"^cdk deploy failed: one\ntwo\n"):
        cdk.deploy(deployment=tmp_path / "local.yaml")


def test_a_missing_cli_names_the_way_out(tmp_path: Path, cdk: CdkCli) -> None:
    """An environment without it says what to run."""
    with pytest.raises(CdkError, match="run `make setup`"):
        cdk.deploy(deployment=tmp_path / "local.yaml")
