"""Ports for servers that tests start."""

import socket

__all__ = ["free_port_pair"]


def free_port_pair() -> int:
    """Return a port that is free, and whose successor is, too."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue
