"""What one trial gathered: plain data, judged by the rules of scope TRIAL and by nobody else."""

from dataclasses import dataclass
from enum import StrEnum

from preflight.trial.batches import BatchSizes, RowComparison
from preflight.trial.concurrency_outcome import Concurrency
from preflight.trial.loading import Loading
from preflight.trial.request_outcome import FormDifference, Repetition, RequestOutcome
from preflight.trial.usage import Counters, Memory, Times

__all__ = ["GoldenProblem", "Server", "TrialOutcome", "Untried"]


class Server(StrEnum):
    """What served the artifact."""

    TRITON = "Triton"
    PYTORCH = "SageMaker's PyTorch toolkit"


@dataclass(frozen=True, slots=True)
class Untried:
    """One check that was not made.

    Attributes:
        check: what would have been checked.
        why: a clause that says what is missing here.
    """

    check: str
    why: str


@dataclass(frozen=True, slots=True)
class GoldenProblem:
    """A file of golden requests that can't be used.

    Attributes:
        index: its place in the list that names it.
        path: as that list has it.
        what: what is wrong with it.
        is_missing: whether there is no such file.
    """

    index: int
    path: str
    what: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What was observed of one model.

    Attributes:
        model: its name.
        place: where findings about it belong in the deployment file; empty without one.
        server: what served it.
        loading: how it came up; None where it was not tried at all.
        untried: what was not checked, and why; where ``loading`` is None, the model itself.
        notes: what this machine serves otherwise than AWS would, a sentence each.
        golden_problems: files of golden requests that can't be used.
        requests: each request and what was answered, in the order they were sent.
        repetition: the same request several times.
        form_differences: where an answer depends on the form that it was asked in.
        batch_sizes: how many requests in one were answered.
        rows: each row of a batch alone and together with the others.
        concurrency: several requests at once.
        counters: what the server itself counted; None where it counts nothing.
        times: how long answers took; None where nothing was answered.
        memory: what the server's processes held; None where it never ran.
        died: why the server's process ended while it was asked, in its own words; empty where it didn't.
        seconds: how long the whole trial took.
    """

    model: str
    server: Server = Server.TRITON
    place: tuple[str, ...] = ()
    loading: Loading | None = None
    untried: tuple[Untried, ...] = ()
    notes: tuple[str, ...] = ()
    golden_problems: tuple[GoldenProblem, ...] = ()
    requests: tuple[RequestOutcome, ...] = ()
    repetition: Repetition | None = None
    form_differences: tuple[FormDifference, ...] = ()
    batch_sizes: BatchSizes | None = None
    rows: RowComparison | None = None
    concurrency: Concurrency | None = None
    counters: Counters | None = None
    times: Times | None = None
    memory: Memory | None = None
    died: str = ""
    seconds: float = 0.0

    @property
    def is_loaded(self) -> bool:
        """Whether its server became ready."""
        return self.loading is not None and not self.loading.failure
