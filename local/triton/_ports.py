"""A free loopback port that stays free until the server takes it."""

import socket

__all__ = ["LOOPBACK", "reserve_port"]

LOOPBACK = "127.0.0.1"


def reserve_port() -> socket.socket:
    """Return a socket that holds a free loopback port, without listening, until it is closed.

    The kernel gives the port to nobody else meanwhile, while a process of the same user that asks for
    SO_REUSEPORT (tritonserver's ``--reuse-http-port``) can bind and listen: no moment is left for a race.
    """
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.bind((LOOPBACK, 0))
    return holder
