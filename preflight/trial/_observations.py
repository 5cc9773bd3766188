"""Everything that is asked of one model that is up, in one order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from model_packaging.eager.comparison import Arrays
from preflight.trial._asking import Asked, Asking, differences_of_forms, repeat
from preflight.trial._at_once import ask_at_once
from preflight.trial._batching import compare_rows, try_sizes
from preflight.trial._closeness import row_of, rows_of
from preflight.trial._distinct_requests import (
    joined_rows,
    one_row_of,
    rows_like,
    single_requests,
    size_bytes,
)
from preflight.trial._made_requests import can_be_made
from preflight.trial._measuring import growth_of, median_seconds
from preflight.trial._samples import Samples, TrialRequest
from preflight.trial._served import Served
from preflight.trial._subject import DEFAULT_TOLERANCE
from preflight.trial.errors import ServerGoneError
from preflight.trial.outcome import TrialOutcome, Untried
from preflight.trial.request_outcome import Form, Origin
from preflight.trial.usage import Counters, Memory, Times

__all__ = ["Observation"]

_LARGEST_JSON_BYTES = 1 << 20  # of the binary form: JSON is several times larger, and SageMaker's limit 6 MiB
_LARGEST_BATCH_BYTES = 256 << 20
_TIMES_ONE, _TIMES_MAXIMUM = 5, 3
_SLOW_SECONDS = 5.0


@dataclass
class Observation:
    """One trial under way: asks, and keeps what it saw in ``outcome``, whatever happens next.

    Attributes:
        outcome: so far.
        served: the model.
        samples: its requests.
        is_cancelled: asked before every request.
        progress: told what is done.
    """

    outcome: TrialOutcome
    served: Served
    samples: Samples
    is_cancelled: Callable[[], bool]
    progress: Callable[[str], None]
    _warm_ups_run: int | None = None

    def run(self) -> None:
        """Ask everything.

        Raises:
            TrialCancelledError: the trial was given up.
        """
        try:
            self._look()
            if why := self._unaskable():
                self._leave("requests", why)
                return
            self._ask_everything(Asking(self.served, self.is_cancelled))
        except ServerGoneError:
            self.outcome = replace(self.outcome, died=self.served.died())

    def _look(self) -> None:
        """Note what is to be seen before the first request."""
        loaded_mib = self.served.memory_mib()
        before = self.served.statistics()
        self._warm_ups_run = before.executions if before is not None else None
        self.outcome = replace(
            self.outcome,
            notes=(*self.outcome.notes, *self.served.notes),
            memory=Memory(loaded_mib, loaded_mib),
        )

    def _ask_everything(self, asking: Asking) -> None:
        self.progress("asking")
        answered = self._ask_requests(asking)
        if not answered:
            self._try_other_sizes(asking)
            self._leave("rows, concurrency and response times", "no request was answered")
            return
        first = answered[0]
        if self._generates:
            self._leave(
                "expected answers, batches and concurrency", "its container generates, maybe at random"
            )
            self._measure(asking, first, None)
            return
        if self._is_slow(answered):
            self._measure_slow(first)
            return
        repetition = repeat(asking, max(answered, key=lambda each: each.outcome.batch_size or 0))
        self.outcome = replace(self.outcome, repetition=repetition)
        rows = self._batch(asking, answered)
        if rows is not None:
            self.progress("asking in batches")
            self._try_batches(asking, rows)
        self.progress("asking at once")
        if repetition.differences:
            self._leave("concurrency", "the model gives another answer to the same request each time")
        else:
            singles = single_requests(rows, answered, self.served)
            self.outcome = replace(self.outcome, concurrency=ask_at_once(asking, singles, self.is_cancelled))
        self._measure(asking, first, rows)

    def _try_other_sizes(self, asking: Asking) -> None:
        """Ask for batches of other sizes: a model may answer one only, and no sample has that."""
        configured, asked = self.served.configured, self.outcome.requests
        if self._generates or configured.max_batch_size < 2 or not asked or asked[0].timed_out:  # noqa: PLR2004
            return
        rows = one_row_of(configured.signature, [each.inputs for each in self.samples.requests])
        if rows is None or size_bytes(rows) * configured.max_batch_size > _LARGEST_BATCH_BYTES:
            return
        sizes = try_sizes(asking, rows, configured.max_batch_size)
        if any(each.is_answered for each in sizes.sizes):
            self.outcome = replace(self.outcome, batch_sizes=sizes)

    def _is_slow(self, answered: Sequence[Asked]) -> bool:
        """Whether many more requests would take minutes, or several at once SageMaker's whole time."""
        late = any(each.timed_out for each in self.outcome.requests)
        return late or min(each.outcome.seconds for each in answered) > _SLOW_SECONDS

    def _measure_slow(self, first: Asked) -> None:
        seconds = first.outcome.seconds
        self._leave("batches and concurrency", f"a request takes {seconds:.1f} s on this machine")
        self._count()
        self.outcome = replace(self.outcome, times=Times(seconds, seconds))
        self._close_memory(None, 0)

    @property
    def _generates(self) -> bool:
        return Form.GENERATE in self.served.forms

    def _unaskable(self) -> str:
        configured = self.served.configured
        if configured.decoupled and not self._generates:
            return "the model is decoupled: it may answer a request any number of times"
        if configured.sequences:
            return "the model keeps sequences, which a single request can't show"
        if configured.signature is None:
            return "nothing says what the model takes: there is no manifest beside it"
        return can_be_made(configured.signature)

    def _ask_requests(self, asking: Asking) -> list[Asked]:
        """Ask every sample in every form, or made requests; return those that were answered."""
        asked: list[Asked] = []
        for each in self.samples.requests:
            request = replace(each, expected={}) if self._generates else each
            for form in self._forms(request):
                if not any(one.outcome.timed_out for one in asked):
                    asked.append(asking.ask(request, form))
        if not asked:
            asked = asking.first_answered(1, self._forms)
        self.outcome = replace(
            self.outcome,
            requests=tuple(each.outcome for each in asked),
            form_differences=differences_of_forms(asked),
        )
        # One form of each is enough for what follows.
        return [
            each for each in asked if each.outputs is not None and each.outcome.form is self.served.forms[0]
        ]

    def _forms(self, request: TrialRequest) -> tuple[Form, ...]:
        """Return the forms that ``request`` can travel in."""
        forms, signature = self.served.forms, self.served.configured.signature
        tensors = (*signature.inputs, *signature.outputs) if signature is not None else ()
        if Form.JSON in forms and any(each.datatype == "FP16" for each in tensors):
            self._leave(f"{request.label!r} as JSON", "16-bit floats have no JSON form")
        elif Form.JSON in forms and size_bytes(request.inputs) > _LARGEST_JSON_BYTES:
            self._leave(f"{request.label!r} as JSON", f"it has more than {_LARGEST_JSON_BYTES >> 20} MiB")
        else:
            return forms
        return tuple(form for form in forms if form is not Form.JSON)

    def _batch(self, asking: Asking, answered: Sequence[Asked]) -> Arrays | None:
        """Return different rows to make batches of; None where the model has no batch dimension."""
        configured = self.served.configured
        if configured.signature is None or configured.max_batch_size < 2:  # noqa: PLR2004 - one is no batch
            return None
        known = max(answered, key=lambda each: each.outcome.batch_size or 0)
        rows = known.request.inputs
        if (known.outcome.batch_size or 0) < 2:  # noqa: PLR2004 - one row has none to be mixed with
            rows = joined_rows(answered, configured.max_batch_size) or rows_like(known, asking)
        row_bytes = size_bytes(row_of(rows, 0))
        if row_bytes * configured.max_batch_size > _LARGEST_BATCH_BYTES:
            self._leave("the largest batch", f"it would have more than {_LARGEST_BATCH_BYTES >> 20} MiB")
            return None
        return rows

    def _try_batches(self, asking: Asking, rows: Arrays) -> None:
        maximum = self.served.configured.max_batch_size
        sizes = try_sizes(asking, rows, maximum)
        self.outcome = replace(self.outcome, batch_sizes=sizes)
        stochastic = self.outcome.repetition is not None and self.outcome.repetition.differences
        if stochastic:
            self._leave("rows alone", "the model gives another answer to the same request each time")
        elif all(each.is_answered for each in sizes.sizes):
            self.outcome = replace(self.outcome, rows=compare_rows(asking, rows, maximum))
            self._ask_for_the_largest(asking, rows, maximum)

    def _ask_for_the_largest(self, asking: Asking, rows: Arrays, maximum: int) -> None:
        """Ask for the largest batch in every form where no sample was one; binary alone is asked already."""
        asked_before = self.outcome.requests
        if any(each.batch_size == maximum for each in asked_before) or Form.JSON not in {
            each.form for each in asked_before
        }:
            return
        known = len(next(iter(rows.values())))
        batch = rows_of(rows, [row % known for row in range(maximum)])
        request = TrialRequest(f"{maximum} rows", Origin.MADE, batch, {}, DEFAULT_TOLERANCE)
        asked = [asking.ask(request, form) for form in self._forms(request)]
        self.outcome = replace(
            self.outcome,
            requests=(*self.outcome.requests, *(each.outcome for each in asked)),
            form_differences=(*self.outcome.form_differences, *differences_of_forms(asked)),
        )

    def _measure(self, asking: Asking, first: Asked, rows: Arrays | None) -> None:
        self.progress("measuring")
        configured = self.served.configured
        one = row_of(rows, 0) if rows is not None else first.request.inputs
        self._count()
        if configured.response_cache:
            self._leave("response times", "the response cache answers equal requests")
            self._close_memory(None, 0)
            return
        seconds = median_seconds(asking, one, _TIMES_ONE)
        if seconds is None:
            seconds = first.outcome.seconds
        largest, maximum = None, configured.max_batch_size
        if rows is not None and self._answers_batches_of(maximum):
            largest = median_seconds(asking, rows_of(rows, [0] * maximum), _TIMES_MAXIMUM)
        times = Times(self.outcome.requests[0].seconds, seconds, largest, maximum if largest else None)
        self.outcome = replace(self.outcome, times=times)
        self._close_memory(*growth_of(asking, one, seconds))

    def _answers_batches_of(self, size: int) -> bool:
        sizes = self.outcome.batch_sizes.sizes if self.outcome.batch_sizes is not None else ()
        return any(each.rows == size and each.is_answered for each in sizes)

    def _count(self) -> None:
        counted = self.served.statistics()
        if counted is None:
            return
        configured = self.served.configured
        self.outcome = replace(
            self.outcome,
            counters=Counters(
                inferences=counted.inferences,
                executions=counted.executions,
                warm_up_samples=configured.warm_up_samples,
                warm_ups_run=self._warm_ups_run,
                response_cache=configured.response_cache,
                cache_hits=counted.cache_hits,
                dynamic_batching=configured.dynamic_batching,
            ),
        )

    def _close_memory(self, growth_mib: float | None, requests: int) -> None:
        memory = self.outcome.memory or Memory(0.0, 0.0)
        self.outcome = replace(
            self.outcome,
            memory=replace(
                memory,
                asked_mib=self.served.memory_mib(),
                growth_mib=growth_mib,
                growth_requests=requests,
            ),
        )

    def _leave(self, check: str, why: str) -> None:
        self.outcome = replace(self.outcome, untried=(*self.outcome.untried, Untried(check, why)))
