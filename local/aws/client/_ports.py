"""Ports: which are asked for, whether they are free, and who holds them if not."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from local.aws.client.errors import LocalAwsError, LocalPortBusyError

__all__ = ["DEFAULT_PORT", "DEFAULT_RUNTIME_PORT", "Ports", "choose_ports"]

DEFAULT_PORT = 4577
DEFAULT_RUNTIME_PORT = 4578
_PORT_VARIABLE = "SEATRIAL_LOCAL_PORT"
_RUNTIME_PORT_VARIABLE = "SEATRIAL_LOCAL_RUNTIME_PORT"
_LISTENING = "0A"
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Ports:
    """The server's two ports on 127.0.0.1.

    Attributes:
        gateway: of every service but ``sagemaker-runtime``.
        runtime: of ``sagemaker-runtime``.
        asked_gateway: what somebody asked for; None where any would do, as a running server's.
        asked_runtime: likewise.
    """

    gateway: int
    runtime: int
    asked_gateway: int | None
    asked_runtime: int | None

    def check_free(self) -> None:
        """Do nothing where a server could listen on both.

        Raises:
            LocalPortBusyError: a port is taken.
        """
        for port, option, variable in (
            (self.gateway, "--port", _PORT_VARIABLE),
            (self.runtime, "--runtime-port", _RUNTIME_PORT_VARIABLE),
        ):
            if not _is_free(port):
                raise LocalPortBusyError(
                    f"port {port} on 127.0.0.1 is held by {_holder_of(port)}: stop it, or choose another "
                    f"port with {variable}=N, for every command, or with `seatrial local up {option} N`"
                )

    def check_same(self, gateway: int, runtime: int) -> None:
        """Do nothing where a running server has the ports that were asked for.

        Args:
            gateway: the running server's.
            runtime: likewise.

        Raises:
            LocalAwsError: it has others.
        """
        for asked, found, what in (
            (self.asked_gateway, gateway, "on port"),
            (self.asked_runtime, runtime, "with sagemaker-runtime on port"),
        ):
            if asked not in (None, found):
                raise LocalAwsError(
                    f"the laptop's AWS runs already, {what} {found}, not {asked}: stop it first with "
                    f"`seatrial local down`, or ask for {found}"
                )


def choose_ports(port: int | None, runtime_port: int | None) -> Ports:
    """Return the ports that arguments ask for, else variables, else the defaults.

    Args:
        port: of the gateway.
        runtime_port: of ``sagemaker-runtime``; where nothing asks for it, the one behind the gateway's.

    Raises:
        LocalAwsError: one is no port, or both are the same.
    """
    asked_gateway = _asked("the gateway's port", port, _PORT_VARIABLE)
    asked_runtime = _asked("sagemaker-runtime's port", runtime_port, _RUNTIME_PORT_VARIABLE)
    gateway = asked_gateway or DEFAULT_PORT
    runtime = asked_runtime or gateway + 1
    if runtime > _HIGHEST_PORT:
        raise LocalAwsError(
            f"the gateway's port {gateway} leaves none behind it for sagemaker-runtime: choose a lower one, "
            f"or set {_RUNTIME_PORT_VARIABLE}=N"
        )
    if gateway == runtime:
        raise LocalAwsError(
            f"the gateway's port and sagemaker-runtime's are both {gateway}: they must differ; change "
            f"{_PORT_VARIABLE} or {_RUNTIME_PORT_VARIABLE}, or the options --port or --runtime-port of "
            "`seatrial local up`"
        )
    return Ports(gateway, runtime, asked_gateway, asked_runtime)


def _asked(what: str, argument: int | None, variable: str) -> int | None:
    place, value = (variable, os.environ.get(variable)) if argument is None else (what, str(argument))
    if not value:
        return None
    if not value.isdecimal() or not 0 < int(value) <= _HIGHEST_PORT:
        raise LocalAwsError(f"{place}={value!r} is no port: it must be a number from 1 to {_HIGHEST_PORT}")
    return int(value)


def _is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _holder_of(port: int) -> str:
    """Return who listens on ``port``, as far as this user may know: ``process 4711 (python3)``."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in sockets:
                process = descriptor.parent.parent
                return f"process {process.name} ({(process / 'comm').read_text().strip()})"
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return "another process"


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except FileNotFoundError:
            continue  # no IPv6 here
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(fields[9])
    return inodes
