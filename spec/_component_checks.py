"""What the parts of an inference component say about each other."""

from collections.abc import Iterator

from spec._document import Complaint, Document, DocumentPath
from spec._endpoint_names import NAME_MAXIMUM_LENGTH
from spec._plain_data import get, number
from spec._scaling_checks import range_complaints, scheduled_complaints

_PERCENT_MINIMUM, _PERCENT_MAXIMUM = 5, 50
"""SageMaker API Reference, InferenceComponentRollingUpdatePolicy, MaximumBatchSize."""


def component_complaints(
    document: Document, taken: dict[str, str], keys: tuple[str, str], component: dict[str, object]
) -> Iterator[Complaint]:
    """Yield every contradiction within one component.

    Args:
        document: the whole file.
        taken: the names seen so far, folded, with their places; this component's is added.
        keys: of the endpoint and of the component.
        component: its data.
    """
    key, component_key = keys
    path: DocumentPath = ("endpoints", key, "components", component_key)
    yield from _copies(path, component)
    yield from _scaling(path, component)
    yield from _batch(path, component)
    yield from _memory(path, component)
    yield from _name(document, taken, keys, component)


def _copies(path: DocumentPath, component: dict[str, object]) -> Iterator[Complaint]:
    at: DocumentPath = (*path, "copies")
    least, most, initial = (number(component, "copies", each) for each in ("min", "max", "initial"))
    yield from range_complaints(at, least, most, "copies")
    if least is None or most is None or least > most:
        return
    scaled = component.get("scaling") is not None
    if not scaled and least < most:
        yield Complaint(
            at,
            f"copies range from {least} to {most}, and nothing scales them",
            "scaling, or min equal to max",
            "add scaling, or set both to the number you want",
        )
    if not scaled and initial is not None:
        yield Complaint(
            (*at, "initial"),
            "initial has a meaning only where scaling decides on the copies",
            "initial with scaling alone",
            "remove initial: without scaling there are always min copies",
            value=str(initial),
        )
    if initial is not None and not least <= initial <= most:
        yield Complaint(
            (*at, "initial"),
            f"{initial} copies to begin with are outside of {least} to {most}",
            f"from {max(least, 1)} to {most}",
            "change initial, or remove it",
            value=str(initial),
        )


def _scaling(path: DocumentPath, component: dict[str, object]) -> Iterator[Complaint]:
    at: DocumentPath = (*path, "scaling")
    scaling = get(component, dict, "scaling")
    if scaling is None:
        return
    yield from scheduled_complaints(at, scaling)
    metrics = ("invocations_per_copy", "concurrent_requests_per_copy")
    given = [each for each in metrics if scaling.get(each) is not None]
    both = " and ".join(metrics)
    if len(given) > 1:
        yield Complaint(at, f"{both} would pull against each other", "one of the two", "remove one")
    if not given and not scaling.get("scheduled"):
        yield Complaint(
            at, "scaling follows nothing", f"one of {both}, or scheduled", "add one, or remove scaling"
        )


def _batch(path: DocumentPath, component: dict[str, object]) -> Iterator[Complaint]:
    at: DocumentPath = (*path, "rolling_update", "maximum_batch_size")
    batch = get(component, dict, "rolling_update", "maximum_batch_size")
    kind, value = get(batch, str, "type"), number(batch, "value")
    if kind == "CAPACITY_PERCENT" and value is not None and not _PERCENT_MINIMUM <= value <= _PERCENT_MAXIMUM:
        yield Complaint(
            (*at, "value"),
            f"a batch of {value} % of the copies is refused",
            f"from {_PERCENT_MINIMUM} to {_PERCENT_MAXIMUM}",
            "take a share in between",
            value=str(value),
        )


def _memory(path: DocumentPath, component: dict[str, object]) -> Iterator[Complaint]:
    least = number(component, "compute", "memory_mib")
    most = number(component, "compute", "memory_maximum_mib")
    if least is not None and most is not None and most < least:
        yield Complaint(
            (*path, "compute", "memory_maximum_mib"),
            f"a copy may grow to {most} MiB and is given {least} MiB",
            f"at least {least}",
            "raise it, or lower memory_mib",
            value=str(most),
        )


def _name(
    document: Document, taken: dict[str, str], keys: tuple[str, str], component: dict[str, object]
) -> Iterator[Complaint]:
    key, component_key = keys
    path: DocumentPath = ("endpoints", key, "components", component_key)
    deployment, given = get(document.data, str, "name"), get(component, str, "name")
    name = given or f"{deployment}-{key}-{component_key}"
    if given is None and deployment is not None and len(name) > NAME_MAXIMUM_LENGTH:
        yield Complaint(
            path,
            f"the component's name would be {name!r}, {len(name)} characters",
            f"at most {NAME_MAXIMUM_LENGTH} characters",
            "shorten one of the three keys, or give name",
            value=component_key,
        )
    place = f"{key}.{component_key}"
    other = taken.setdefault(name.casefold(), place)
    if other != place:
        yield Complaint(
            path,
            f"its name {name!r} is also that of the component {other!r}",
            "names that differ by more than upper and lower case",
            "change the key or the name of one of the two",
            value=component_key,
        )
