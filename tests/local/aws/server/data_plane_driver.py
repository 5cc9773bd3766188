"""Runs a data plane in the server's environment: ``PORT BACKEND_PORT GONE_PORT``.

Every endpoint is named like the model behind it, and its model decides how the backend behaves; ``gone`` has
no backend at all, and ``down`` knows it. A model may take one second.

Those of ``_PIPELINES`` have several containers, each of which behaves as its name says, and ``many`` has a
multi-model container, whose models do.

The endpoint ``shared`` hosts components: ``half`` has a copy that is gone and one that echoes, ``lost`` has
only one that is gone, ``empty`` has none.
"""

import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from local.aws.account import LOCAL_ACCOUNT
from local.aws.server.components.routes import RoutedComponent
from local.aws.server.data_plane import DataPlane
from local.aws.server.fleet import DirectInvocation, Fleet, SerialPipeline, VariantServer
from local.aws.server.scope import Scope
from local.aws.server.target_models import TargetModels
from local.triton import DynamicModel, DynamicModels
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
    "stalls",
)
_PIPELINES = {
    "serial": ("echo", "chunked", "echo"),
    "ends_gone": ("echo", "gone"),
    "starts_early": ("early", "echo"),
    "breaks_between": ("breaks_off", "echo"),
    "hangs_last": ("echo", "hangs"),
    "stalls_last": ("echo", "stalls"),
    "direct": ("echo", "error400"),
}


_SLOW_TARGET, _SLOW_SECONDS = "counts", 1.5


class _Source:
    """Every archive is there."""

    def fetch(self, target: str, destination: Path) -> None:  # noqa: ARG002 - the protocol
        destination.mkdir(parents=True)


class _Models(DynamicModels):
    """Every target is a model that behaves as its name before a ? says; one takes its time to load."""

    def load(self, http_port: int, target: str, archive: Path, timeout_seconds: float) -> DynamicModel:  # noqa: ARG002 - the real one's
        if target == _SLOW_TARGET:
            time.sleep(_SLOW_SECONDS)
        return DynamicModel(target, target.partition("?")[0], (target,))


@dataclass(frozen=True)
class _Backend:
    http_port: int | None
    pid: int | None = None

    def stop(self, timeout_seconds: float) -> None:
        """The test stops it."""


def main() -> None:
    """Serve until killed."""
    port, backend_port, gone_port = map(int, sys.argv[1:])
    plane = DataPlane(
        port, _SCOPE, status=lambda: b"{}", invocation_timeout_seconds=1.0, stream_timeout_seconds=0.5
    )
    plane.start()
    for name in (*_BEHAVIOURS, "gone", "down"):
        server = _Backend({"gone": gone_port, "down": None}.get(name, backend_port))
        plan = ServingPlan(name, (name,), ())
        plane.publish(Fleet(_SCOPE, name, (VariantServer("AllTraffic", 1.0, plan, server),)))
    for name, behaviours in _PIPELINES.items():
        containers = tuple(
            VariantServer(
                f"c{number}",
                1.0,
                ServingPlan(behaviour, (behaviour,), ()),
                _Backend(gone_port if behaviour == "gone" else backend_port),
            )
            for number, behaviour in enumerate(behaviours, 1)
        )
        kind = DirectInvocation if name == "direct" else SerialPipeline
        variant = VariantServer("AllTraffic", 1.0, kind(containers), _Backend(None))
        plane.publish(Fleet(_SCOPE, name, (variant,)))
    with tempfile.TemporaryDirectory() as folder:
        targets = TargetModels(
            "many", _Source(), _Models(Path(folder)), Path(folder), memory_limit_bytes=1 << 30
        )
        targets.serve_by(_Backend(backend_port))
        plane.publish(
            Fleet(_SCOPE, "many", (VariantServer("AllTraffic", 1.0, targets, _Backend(backend_port)),))
        )
        _publish_components(plane, backend_port, gone_port)
        print("ready", flush=True)  # noqa: T201 - what the test waits for
        signal.pause()


def _publish_components(plane: DataPlane, backend_port: int, gone_port: int) -> None:
    plane.publish(Fleet(_SCOPE, "shared", ()))
    for name, ports in (("half", [gone_port, backend_port]), ("lost", [gone_port]), ("empty", [])):
        plan = ServingPlan("echo", ("echo",), ())
        copies = [VariantServer("AllTraffic", 1.0, plan, _Backend(each)) for each in ports]
        component = RoutedComponent(_SCOPE, name, "shared", "RANDOM")
        plane.route_component(component, copies)


if __name__ == "__main__":
    main()
