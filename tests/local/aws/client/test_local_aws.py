import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.aws.client import LocalAws, LocalAwsError, LocalAwsStartError
from local.aws.server_state import (
    STATE_FILE_NAME,
    ServerState,
    process_start_ticks,
    read_server_state,
    write_server_state,
)
from tests.local.aws.ports import free_port_pair

_PROJECT_ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def sleeper() -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_missing_environment_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Without the server's environment the error names the file and the command that makes it."""
    with pytest.raises(
        LocalAwsStartError, match=r"\.venv-aws/bin/python is missing: run `make setup` first$"
    ):
        LocalAws(tmp_path, port=free_port_pair()).up()
    assert list(tmp_path.iterdir()) == []


def test_the_environment_points_every_client_at_the_laptop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway, the runtime, S3's two addresses, credentials that are none, and no proxy."""
    monkeypatch.setenv("NO_PROXY", "example.com")
    environment = LocalAws(tmp_path, port=5001).environment()
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5001"
    assert environment["AWS_ENDPOINT_URL_S3"] == "http://127.0.0.1:5001"
    assert environment["AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION"] == "https://s3.us-east-1.amazonaws.com"
    assert environment["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] == "http://127.0.0.1:5002"
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert environment["AWS_CONFIG_FILE"] == "/dev/null"
    assert environment["NO_PROXY"] == "example.com,127.0.0.1"


def test_nothing_runs_where_nothing_was_started(tmp_path: Path) -> None:
    """Status and down of an unknown folder say so, and make nothing."""
    local = LocalAws(tmp_path, tmp_path / "state")
    assert local.status().running is False
    assert local.down() is False
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "colour": 2}'])
def test_a_state_file_without_sense_is_no_server(tmp_path: Path, content: str) -> None:
    """A damaged state file is as good as none."""
    (tmp_path / STATE_FILE_NAME).write_text(content, encoding="utf-8")
    assert LocalAws(tmp_path, tmp_path).status().running is False


def test_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    """The state file keeps every field."""
    state = ServerState(1, 2, 3, 4)
    write_server_state(tmp_path, state)
    assert read_server_state(tmp_path) == state


def test_a_recycled_process_id_is_never_killed(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    """A process that has the server's id but started at another time is left alone."""
    ticks = process_start_ticks(sleeper.pid)
    assert ticks is not None
    write_server_state(tmp_path, ServerState(sleeper.pid, ticks + 1, 1, 2))
    assert LocalAws(_PROJECT_ROOT, tmp_path).down() is False
    assert sleeper.poll() is None


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    """What the server said last stands in the error, with its log; no state is left."""
    _fake_server(tmp_path, "echo a line\necho no module named local >&2\nexit 3")
    with pytest.raises(LocalAwsStartError) as failed:
        LocalAws(tmp_path, tmp_path / "state", port=free_port_pair()).up()
    assert str(failed.value) == (
        "the laptop's AWS ended with status 3: no module named local "
        f"(log: {tmp_path / 'state' / 'server.log'})"
    )
    assert not (tmp_path / "state" / STATE_FILE_NAME).exists()


@pytest.mark.parametrize(
    ("free_bytes", "words"),
    [
        (1 << 30, r"status 3: it said nothing \(log: "),
        (
            4096,
            r"status 3: it said nothing, and the disk of .*/state is full \(4096 bytes are free\): make room",
        ),
    ],
)
def test_a_server_that_says_nothing_may_have_had_no_room_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int, words: str
) -> None:
    """Where the disk is full, that is said for it."""
    _fake_server(tmp_path, "exit 3")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free_bytes))
    with pytest.raises(LocalAwsStartError, match=words):
        LocalAws(tmp_path, tmp_path / "state", port=free_port_pair()).up()


def test_an_environment_that_can_not_be_run_is_told(tmp_path: Path) -> None:
    """With the system's reason and the command that makes it anew."""
    _fake_server(tmp_path, "").chmod(0o644)
    with pytest.raises(
        LocalAwsStartError,
        match=r"\.venv-aws/bin/python can't be run \(Permission denied\): run `make setup` again$",
    ):
        LocalAws(tmp_path, tmp_path / "state", port=free_port_pair()).up()


def test_a_zombie_is_no_process() -> None:
    """A process that has ended but wasn't waited for counts as gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    deadline = time.monotonic() + 10
    while process_start_ticks(process.pid) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.wait()


def test_a_process_whose_first_thread_has_ended_still_runs() -> None:
    """The kernel calls it a zombie until its last thread ends, and its ports stay taken till then."""
    script = (
        "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(60,)).start(); "
        "ctypes.CDLL(None).pthread_exit(None)"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 10
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert process_start_ticks(process.pid) is not None
    process.kill()
    process.wait()


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Two ports that answer as a server's, which ``tmp_path`` names as its own."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"endpoints": []}')

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as gateway, HTTPServer(("127.0.0.1", 0), Answer) as runtime:
        for server in (gateway, runtime):
            threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        ticks = process_start_ticks(os.getpid())
        assert ticks is not None
        ports = gateway.server_port, runtime.server_port
        write_server_state(tmp_path, ServerState(os.getpid(), ticks, *ports))
        yield ports
        gateway.shutdown()
        runtime.shutdown()


def test_a_running_server_is_found_unless_another_port_was_asked_for(
    tmp_path: Path, answering: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By argument or by variable; who asks for none, or for the right one, gets it."""
    port, runtime_port = answering
    assert LocalAws(_PROJECT_ROOT, tmp_path).up().port == port
    assert LocalAws(_PROJECT_ROOT, tmp_path, port=port).up().runtime_port == runtime_port
    assert LocalAws(_PROJECT_ROOT, tmp_path, port=port, runtime_port=runtime_port).up().running
    with pytest.raises(LocalAwsError) as other_port:
        LocalAws(_PROJECT_ROOT, tmp_path, port=5001).up()
    assert str(other_port.value) == (
        f"the laptop's AWS runs already, on port {port}, not 5001: stop it first with `seatrial local down`, "
        f"or ask for {port}"
    )
    monkeypatch.setenv("SEATRIAL_LOCAL_RUNTIME_PORT", "5009")
    with pytest.raises(
        LocalAwsError, match=f"with sagemaker-runtime on port {runtime_port}, not 5009: stop it"
    ):
        LocalAws(_PROJECT_ROOT, tmp_path).up()


