"""A job's process: its lines and its end, and that nothing of it outlives it or the server."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from local.aws.server.job_process import JobOutcome, JobProcess

_PROJECT = Path(__file__).resolve().parents[4]
_WAIT_SECONDS = 10.0
_SLEEPER = "sleep 60 & echo $!; "
"""Leaves a process in the background, whose number is its line."""
_SERVER = """\
import sys
from pathlib import Path
from local.aws.server.job_process import JobProcess
JobProcess(Path(sys.argv[1]), ["sh", "-c", sys.argv[2]], {}).run(lambda line: print(line, flush=True), 60)
"""


def _job(folder: Path, script: str, variables: dict[str, str] | None = None) -> JobProcess:
    return JobProcess(folder, ["sh", "-c", script], variables or {})


def _run(job: JobProcess, timeout_seconds: float = _WAIT_SECONDS) -> tuple[JobOutcome, list[str]]:
    lines: list[str] = []
    return job.run(lines.append, timeout_seconds), lines


def _is_gone(pid: int) -> bool:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True  # ended; whoever adopted it has yet to take note
        except OSError:
            return True
        time.sleep(0.01)
    return False


def test_lines_and_exit_status_are_the_entrypoints(tmp_path: Path) -> None:
    """With the job's variables and none of the server's, in its folder, paths of the container below it."""
    job = _job(
        tmp_path, "echo $SAID; echo $HOME; echo /opt/ml/processing/in; pwd >&2; exit 3", {"SAID": "a b"}
    )

    outcome, lines = _run(job)

    assert outcome == JobOutcome(3, was_stopped=False, timed_out=False)
    assert lines == ["a b", "", f"{tmp_path}/in", str(tmp_path)]


def test_a_signals_number_is_in_the_exit_status(tmp_path: Path) -> None:
    """As a shell has it."""
    assert _run(_job(tmp_path, "kill -9 $$"))[0].exit_status == 128 + signal.SIGKILL


def test_a_program_that_is_not_there_is_said_in_the_log(tmp_path: Path) -> None:
    """With the status that a shell gives it."""
    outcome, lines = _run(JobProcess(tmp_path, ["/nowhere/entrypoint"], {}))
    assert outcome.exit_status == 127
    assert lines == ["/nowhere/entrypoint can't be run: No such file or directory"]


def test_what_an_ended_job_left_running_is_killed(tmp_path: Path) -> None:
    """A container ends with its first process; a process in the background holds nothing up."""
    outcome, lines = _run(_job(tmp_path, _SLEEPER))
    assert outcome == JobOutcome(0, was_stopped=False, timed_out=False)
    assert _is_gone(int(lines[0]))


def test_a_job_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    """The time-out is the job's end."""
    outcome, lines = _run(_job(tmp_path, _SLEEPER + "wait"), timeout_seconds=0.5)
    assert outcome.timed_out
    assert _is_gone(int(lines[0]))


def test_a_stopped_job_may_finish_what_it_does(tmp_path: Path) -> None:
    """SIGTERM comes first."""
    job = _job(tmp_path, "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.02; done")
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if line == "ready":
            job.stop()

    assert job.run(say, _WAIT_SECONDS) == JobOutcome(4, was_stopped=True, timed_out=False)
    assert lines[-1] == "bye"


@pytest.mark.parametrize(
    ("outcome", "succeeded"),
    [
        (JobOutcome(0, was_stopped=False, timed_out=False), True),
        (JobOutcome(1, was_stopped=False, timed_out=False), False),
        (JobOutcome(0, was_stopped=True, timed_out=False), False),
        (JobOutcome(0, was_stopped=False, timed_out=True), False),
    ],
)
def test_only_a_job_that_ended_by_itself_succeeds(outcome: JobOutcome, *, succeeded: bool) -> None:
    """One that was stopped may say 0, and its outputs are no results all the same."""
    assert outcome.succeeded is succeeded


def test_a_job_that_does_not_stop_can_be_killed(tmp_path: Path) -> None:
    """Also after it was asked."""
    job = _job(tmp_path, "trap '' TERM; echo ready; while :; do sleep 0.02; done")

    def say(line: str) -> None:  # noqa: ARG001 - any line will do
        job.stop()
        threading.Timer(0.2, job.kill).start()

    assert job.run(say, _WAIT_SECONDS).was_stopped


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_job_that_was_stopped_first_never_runs(tmp_path: Path, how: str) -> None:
    """Its inputs may still come when it is stopped."""
    job = _job(tmp_path, "echo ran")
    getattr(job, how)()

    outcome, lines = _run(job)

    assert outcome == JobOutcome(128 + signal.SIGTERM, was_stopped=True, timed_out=False)
    assert lines == []


def test_a_job_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    """Nobody is there to stop it, and nothing of it stays."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(tmp_path), _SLEEPER + "echo $$; wait"],
        cwd=_PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout is not None
        pids = [int(server.stdout.readline()) for _ in range(2)]
        os.kill(server.pid, signal.SIGKILL)

    assert all(map(_is_gone, pids))
