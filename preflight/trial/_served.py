"""A model that is up, whichever server serves it: what it is, and what it answers."""

from dataclasses import dataclass
from typing import Protocol

from model_packaging.eager.comparison import Arrays
from preflight.trial._configured import Configured
from preflight.trial.request_outcome import Form

__all__ = ["Answered", "Client", "Served", "Statistics"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one request.

    Attributes:
        outputs: by name; None where there is no answer.
        seconds: from the first byte sent to the last received.
        request_bytes: the size of its body.
        answer_bytes: the size of the answer's body.
        error: why there is no answer, in the server's own words; empty where there is one.
        timed_out: whether none came in time.
    """

    outputs: Arrays | None
    seconds: float
    request_bytes: int
    answer_bytes: int = 0
    error: str = ""
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Statistics:
    """What Triton has counted so far: rows answered, runs of the model, answers from the cache."""

    inferences: int
    executions: int
    cache_hits: int


class Client(Protocol):
    """One client of it; not for several threads at once."""

    def ask(self, inputs: Arrays, form: Form) -> Answered:
        """Send a request as SageMaker would pass it on."""
        ...


class Served(Protocol):
    """A server with one model, or an ensemble with its members."""

    @property
    def configured(self) -> Configured:
        """What the model takes and gives."""
        ...

    @property
    def forms(self) -> tuple[Form, ...]:
        """How tensors can travel; the first serves every measurement."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What is served otherwise than AWS would serve it, a sentence each."""
        ...

    def client(self) -> Client:
        """Return a new client."""
        ...

    def statistics(self) -> Statistics | None:
        """Return what the server has counted; None where it counts nothing."""
        ...

    def memory_mib(self) -> float:
        """Return the resident memory of its processes; 0 where they are gone."""
        ...

    def died(self) -> str:
        """Return why its process ended, in its own words; empty while it runs."""
        ...

    def stop(self) -> None:
        """End it at once, and wait until nothing is left of it; harmless where it has ended."""
        ...
