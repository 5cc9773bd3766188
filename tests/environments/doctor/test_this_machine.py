"""The machine that the tests run on, looked at for real."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from environments.doctor import Status, diagnose, probe_machine
from environments.doctor.__main__ import main

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.integration


def test_a_machine_that_runs_the_tests_is_able() -> None:
    """Nothing is missing where everything runs, but a port that another process may hold."""
    diagnosis = diagnose(probe_machine(ROOT, os.environ))
    missing = {result.name for result in diagnosis.results if result.status is Status.MISSING}
    assert missing <= {"ports"}
    found = {result.name: result.found for result in diagnosis.results}
    assert found["triton"].endswith("server and stub start")
    assert found["cdk"].startswith("CDK CLI 2.")


def test_it_runs_as_a_folder_by_a_bare_python(tmp_path: Path) -> None:
    """From anywhere, without an environment's packages: -S keeps them out."""
    finished = subprocess.run(
        [sys.executable, "-S", str(ROOT / "environments" / "doctor"), "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    document = json.loads(finished.stdout)
    assert finished.returncode == (0 if document["ok"] else 1)
    assert {check["name"] for check in document["checks"]} >= {"platform", "triton", "ports"}


def test_a_held_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable's port is the one that is tried."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        monkeypatch.setenv("SEATRIAL_LOCAL_PORT", str(holder.getsockname()[1]))
        first, _ = probe_machine(ROOT, {}).laptop.ports
    assert first.problem == "Address already in use"


def test_a_checkout_without_environments(tmp_path: Path) -> None:
    """Everything that `make setup` makes is missing, in words."""
    told = {each.name: each for each in diagnose(probe_machine(tmp_path, {})).results}
    assert told["cdk"].found == "Node of .venv doesn't start"
    assert told["torch"].status is Status.MISSING
    assert "there is no Triton environment" in told["triton"].found


def test_a_mac_is_told_what_works_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Probing ends well where there is no Triton, no /dev/shm and no Landlock."""
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("environments.doctor._probing._SHARED_MEMORY", tmp_path / "none")
    machine = probe_machine(ROOT, {})
    told = {each.name: each for each in diagnose(machine).results}
    assert (machine.libc, machine.landlock_abi, machine.shared_memory_bytes) == ("", 0, None)
    assert told["platform"].meaning.endswith(
        "Work without: `seatrial check`, `cdk synth` and deploys to AWS."
    )
    assert told["triton"].found == "not for this platform"
    assert told["shared memory"].status is Status.OK
    assert "environment .venv-triton" not in told


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is imported that it could not read."""
    monkeypatch.setattr("sys.argv", ["doctor"])
    monkeypatch.setattr("sys.version_info", (3, 9, 6))
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert main() == 1
    assert capsys.readouterr().out.startswith("Python 3.9, and no python3.11 or python3.12 on PATH")


def test_windows_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """In JSON where it was asked for."""
    monkeypatch.setattr("sys.argv", ["doctor", "--json"])
    monkeypatch.setattr("environments.doctor.__main__.os.name", "nt")
    assert main() == 1
    assert json.loads(capsys.readouterr().out)["error"].startswith("Windows: nothing of Seatrial runs here")
