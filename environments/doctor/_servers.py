"""Triton and the laptop's AWS of a checkout: their own rooms say what is there.

Both are of the standard library alone, and imported here when they are asked: a checkout that is broken
there still gets its other checks.
"""

import os
import socket
import subprocess
from pathlib import Path

from environments.doctor._programs import run_briefly
from environments.doctor.machine import LaptopFacts, PortFacts, TritonFacts

__all__ = ["probe_laptop", "probe_triton"]

_STUB_WORDS = "Expected"
"""The stub without arguments complains of their number; what can't be loaded gets no so far (pb_stub.cc,
``main``, of triton-inference-server/python_backend)."""


def probe_triton(root: Path) -> TritonFacts:
    """Return whether tritonserver and the stub of its Python backend start; no server is left running."""
    from local.triton import TritonRuntime, TritonUnavailableError  # noqa: PLC0415 - see above

    try:
        runtime = TritonRuntime.locate(root)
    except TritonUnavailableError as error:
        return TritonFacts(problem=str(error))
    except OSError as error:
        return TritonFacts(problem=f"its backends can't be prepared in {root / '.seatrial'}: {error}")
    version = runtime.environment.wheel_version
    variables = {**os.environ, **runtime.variables()}
    server = run_briefly([str(runtime.server_path), "--help"], variables)
    if server is None or "Usage:" not in server.stdout + server.stderr:
        return TritonFacts(version, f"tritonserver doesn't start: {_last_words(server)}")
    stub = run_briefly([str(runtime.environment.stub_path)], variables)
    if stub is None or _STUB_WORDS not in stub.stdout + stub.stderr:
        return TritonFacts(version, f"the stub of its Python backend doesn't start: {_last_words(stub)}")
    return TritonFacts(version)


def _last_words(finished: subprocess.CompletedProcess[str] | None) -> str:
    if finished is None:
        return "it can't be run, or doesn't end"
    lines = [line.strip() for line in (finished.stderr + finished.stdout).splitlines() if line.strip()]
    return lines[-1] if lines else f"exit status {finished.returncode}"


def probe_laptop(root: Path) -> LaptopFacts:
    """Return whether the laptop's AWS runs, and whether its ports of 127.0.0.1 can be bound."""
    from local.aws.client import LocalAws, LocalAwsError  # noqa: PLC0415 - see above
    from local.aws.server_state import read_server_state  # noqa: PLC0415 - likewise

    try:
        status = LocalAws(root).status()
        # A server that doesn't answer is down by its status, and yet there.
        state = read_server_state(root / ".seatrial" / "local")
    except (LocalAwsError, OSError) as error:
        return LaptopFacts(problem=str(error))
    pid = state.pid if state is not None and state.is_alive() else None
    ports = tuple(PortFacts(number, _why_not(number)) for number in (status.port, status.runtime_port))
    return LaptopFacts(ports, pid, status.running)


def _why_not(port: int) -> str:
    """Return why ``port`` of 127.0.0.1 can't be bound; empty where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.strerror or str(error)
    return ""
