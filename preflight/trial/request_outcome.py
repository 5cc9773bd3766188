"""One request of a trial and what was answered."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Form", "FormDifference", "Origin", "Repetition", "RequestOutcome"]


class Origin(StrEnum):
    """Where a request comes from; the value says it in words."""

    RECORDED = "recorded from eager PyTorch"
    GOLDEN = "golden"
    MADE = "made from the configured signature"


class Form(StrEnum):
    """How tensors travel; the value says it in words."""

    BINARY = "binary"
    JSON = "JSON"
    NPY = ".npy"
    GENERATE = "generate extension"


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """One request and its answer.

    Attributes:
        label: how reports call it: ``golden.npz``, ``random, batch 4``.
        origin: where it comes from.
        form: how its tensors travelled, both ways.
        batch_size: of the request; None where the model has no batch dimension.
        seconds: from the first byte sent to the last received.
        request_bytes: the size of its body.
        answer_bytes: the size of the answer's body; 0 without one.
        error: why there is no answer, in the server's own words; empty where there is one.
        timed_out: whether none came in time.
        differences: in what the answer is not the expected one, a clause for each output.
        contradictions: in what it is not what the configuration says, a clause each.
        nan_outputs: outputs that hold NaN where the expected ones, if any, hold none.
        infinite_outputs: outputs that hold a positive infinity, likewise.
        is_compared: whether its answer was held against an expected one.
    """

    label: str
    origin: Origin
    form: Form
    batch_size: int | None
    seconds: float
    request_bytes: int
    answer_bytes: int = 0
    error: str = ""
    timed_out: bool = False
    differences: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    nan_outputs: tuple[str, ...] = ()
    infinite_outputs: tuple[str, ...] = ()
    is_compared: bool = False


@dataclass(frozen=True, slots=True)
class Repetition:
    """The same request several times, one after another.

    Attributes:
        label: how reports call it.
        differences: in what a later answer is not the first, a clause for each output.
        is_cached: whether a response cache is on, so that the model need not have run again.
    """

    label: str
    differences: tuple[str, ...] = ()
    is_cached: bool = False


@dataclass(frozen=True, slots=True)
class FormDifference:
    """The same request in two forms, and in what the second answer is not the first.

    Attributes:
        label: how reports call the request.
        forms: of the first and the second.
        differences: a clause for each output.
    """

    label: str
    forms: tuple[Form, Form]
    differences: tuple[str, ...]
