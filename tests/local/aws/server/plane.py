"""A data plane in its own process, before a backend that behaves as the endpoint's name says."""

import contextlib
import http.client
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.local.aws.ports import free_port_pair
from tests.local.aws.server.misbehaving_backend import Backend, running_backend

__all__ = ["Plane", "running_plane"]

_PROJECT_ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Plane:
    """A running one."""

    port: int
    backend: Backend
    process: subprocess.Popen[str]

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def invoke(
        self, endpoint: str, body: bytes = b"{}", *, operation: str = "invocations", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send a request on a connection of its own, and return its answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self.connect()
        connection.request("POST", f"/endpoints/{endpoint}/{operation}", body, named)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response, answer


@contextlib.contextmanager
def running_plane() -> Iterator[Plane]:
    """Run one on a free port of 127.0.0.1."""
    port = free_port_pair()
    with running_backend() as backend:
        process = subprocess.Popen(
            [
                str(_PROJECT_ROOT / ".venv-aws" / "bin" / "python"),
                str(Path(__file__).with_name("data_plane_driver.py")),
                str(port),
                str(backend.server_address[1]),
                str(port + 1),
            ],
            cwd=_PROJECT_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Plane(port, backend, process)
        process.terminate()
        process.wait(10)
        process.stdout.close()
