"""What the parts of an inference component say about each other."""

from collections.abc import Iterator

from catalogue.limits import (
    INLINE_ENVIRONMENT_MAXIMUM_ENTRIES,
    ROLLING_BATCH_MAXIMUM_PERCENT,
    ROLLING_BATCH_MINIMUM_PERCENT,
)
from catalogue.triton_images import DEFAULT_MODEL_VARIABLE
from spec._component_names import name_complaints
from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import get, number
from spec._scaling_checks import range_complaints, scheduled_complaints

__all__ = ["component_complaints"]

_EVERY_COPY_PERCENT = 100


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
    yield from _rollback_alarms(document, key, path, component)
    yield from _memory(path, component)
    yield from _inline_container(document, path, component)
    yield from name_complaints(document, taken, path, component)


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
    least, most = number(component, "copies", "min"), number(component, "copies", "max")
    yield from scheduled_complaints(at, scaling, least=least, most=most, what="copies")
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
    least, most = ROLLING_BATCH_MINIMUM_PERCENT, ROLLING_BATCH_MAXIMUM_PERCENT
    if kind == "CAPACITY_PERCENT" and value is not None and not least <= value <= most:
        yield Complaint(
            (*at, "value"),
            f"a batch of {value} % of the copies is refused",
            f"from {least} to {most}",
            "take a share in between",
            value=str(value),
        )
    back = get(component, dict, "rolling_update", "rollback_maximum_batch_size")
    share = number(back, "value")
    if get(back, str, "type") == "CAPACITY_PERCENT" and share is not None and share > _EVERY_COPY_PERCENT:
        yield Complaint(
            (*path, "rolling_update", "rollback_maximum_batch_size", "value"),
            f"a rollback brings back {share} % of the copies at a time, and there are 100 %",
            f"from 1 to {_EVERY_COPY_PERCENT}",
            "lower it, or leave rollback_maximum_batch_size out for all at once",
            value=str(share),
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


def _rollback_alarms(
    document: Document, endpoint_key: str, path: DocumentPath, component: dict[str, object]
) -> Iterator[Complaint]:
    given = get(document.data, str, "endpoints", endpoint_key, "endpoint_name")
    deployment = get(document.data, str, "name")
    endpoint_name = given or (f"{deployment}-{endpoint_key}" if deployment else None)
    alarms = get(component, list, "rolling_update", "rollback_alarms") or ()
    for index, alarm in enumerate(alarms):
        if endpoint_name and isinstance(alarm, str) and not alarm.startswith(f"{endpoint_name}-"):
            yield Complaint(
                (*path, "rolling_update", "rollback_alarms", index),
                f"the endpoint's role does not see the alarm {alarm!r}",
                f"names that begin with {endpoint_name}-",
                "give the alarm such a name",
                value=alarm,
            )


def _inline_container(
    document: Document, path: DocumentPath, component: dict[str, object]
) -> Iterator[Complaint]:
    inline = component.get("inline_container") is True
    if component.get("metrics_endpoint") is not None and not inline:
        yield Complaint(
            (*path, "metrics_endpoint"),
            "a SageMaker Model has no metrics endpoint",
            "metrics_endpoint with inline_container: true",
            "set inline_container: true, or remove metrics_endpoint",
        )
    model = get(component, str, "model")
    variables = get(document.data, dict, "models", model or "", "container", "environment") or {}
    count = len(variables) + (DEFAULT_MODEL_VARIABLE not in variables)
    if inline and count > INLINE_ENVIRONMENT_MAXIMUM_ENTRIES:
        yield Complaint(
            (*path, "inline_container"),
            f"the container of {model!r} has {count} environment variables, with {DEFAULT_MODEL_VARIABLE}",
            f"at most {INLINE_ENVIRONMENT_MAXIMUM_ENTRIES} without a Model",
            "remove inline_container, or variables",
            value="true",
        )
