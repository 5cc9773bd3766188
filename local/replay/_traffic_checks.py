"""What is wrong with a traffic file: by its schema, in itself, and beside the deployment it is played on."""

from collections.abc import Iterator

from pydantic import ValidationError

from local.replay.traffic import (
    MAXIMUM_DAYS,
    MAXIMUM_DELAY_MINUTES,
    MAXIMUM_INVOCATIONS_PER_MINUTE,
    Arm,
    Traffic,
)
from spec import Deployment
from spec.documents import Complaint, Document, DocumentPath, did_you_mean

_TIME = "a time from 00:00 to 24:00, as HH:MM"
_MAPPINGS = {
    "traffic": "a mapping of names to lists of hours, at least one",
    "delays": "a mapping with provisioning_minutes, copy_start_minutes, idle_release_minutes",
    "endpoints": "a mapping of the deployment's endpoint keys to mappings of component keys to traffic names",
}
_ALLOWED = {
    **_MAPPINGS,
    "days": f"a whole number from 1 to {MAXIMUM_DAYS}",
    "provisioning_minutes": f"a whole number from 0 to {MAXIMUM_DELAY_MINUTES}",
    "copy_start_minutes": f"a whole number from 0 to {MAXIMUM_DELAY_MINUTES}",
    "idle_release_minutes": f"a whole number from 1 to {MAXIMUM_DELAY_MINUTES}",
    "from": _TIME,
    "until": _TIME,
    "invocations_per_minute": f"a whole number from 1 to {MAXIMUM_INVOCATIONS_PER_MINUTE}",
    "arms": "a list of arms, at least one, each with name, endpoints and, if needed, most_instances",
    "name": "text of 1 to 62 characters that begins and ends with no blank",
    "most_instances": "a whole number from 1",
}
_BELOW = {
    "traffic": "a list of hours, each with from, until and invocations_per_minute",
    "endpoints": "a mapping of component keys to names of traffic",
}
_KEYS = {
    0: ("traffic", "arms", "days", "delays"),
    "delays": ("provisioning_minutes", "copy_start_minutes", "idle_release_minutes"),
    "traffic": ("from", "until", "invocations_per_minute"),
    "arms": ("name", "endpoints", "most_instances"),
}
_WRONG_KEY = "[key]"


def schema_complaints(error: ValidationError, document: Document) -> Iterator[Complaint]:
    """Yield what pydantic refuses, in words."""
    for each in error.errors(include_url=False):
        path: DocumentPath = each["loc"]
        key = path[-1] if path else ""
        if each["type"] == "missing":
            parent = path[:-1]
            yield Complaint(parent, f"the key {key!r} is missing", _allowed(path), f"add `{key}:`", line=None)
        elif each["type"] == "extra_forbidden":
            keys = _KEYS[path[0] if len(path) > 1 and path[0] in _KEYS else 0]
            words = did_you_mean(str(key), keys, "remove it")
            yield Complaint(path, f"the key {key!r} is unknown", ", ".join(keys), words)
        elif key == _WRONG_KEY:
            yield Complaint(path[:-1], "the name does not have the right form", _ALLOWED["name"], "rename it")
        else:
            shown = document.shown(path)
            what = f"{shown} can't be used here"
            yield Complaint(path, what, _allowed(path), "write what is allowed", value=shown)


def contradictions(traffic: Traffic, document: Document, deployment: Deployment) -> Iterator[Complaint]:
    """Yield what one part of a traffic file says against another, or against the deployment."""
    yield from _hours(traffic, document)
    named: dict[str, str] = {}
    for index, arm in enumerate(traffic.arms):
        if arm.name in [each.name for each in traffic.arms[:index]]:
            at: DocumentPath = ("arms", index, "name")
            yield Complaint(
                at, f"two arms are called {arm.name!r}", "each name once", "rename one of the two"
            )
        for key in arm.endpoints:
            path: DocumentPath = ("arms", index, "endpoints", key)
            if key in named:
                what = f"the endpoint {key!r} is in the arm {named[key]!r} already"
                yield Complaint(path, what, "each endpoint in one arm", "remove it from one of the two")
            named.setdefault(key, arm.name)
            yield from _endpoint(path, arm, key, traffic, deployment)


def _hours(traffic: Traffic, document: Document) -> Iterator[Complaint]:
    for name, parts in traffic.traffic.items():
        for index, hours in enumerate(parts):
            if not hours.minutes:
                path: DocumentPath = ("traffic", name, index, "until")
                yield Complaint(
                    path,
                    f"{hours.until} is not after {hours.begin}",
                    "a time after `from`, at most 24:00",
                    "write hours over midnight as two",
                    value=document.shown(path),
                )


def _endpoint(
    path: DocumentPath, arm: Arm, key: str, traffic: Traffic, deployment: Deployment
) -> Iterator[Complaint]:
    endpoint = deployment.component_endpoints.get(key)
    if endpoint is None:
        kinds = tuple(deployment.component_endpoints)
        what = f"the deployment has no endpoint {key!r} of type inference-components"
        yield _unknown(path, what, key, kinds, "declare one in the deployment file")
        return
    if arm.most_instances is not None and arm.most_instances > endpoint.instances.max:
        yield Complaint(
            (*path[:2], "most_instances"),
            f"most_instances {arm.most_instances} is above the {endpoint.instances.max} of endpoint {key!r}",
            f"from 1 to {endpoint.instances.max}",
            "lower it, or raise instances.max in the deployment file",
            value=str(arm.most_instances),
        )
    for component in endpoint.components:
        if component not in arm.endpoints[key]:
            what = f"the component {component!r} of endpoint {key!r} has no traffic"
            yield Complaint(path, what, "every component of the endpoint", f"add `{component}: <traffic>`")
    for component, name in arm.endpoints[key].items():
        if component not in endpoint.components:
            what = f"the endpoint {key!r} has no component {component!r}"
            yield _unknown(
                (*path, component),
                what,
                component,
                tuple(endpoint.components),
                "declare it in the deployment",
            )
        if name not in traffic.traffic:
            what = f"there is no traffic {name!r}"
            yield _unknown((*path, component), what, name, tuple(traffic.traffic), "declare it under traffic")


def _unknown(
    path: DocumentPath, what: str, value: str, options: tuple[str, ...], otherwise: str
) -> Complaint:
    words = " or ".join(options) or "none is declared"
    return Complaint(path, what, words, did_you_mean(value, options, otherwise), value=value)


def _allowed(path: DocumentPath) -> str:
    if not path:
        return "a mapping with traffic, arms and, if needed, days, delays"
    if path[-1] in _ALLOWED:
        return _ALLOWED[str(path[-1])]
    nearest = next((str(part) for part in reversed(path) if part in _ALLOWED), "arms")
    return _BELOW.get(nearest, _ALLOWED[nearest])
