"""A model that a function answers for, without any server."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from model_packaging.artifact import Signature, TensorSpec
from model_packaging.eager.comparison import Arrays
from preflight.trial._configured import Configured
from preflight.trial._served import Answered, Statistics
from preflight.trial.request_outcome import Form

__all__ = ["FakeServed", "Refused", "configured", "doubled"]

LATE_SECONDS = 60.0

Answer = Callable[[Arrays], Arrays]


class Refused(Exception):  # noqa: N818 - it is an answer, and no failure of the test
    """What a model says that refuses a request."""


def doubled(inputs: Arrays) -> Arrays:
    """Answer twice the input."""
    return {"y": (inputs["x"] * 2).astype(np.float32)}


def configured(maximum: int = 4, datatype: str = "FP32", **more: bool) -> Configured:
    """Return a model's configuration: one input `x` and one output `y` of three numbers."""
    tensors = (TensorSpec("x", datatype, (3,)), TensorSpec("y", datatype, (3,)))
    return Configured(Signature(tensors[:1], tensors[1:], batched=maximum > 0), maximum, **more)


@dataclass
class FakeServed:
    """A model that ``answer`` answers for.

    Attributes:
        answer: gives the outputs; raises Refused to refuse.
        configured: what the model says of itself.
        forms: how it can be asked.
        gone: why its process has ended; empty while it runs.
        asked: how many requests it has had.
        seconds: what each takes, as it says; what is refused after a minute came too late.
    """

    answer: Answer = doubled
    configured: Configured = field(default_factory=configured)
    forms: tuple[Form, ...] = (Form.BINARY, Form.JSON)
    notes: tuple[str, ...] = ()
    gone: str = ""
    asked: int = 0
    seconds: float = 0.001
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self) -> "FakeServed":
        """Return itself: it has no connection."""
        return self

    def ask(self, inputs: Arrays, form: Form) -> Answered:  # noqa: ARG002 - it answers alike in every form
        """Answer."""
        with self.lock:
            self.asked += 1
        if self.gone:
            return Answered(None, 0.0, 0, error="the connection broke")
        try:
            return Answered(self.answer(inputs), self.seconds, 100, 100)
        except Refused as refused:
            return Answered(
                None, self.seconds, 100, error=str(refused), timed_out=self.seconds > LATE_SECONDS
            )

    def statistics(self) -> Statistics | None:
        """Count every request as a run."""
        return Statistics(self.asked, self.asked, 0)

    def memory_mib(self) -> float:
        """Grow by a MiB with each request."""
        return float(self.asked)

    def died(self) -> str:
        """Say why it is gone."""
        return self.gone

    def stop(self) -> None:
        """End."""
