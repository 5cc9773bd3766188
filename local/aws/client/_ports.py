"""Ports: which one is asked for, whether it is free, and who holds it if not."""

import os
import socket
from pathlib import Path

from local.aws.client.errors import LocalAwsError

__all__ = ["holder_of", "is_free", "port_from_environment"]

_LISTENING = "0A"
_HIGHEST_PORT = 65_535


def port_from_environment(variable: str) -> int | None:
    """Return the port that an environment variable asks for; None if it is unset or empty.

    Raises:
        LocalAwsError: its value is no port.
    """
    value = os.environ.get(variable)
    if not value:
        return None
    if not value.isdecimal() or not 0 < int(value) <= _HIGHEST_PORT:
        raise LocalAwsError(f"{variable}={value!r} is no port: it must be a number from 1 to {_HIGHEST_PORT}")
    return int(value)


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def holder_of(port: int) -> str:
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
