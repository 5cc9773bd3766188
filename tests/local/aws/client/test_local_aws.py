import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.aws.client import LocalAws, LocalAwsError, LocalAwsStartError, LocalPortBusyError
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


def test_a_busy_port_is_told_with_its_holder(tmp_path: Path) -> None:
    """The error names the port, the process that holds it, and both ways to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(LocalPortBusyError) as busy:
            LocalAws(_PROJECT_ROOT, tmp_path, port=port).up()
    assert str(busy.value) == (
        f"port {port} on 127.0.0.1 is held by process {os.getpid()} ({_own_name()}): stop it, or choose "
        "another port with --port N or SEATRIAL_LOCAL_PORT=N"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_busy_runtime_port_is_told_with_its_own_option(tmp_path: Path) -> None:
    """The second port has an option and a variable of its own."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        busy_port = holder.getsockname()[1]
        local = LocalAws(_PROJECT_ROOT, tmp_path, port=free_port_pair(), runtime_port=busy_port)
        with pytest.raises(LocalPortBusyError, match=r"--runtime-port N or SEATRIAL_LOCAL_RUNTIME_PORT=N$"):
            local.up()


@pytest.mark.parametrize("value", ["x", "-1", "0", "70000", "4577.5"])
def test_a_variable_that_is_no_port_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """The error shows the variable and its value."""
    monkeypatch.setenv("SEATRIAL_LOCAL_PORT", value)
    with pytest.raises(LocalAwsError, match=f"SEATRIAL_LOCAL_PORT={value!r} is no port"):
        LocalAws(tmp_path)


def test_ports_come_from_the_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ports can be set by variables; an argument wins; the runtime's port follows the gateway's."""
    monkeypatch.setenv("SEATRIAL_LOCAL_PORT", "5001")
    assert LocalAws(tmp_path).status().runtime_port == 5002
    assert LocalAws(tmp_path, port=6001).status().port == 6001
    monkeypatch.setenv("SEATRIAL_LOCAL_RUNTIME_PORT", "5009")
    assert LocalAws(tmp_path).status().runtime_port == 5009


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
    python = tmp_path / ".venv-aws" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho a line\necho no module named local >&2\nexit 3\n", encoding="utf-8")
    python.chmod(0o755)
    with pytest.raises(LocalAwsStartError) as failed:
        LocalAws(tmp_path, tmp_path / "state", port=free_port_pair()).up()
    assert str(failed.value) == (
        "the laptop's AWS ended with status 3: no module named local "
        f"(log: {tmp_path / 'state' / 'server.log'})"
    )
    assert not (tmp_path / "state" / STATE_FILE_NAME).exists()


def test_a_zombie_is_no_process() -> None:
    """A process that has ended but wasn't waited for counts as gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    deadline = time.monotonic() + 10
    while process_start_ticks(process.pid) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.wait()


@pytest.fixture
def stopped_afterwards(tmp_path: Path) -> Iterator[None]:
    """Stops what the test started with its own folder, whatever the test does."""
    yield
    LocalAws(_PROJECT_ROOT, tmp_path).down()


@pytest.mark.integration
@pytest.mark.usefixtures("stopped_afterwards")
def test_up_can_be_repeated_and_down_ends_everything(tmp_path: Path) -> None:
    """A second up finds the first server, also from another object; down stops it and frees its ports."""
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
    assert LocalAws(_PROJECT_ROOT, tmp_path).down() is True
    assert LocalAws(_PROJECT_ROOT, tmp_path).status().running is False
    with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 1)):
        pass


@pytest.mark.integration
@pytest.mark.usefixtures("stopped_afterwards")
def test_two_ups_at_once_make_one_server(tmp_path: Path) -> None:
    """Whoever is slower finds the other's server."""
    port = free_port_pair()
    with ThreadPoolExecutor() as pool:
        ups = [
            pool.submit(LocalAws(_PROJECT_ROOT, tmp_path, port=port, runtime_port=port + 1).up)
            for _ in range(2)
        ]
        pids = {up.result().pid for up in ups if up.exception() is None}
    refused = [up.exception() for up in ups if up.exception() is not None]
    assert len(pids) == 1
    assert all(isinstance(error, LocalPortBusyError) for error in refused)
    assert LocalAws(_PROJECT_ROOT, tmp_path).down() is True


@pytest.mark.integration
@pytest.mark.usefixtures("stopped_afterwards")
def test_an_interrupted_up_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C while the server starts ends the server, too."""
    port = free_port_pair()
    code = (
        "from pathlib import Path; from local.aws.client import LocalAws; "
        f"local = LocalAws(Path({str(_PROJECT_ROOT)!r}), Path({str(tmp_path)!r}), port={port}); "
        "local.up(lambda _: print(1, flush=True))"
    )
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


def _own_name() -> str:
    return Path("/proc/self/comm").read_text(encoding="ascii").strip()


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


def test_the_clock_moves_ahead(local_aws: LocalAws) -> None:
    """The answer is what the server's clock shows, and it stays ahead."""
    before = local_aws.advance_clock(0)
    assert 600 <= local_aws.advance_clock(600) - before < 630


def test_a_clock_that_cant_be_moved_says_why(local_aws: LocalAws, tmp_path: Path) -> None:
    """Backwards is refused by the server; without a server there is no clock."""
    with pytest.raises(LocalAwsError, match=r"advance_seconds must be from 0 to 604800, not -1\."):
        local_aws.advance_clock(-1)
    with pytest.raises(LocalAwsError, match="the laptop's AWS doesn't run"):
        LocalAws(_PROJECT_ROOT, tmp_path).advance_clock(1)
