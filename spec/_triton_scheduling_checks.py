"""What Triton's two batchers ask of a model's ``triton`` section: sizes, priorities, controls, states.

Unless a check names another source, Triton 2.51 refuses to load what is refused here.
"""

from collections.abc import Iterator

from spec._document import Complaint, DocumentPath
from spec._plain_data import get

__all__ = ["scheduling_complaints"]

_CORRELATION = "CONTROL_SEQUENCE_CORRID"
_PAIRS = ("int32_false_true", "fp32_false_true", "bool_false_true")


def scheduling_complaints(path: DocumentPath, triton: dict[str, object]) -> Iterator[Complaint]:
    """Yield what is wrong with the batchers of the section at ``path``."""
    dynamic, sequences = get(triton, dict, "dynamic_batching"), get(triton, dict, "sequence_batching")
    if dynamic is not None and sequences is not None:
        yield Complaint(
            (*path, "sequence_batching"),
            "both dynamic_batching and sequence_batching say how requests are batched",
            "one of the two",
            "remove dynamic_batching, or sequence_batching",
        )
    if dynamic is not None:
        at: DocumentPath = (*path, "dynamic_batching")
        yield from _preferred_sizes(at, dynamic, triton)
        yield from _priorities(at, dynamic)
    if sequences is not None:
        at = (*path, "sequence_batching")
        yield from _preferred_sizes((*at, "oldest"), get(sequences, dict, "oldest") or {}, triton)
        yield from _strategy(at, sequences)
        yield from _controls(at, sequences)
        yield from _states(at, sequences)


def _preferred_sizes(
    path: DocumentPath, batcher: dict[str, object], triton: dict[str, object]
) -> Iterator[Complaint]:
    maximum = get(triton, int, "max_batch_size")
    for index, size in enumerate(get(batcher, list, "preferred_batch_size") or ()):
        if maximum is not None and isinstance(size, int) and size > maximum >= 0:
            yield Complaint(
                (*path, "preferred_batch_size", index),
                f"the preferred batch size {size} is above max_batch_size {maximum}",
                f"from 1 to {maximum}" if maximum else "none, since max_batch_size 0 means no batches",
                "lower it, or raise max_batch_size",
                value=str(size),
            )


def _priorities(path: DocumentPath, batching: dict[str, object]) -> Iterator[Complaint]:
    """Without levels Triton ignores what is said about them; that is refused, too."""
    levels = get(batching, int, "priority_levels") or 0
    default = get(batching, int, "default_priority_level") or 0
    allowed = f"from 1 to {levels}" if levels else "none, since there are no priority_levels"
    if default != 0 if levels < 1 else not 1 <= default <= levels:
        yield Complaint(
            (*path, "default_priority_level"),
            f"the default priority is {default}, and there are {levels} levels",
            allowed,
            "set it to one of the levels" if levels else "remove it, or add priority_levels",
            value=str(default),
        )
    for level in get(batching, dict, "priority_queue_policy") or {}:
        if level.isdecimal() and not 1 <= int(level) <= levels:
            yield Complaint(
                (*path, "priority_queue_policy", level),
                f"a queue has the priority {level}, and there are {levels} levels",
                allowed,
                "remove it, or raise priority_levels",
                value=level,
            )
    if levels > 1 and batching.get("preserve_ordering") is True:
        yield Complaint(
            (*path, "preserve_ordering"),
            f"answers can't keep the order of requests with {levels} priorities",
            "preserve_ordering with one priority level at most",
            "remove preserve_ordering, or priority_levels",
            value="true",
        )


def _strategy(path: DocumentPath, sequences: dict[str, object]) -> Iterator[Complaint]:
    if all(isinstance(sequences.get(key), dict) for key in ("direct", "oldest")):
        yield Complaint(
            (*path, "oldest"),
            "both direct and oldest say how sequences are scheduled",
            "one of the two",
            "remove direct, or oldest",
        )


def _controls(path: DocumentPath, sequences: dict[str, object]) -> Iterator[Complaint]:
    seen: set[str] = set()
    for number, tensor in enumerate(get(sequences, list, "control_input") or ()):
        for index, control in enumerate(get(tensor, list, "control") or ()):
            at: DocumentPath = (*path, "control_input", number, "control", index)
            kind = get(control, str, "kind")
            if kind is None:
                continue
            if kind in seen:
                yield Complaint(
                    (*at, "kind"),
                    f"a second input carries {kind}",
                    "each kind once",
                    "remove one of the two",
                    value=kind,
                )
            seen.add(kind)
            yield from _values(at, kind, control)


def _values(path: DocumentPath, kind: str, control: dict[str, object]) -> Iterator[Complaint]:
    pairs = [pair for pair in _PAIRS if get(control, list, pair)]
    if kind == _CORRELATION:
        if pairs or get(control, str, "data_type") is None:
            yield Complaint(
                path,
                f"{kind} is a sequence's number: it has a type, and no values for no and yes",
                "data_type, without a pair of values",
                f"remove {', '.join(pairs)}" if pairs else "add `data_type: TYPE_UINT64`",
            )
        return
    if len(pairs) != 1:
        yield Complaint(
            path,
            f"{kind} has {len(pairs) or 'no'} pairs of values for no and yes",
            f"exactly one of {', '.join(_PAIRS)}",
            f"keep one of {', '.join(pairs)}" if pairs else "add `fp32_false_true: [0.0, 1.0]`",
        )
    for pair in pairs:
        values = get(control, list, pair) or ()
        if len(values) == 1:
            yield Complaint(
                (*path, pair), "one value says no, another yes; this is one value", "two values", "add one"
            )


def _states(path: DocumentPath, sequences: dict[str, object]) -> Iterator[Complaint]:
    for index, state in enumerate(get(sequences, list, "state") or ()):
        for number, initial in enumerate(get(state, list, "initial_state") or ()):
            at: DocumentPath = (*path, "state", index, "initial_state", number)
            for key in ("data_type", "dims"):
                own, wanted = get(initial, object, key), get(state, object, key)
                if own is not None and wanted is not None and not _fits(own, wanted):
                    yield Complaint(
                        (*at, key),
                        f"the initial state has {key} {own}, and the state {wanted}",
                        str(wanted),
                        "make both equal",
                        value=str(own),
                    )


def _fits(own: object, wanted: object) -> bool:
    """Say whether two types are equal, or dims are: a size fits -1."""
    if not isinstance(own, list) or not isinstance(wanted, list):
        return own == wanted
    return len(own) == len(wanted) and all(other in (one, -1) for one, other in zip(own, wanted, strict=True))
