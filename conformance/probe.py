"""What a probe is, and the list of them all."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.laboratory import Laboratory

__all__ = ["PROBES", "Bench", "Probe", "ProbeFunction", "probe"]

ProbeFunction = Callable[["Laboratory"], None]
"""Returns where the belief is true; raises RefutedError or NotSettledError otherwise."""


class Bench(StrEnum):
    """What a probe runs on: nothing that costs, or an endpoint that several probes share."""

    API = "API calls alone"
    ORDINARY = "an endpoint of one model"
    COMPONENTS = "an endpoint of inference components"
    MULTI_MODEL = "a multi-model endpoint"
    PIPELINE = "an inference pipeline"
    OWN = "endpoints or jobs of its own"


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to AWS about one assumption.

    Attributes:
        assumptions: that it confirms, such as ``A1``.
        name: of the function; unique.
        belief: the function's docstring: what must be true.
        ask: the function.
        bench: what it runs on.
        creates: kinds of resources beside the bench's, in words.
        minutes: for which its bench's instance runs on because of it; chosen.
        own_minutes: of instances that it brings up itself; chosen.
        account_only: why the laptop's AWS can't be asked; empty where it can.
    """

    assumptions: tuple[str, ...]
    name: str
    belief: str
    ask: ProbeFunction
    bench: Bench
    creates: str
    minutes: float
    own_minutes: float
    account_only: str


PROBES: dict[str, Probe] = {}
"""By name, in the order of their definition."""


def probe(
    *assumptions: str,
    bench: Bench = Bench.API,
    creates: str = "",
    minutes: float = 0.0,
    own_minutes: float = 0.0,
    account_only: str = "",
) -> Callable[[ProbeFunction], ProbeFunction]:
    """Register a function as a probe; an assumption may have several, which must all confirm it.

    Args:
        assumptions: such as ``A1``.
        bench: what it runs on.
        creates: kinds of resources beside the bench's, in words.
        minutes: for which its bench's instance runs on because of it.
        own_minutes: of instances that it brings up itself.
        account_only: why the laptop's AWS can't be asked.

    Raises:
        ValueError: there is a probe of that name.
    """

    def register(ask: ProbeFunction) -> ProbeFunction:
        name = ask.__name__
        if name in PROBES:
            raise ValueError(f"two probes are called {name}")
        belief = " ".join((ask.__doc__ or "").split())
        PROBES[name] = Probe(
            assumptions, name, belief, ask, bench, creates, minutes, own_minutes, account_only
        )
        return ask

    return register
