"""Stand-ins for what the control plane works with, that remember the order of what was asked of them."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.aws.server.errors import LaunchError
from local.aws.server.fleet import Fleet, VariantPlan, VariantServer
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan

__all__ = ["FakeLauncher", "FakeTraffic", "OpenAccess"]


class OpenAccess:
    """Every role is trusted; every artifact can be read, but those at addresses that contain ``secret``."""

    def can_assume(self, scope: Scope, role_arn: str) -> bool:  # noqa: ARG002 - the protocol
        """Return whether the role is not one called ``untrusted``."""
        return not role_arn.endswith("/untrusted")

    def refuses_listing(self, scope: Scope, role_arn: str, url: str) -> bool:
        """Return whether ``url`` is one of those that can't be read."""
        return self.refusal(scope, role_arn, url)

    def refusal(self, scope: Scope, role_arn: str, url: str) -> bool:  # noqa: ARG002 - the protocol
        return "secret" in url


@dataclass
class FakeServer:
    http_port: int | None = 1
    pid: int | None = 2

    def stop(self, timeout_seconds: float) -> None:  # noqa: ARG002 - the protocol
        raise AssertionError("the launcher stops servers")


@dataclass
class FakeTraffic:
    """Remembers what it was told."""

    calls: list[tuple[str, Fleet]] = field(default_factory=list)

    def publish(self, fleet: Fleet) -> None:
        self.calls.append(("publish", fleet))

    def withdraw(self, fleet: Fleet) -> None:
        self.calls.append(("withdraw", fleet))

    def drain(self, fleet: Fleet, timeout_seconds: float) -> None:  # noqa: ARG002 - the protocol
        self.calls.append(("drain", fleet))


@dataclass
class FakeLauncher:
    """Launches fleets when ``gate`` is open; a model named in ``failures`` fails with that reason."""

    calls: list[tuple[str, Fleet]]
    failures: Mapping[str, str] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)

    def launch(self, scope: Scope, endpoint: str, plans: tuple[VariantPlan, ...]) -> Fleet:
        if not self.gate.wait(10):
            raise AssertionError("the test never opened the gate")
        for plan in plans:
            reason = self.failures.get(str(plan.model["ModelName"]))
            if reason is not None:
                raise LaunchError(reason)
        serving = ServingPlan("m", ("m",), ())
        variants = tuple(VariantServer(plan.name, 1.0, serving, FakeServer()) for plan in plans)
        fleet = Fleet(scope, endpoint, variants)
        self.calls.append(("launch", fleet))
        return fleet

    def stop(self, fleet: Fleet) -> None:
        self.calls.append(("stop", fleet))
