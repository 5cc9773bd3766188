"""The CDK CLI's own reason reaches the user; the rest of its output is in a file."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.rehearsal import CdkError, cdk_cli
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


def test_a_failed_resource_is_told_once(tmp_path: Path, cdk: CdkCli) -> None:
    """The CLI repeats a reason three times and adds advice on CloudTrail: one line per resource stays."""
    event = "local-encoder | 1:28:53 AM | CREATE_FAILED   | AWS::SageMaker::Endpoint | Endpoint (Id) no model"
    counted = event.replace("| 1:28", "| 6/8 | 1:28")
    program(
        tmp_path,
        f"echo '{event}'; echo '{counted}'; echo '❌ local-encoder failed'; exit 1\n",
    )
    with pytest.raises(CdkError) as caught:
        cdk.deploy(deployment=tmp_path / "local.yaml")
    assert str(caught.value).splitlines()[:-1] == [
        "cdk deploy failed: local-encoder: AWS::SageMaker::Endpoint Endpoint (Id) no model"
    ]


def test_nothing_of_the_cli_outlives_an_interrupt(
    tmp_path: Path, cdk: CdkCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CLI runs behind launchers: all of them end."""
    program(tmp_path, f"sleep 300 & echo $! > {tmp_path / 'pid'}; wait\n")

    def interrupt(process: "subprocess.Popen[bytes]", timeout: float | None = None) -> int:
        if timeout == cdk_cli.TIMEOUT_SECONDS:
            while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="utf-8"):
                time.sleep(0.01)
            raise KeyboardInterrupt
        return wait(process, timeout)

    wait = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cdk.deploy(deployment=tmp_path / "local.yaml")
    child = int((tmp_path / "pid").read_text(encoding="utf-8"))
    deadline = time.monotonic() + 5  # a signal is sent to all of them, and each takes its moment
    while _runs(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(process_id: int) -> bool:
    """Whether a process is there and not a zombie that nobody has collected yet."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_silent_failure_shows_the_last_lines(tmp_path: Path, cdk: CdkCli) -> None:
    """Where no line looks like a cause, the end of the output is the best there is."""
    program(tmp_path, "echo one; echo two; exit 3\n")
    with pytest.raises(CdkError, match=r"^cdk deploy failed: one\ntwo\n"):
        cdk.deploy(deployment=tmp_path / "local.yaml")


def test_a_missing_cli_names_the_way_out(tmp_path: Path, cdk: CdkCli) -> None:
    """An environment without it says what to run."""
    with pytest.raises(CdkError, match="run `make setup`"):
        cdk.deploy(deployment=tmp_path / "local.yaml")
