"""An old fleet's requests get the time-out to end, however many containers they wait in."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

_PROJECT_ROOT = Path(__file__).resolve().parents[4]
_SCRIPT = """\
import http.client
import socket
import threading
import time
from types import SimpleNamespace

from local.aws.server.data_plane import DataPlane
from local.aws.server.fleet import DirectInvocation, Fleet, VariantServer
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan

silent = socket.create_server(("127.0.0.1", 0))
server = SimpleNamespace(http_port=silent.getsockname()[1], pid=None)
kept = []
names = ("a", "b", "c")
containers = tuple(VariantServer(each, 1.0, ServingPlan("m", ("m",), ()), server) for each in names)
variant = VariantServer("v", 1.0, DirectInvocation(containers), server)
fleet = Fleet(Scope("0" * 12, "us-east-1"), "e", (variant,))
with socket.create_server(("127.0.0.1", 0)) as probe:
    port = probe.getsockname()[1]
plane = DataPlane(port, fleet.scope, status=lambda: b"{}")
plane.start()
plane.publish(fleet)
for name in names:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    named = {"X-Amzn-SageMaker-Target-Container-Hostname": name}
    request = ("POST", "/endpoints/e/invocations", b"{}", named)
    threading.Thread(target=connection.request, args=request).start()
    kept += [connection, silent.accept()[0]]
    kept[-1].recv(1)
began = time.monotonic()
plane.drain(fleet, 0.5)
print(time.monotonic() - began)
"""


def test_the_time_out_is_for_all_containers_together() -> None:
    """Three that never answer take it once, not three times."""
    run = subprocess.run(
        [str(_PROJECT_ROOT / ".venv-aws" / "bin" / "python"), "-c", _SCRIPT],
        cwd=_PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert 0.4 < float(run.stdout) < 1.0
    assert run.stderr.count("requests under way for 0 s are broken off") == 1