@pytest.fixture
def stopped_afterwards(tmp_path: Path) -> Iterator[None]:
    """Stops what the test started with its own folder, whatever the test does."""
    yield
    LocalAws(_PROJECT_ROOT, tmp_path).down()


@pytest.mark.integration
@pytest.mark.usefixtures("stopped_afterwards")
def test_up_can_be_repeated_and_down_ends_everything(tmp_path: Path) -> None:
    """A second up finds the first server, also from another object; down frees ports and disk."""
    port = free_port_pair()
    told: list[str] = []
    first = LocalAws(_PROJECT_ROOT, tmp_path, port=port).up(told.append)
    again = LocalAws(_PROJECT_ROOT, tmp_path).up(told.append)
    assert (again.pid, again.port) == (first.pid, port)
    assert told == [
        f"starting the laptop's AWS on ports {port} and {port + 1}",
        f"the laptop's AWS runs already, on port {port}",
    ]
    assert LocalAws(_PROJECT_ROOT, tmp_path).environment()["AWS_ENDPOINT_URL"].endswith(f":{port}")
    (tmp_path / "jobs" / "one").mkdir(parents=True)  # as a job has it while it runs
    assert LocalAws(_PROJECT_ROOT, tmp_path).down() is True
    assert LocalAws(_PROJECT_ROOT, tmp_path).status().running is False
    assert not (tmp_path / "jobs").exists()
    with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 1)):
        pass


@pytest.mark.integration
@pytest.mark.usefixtures("stopped_afterwards")
def test_ups_at_once_make_one_server(tmp_path: Path) -> None:
    """Of processes that start at the same time one makes the server, and all the others find it."""
    code = _up_code(tmp_path, free_port_pair(), "print(local.up().pid)")
    ups = [
        subprocess.Popen([sys.executable, "-c", code], cwd=_PROJECT_ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    printed = [up.communicate(timeout=120)[0] for up in ups]
    assert [up.returncode for up in ups] == [0, 0, 0, 0]
    assert set(printed) == {f"{LocalAws(_PROJECT_ROOT, tmp_path).status().pid}\n"}
    assert len(_processes_with(str(tmp_path))) == 1


@pytest.mark.integration
@pytest.mark.usefixtures("stopped_afterwards")
def test_an_interrupted_up_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C while the server starts ends the server, too."""
    # A server that never answers: a real one may be up before the signal comes.
    _fake_server(tmp_path / "project", "while :; do sleep 0.1; done")
    code = _up_code(tmp_path, free_port_pair(), "local.up(lambda _: print(1, flush=True))")
    code = code.replace(repr(str(_PROJECT_ROOT)), repr(str(tmp_path / "project")))
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=_PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) != 0
    process.stdout.close()
    assert not (tmp_path / STATE_FILE_NAME).exists()
    assert _processes_with(str(tmp_path)) == []


def _fake_server(project_root: Path, script: str) -> Path:
    """Put a shell script where the server's Python is looked for, and return it."""
    python = project_root / ".venv-aws" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)
    return python


def _up_code(state_dir: Path, port: int, what: str) -> str:
    """Return a program that does ``what`` with a ``local``."""
    return (
        "from pathlib import Path; from local.aws.client import LocalAws; "
        f"local = LocalAws(Path({str(_PROJECT_ROOT)!r}), Path({str(state_dir)!r}), port={port}); {what}"
    )


def _processes_with(argument: str) -> list[str]:
    """Return the processes of the server whose command line holds ``argument``."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended meanwhile
        if argument in words:
            found.append(command.parent.name)
    return found


@pytest.mark.integration
def test_the_clock_moves_ahead(local_aws: LocalAws) -> None:
    """The answer is what the server's clock shows, and it stays ahead."""
    before = local_aws.advance_clock(0)
    assert 600 <= local_aws.advance_clock(600) - before < 630


@pytest.mark.integration
def test_a_clock_that_cant_be_moved_says_why(local_aws: LocalAws, tmp_path: Path) -> None:
    """Backwards is refused by the server; without a server there is no clock."""
    with pytest.raises(LocalAwsError, match=r"advance_seconds must be from 0 to 604800, not -1\."):
        local_aws.advance_clock(-1)
    with pytest.raises(LocalAwsError, match="the laptop's AWS doesn't run"):
        LocalAws(_PROJECT_ROOT, tmp_path).advance_clock(1)
