import os
import socket
from pathlib import Path

import pytest

from local.aws.client import LocalAws, LocalAwsError, LocalPortBusyError
from tests.local.aws.ports import free_port_pair

_PROJECT_ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def _without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEATRIAL_LOCAL_PORT", raising=False)
    monkeypatch.delenv("SEATRIAL_LOCAL_RUNTIME_PORT", raising=False)


def test_a_busy_port_is_told_with_its_holder(tmp_path: Path) -> None:
    """The error names the port, the process that holds it, and both ways to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(LocalPortBusyError) as busy:
            LocalAws(_PROJECT_ROOT, tmp_path, port=port, runtime_port=free_port_pair()).up()
    assert str(busy.value) == (
        f"port {port} on 127.0.0.1 is held by process {os.getpid()} ({_own_name()}): stop it, or choose "
        "another port with SEATRIAL_LOCAL_PORT=N, for every command, or with `seatrial local up --port N`"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["start.lock"]


def test_a_busy_runtime_port_is_told_with_its_own_option(tmp_path: Path) -> None:
    """The second port has a variable and an option of its own."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        busy_port = holder.getsockname()[1]
        local = LocalAws(_PROJECT_ROOT, tmp_path, port=free_port_pair(), runtime_port=busy_port)
        with pytest.raises(
            LocalPortBusyError,
            match=r"SEATRIAL_LOCAL_RUNTIME_PORT=N, .* `seatrial local up --runtime-port N`$",
        ):
            local.up()


@pytest.mark.parametrize("value", ["x", "-1", "0", "70000", "4577.5"])
def test_a_variable_that_is_no_port_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """The error shows the variable and its value."""
    monkeypatch.setenv("SEATRIAL_LOCAL_PORT", value)
    with pytest.raises(LocalAwsError, match=f"SEATRIAL_LOCAL_PORT={value!r} is no port"):
        LocalAws(tmp_path)


@pytest.mark.parametrize("port", [-1, 0, 65_536])
def test_an_argument_that_is_no_port_is_refused(tmp_path: Path, port: int) -> None:
    """Also 0, which would else pass for none."""
    with pytest.raises(LocalAwsError, match=f"^the gateway's port='{port}' is no port: .* from 1 to 65535$"):
        LocalAws(tmp_path, port=port)


def test_ports_come_from_the_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ports can be set by variables; an argument wins; the runtime's port follows the gateway's."""
    monkeypatch.setenv("SEATRIAL_LOCAL_PORT", "5001")
    assert LocalAws(tmp_path).status().runtime_port == 5002
    assert LocalAws(tmp_path, port=6001).status().port == 6001
    monkeypatch.setenv("SEATRIAL_LOCAL_RUNTIME_PORT", "5009")
    assert LocalAws(tmp_path).status().runtime_port == 5009


def test_two_equal_ports_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever they come from, with the port and the ways to change one."""
    with pytest.raises(LocalAwsError) as given:
        LocalAws(tmp_path, port=5001, runtime_port=5001)
    assert str(given.value) == (
        "the gateway's port and sagemaker-runtime's are both 5001: they must differ; change "
        "SEATRIAL_LOCAL_PORT or SEATRIAL_LOCAL_RUNTIME_PORT, or the options --port or --runtime-port of "
        "`seatrial local up`"
    )
    monkeypatch.setenv("SEATRIAL_LOCAL_RUNTIME_PORT", "4577")
    with pytest.raises(LocalAwsError, match="are both 4577: they must differ"):
        LocalAws(tmp_path)


def test_the_last_port_leaves_none_for_the_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless that is given another: as an argument and as a variable."""
    assert LocalAws(tmp_path, port=65_535, runtime_port=5001).status().port == 65_535
    message = (
        "the gateway's port 65535 leaves none behind it for sagemaker-runtime: choose a lower one, or set "
        "SEATRIAL_LOCAL_RUNTIME_PORT=N"
    )
    with pytest.raises(LocalAwsError, match=f"^{message}$"):
        LocalAws(tmp_path, port=65_535)
    monkeypatch.setenv("SEATRIAL_LOCAL_PORT", "65535")
    with pytest.raises(LocalAwsError, match=f"^{message}$"):
        LocalAws(tmp_path)


def _own_name() -> str:
    return Path("/proc/self/comm").read_text(encoding="ascii").strip()
