"""Runs a data plane in the server's environment: ``PORT BACKEND_PORT GONE_PORT``.

Every endpoint is named like the model behind it, and its model decides how the backend behaves; ``gone`` has
no backend at all, and ``down`` knows it. A model may take one second.

The endpoint ``shared`` hosts components: ``half`` has a copy that is gone and one that echoes, ``lost`` has
only one that is gone, ``empty`` has none.
"""

import signal
import sys
from dataclasses import dataclass

from local.aws.account import LOCAL_ACCOUNT
from local.aws.server.components.routes import RoutedComponent
from local.aws.server.data_plane import DataPlane
from local.aws.server.fleet import Fleet, VariantServer
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan

_SCOPE = Scope(LOCAL_ACCOUNT, "us-east-1")
_BEHAVIOURS = (
    "echo",
    "error400",
    "error500",
    "dies",
    "breaks_off",
    "hangs",
    "chunked",
    "early",
    "big",
    "counts",
)


@dataclass(frozen=True)
class _Backend:
    http_port: int | None
    pid: int | None = None

    def stop(self, timeout_seconds: float) -> None:
        """The test stops it."""


def main() -> None:
    """Serve until killed."""
    port, backend_port, gone_port = map(int, sys.argv[1:])
    plane = DataPlane(port, _SCOPE, status=lambda: b"{}", invocation_timeout_seconds=1.0)
    plane.start()
    for name in (*_BEHAVIOURS, "gone", "down"):
        server = _Backend({"gone": gone_port, "down": None}.get(name, backend_port))
        plan = ServingPlan(name, (name,), ())
        plane.publish(Fleet(_SCOPE, name, (VariantServer("AllTraffic", 1.0, plan, server),)))
    plane.publish(Fleet(_SCOPE, "shared", ()))
    for name, ports in (("half", [gone_port, backend_port]), ("lost", [gone_port]), ("empty", [])):
        plan = ServingPlan("echo", ("echo",), ())
        copies = [VariantServer("AllTraffic", 1.0, plan, _Backend(each)) for each in ports]
        component = RoutedComponent(_SCOPE, name, "shared", "RANDOM")
        plane.route_component(component, copies)
    print("ready", flush=True)  # noqa: T201 - what the test waits for
    signal.pause()


if __name__ == "__main__":
    main()
