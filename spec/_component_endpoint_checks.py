"""What the parts of an endpoint say about each other: instances, routing, and the names of stacks."""

from collections.abc import Iterator

from spec._component_checks import component_complaints
from spec._component_names import name_complaints
from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import entries, get, number
from spec._scaling_checks import range_complaints, scheduled_complaints
from spec._suggest import did_you_mean

__all__ = ["endpoint_complaints"]

_STACK_NAME_MAXIMUM_LENGTH = 128  # CloudFormation API Reference, CreateStack, StackName


def endpoint_complaints(document: Document) -> Iterator[Complaint]:
    """Yield every contradiction within endpoints, and between the names of components and stacks."""
    taken: dict[str, str] = {}
    for key, endpoint in entries(document.data, "endpoints"):
        path: DocumentPath = ("endpoints", key)
        if get(endpoint, str, "type") != "inference-components":
            yield from _variant_scaling(path, endpoint)
            continue
        yield from _instances(path, endpoint)
        yield from _prefix_aware(path, endpoint)
        yield from _stack_names(document, key, endpoint)
        for component_key, component in entries(endpoint, "components"):
            yield from component_complaints(document, taken, (key, component_key), component)
        for adapter_key, adapter in entries(endpoint, "adapters"):
            at: DocumentPath = (*path, "adapters", adapter_key)
            yield from name_complaints(document, taken, at, adapter)
            yield from _base(at, endpoint, adapter)


def _variant_scaling(path: DocumentPath, endpoint: dict[str, object]) -> Iterator[Complaint]:
    least, most = number(endpoint, "scaling", "min"), number(endpoint, "scaling", "max")
    count = number(endpoint, "instances", "count") if get(endpoint, dict, "instances") else None
    yield from range_complaints((*path, "scaling"), least, most, "instances")
    yield from scheduled_complaints(
        (*path, "scaling"),
        get(endpoint, dict, "scaling") or {},
        least=least,
        most=most,
        what="instances",
        smallest=1,
    )
    if least is not None and most is not None and least <= most and not least <= (count or 1) <= most:
        yield Complaint(
            (*path, "instances", "count"),
            f"{count or 1} instances to begin with are outside of {least} to {most}, which scaling keeps to",
            f"from {least} to {most}",
            "change instances.count, or min and max of scaling",
            value=str(count or 1),
        )


def _instances(path: DocumentPath, endpoint: dict[str, object]) -> Iterator[Complaint]:
    at: DocumentPath = (*path, "instances")
    instances = get(endpoint, dict, "instances")
    if instances is None:
        return
    kinds = [kind for kind in ("type", "pools") if instances.get(kind)]
    if len(kinds) != 1:
        what = "type and pools both say which instances" if kinds else "neither type nor pools is given"
        yield Complaint(at, what, "one of the two", "keep type for one instance type, pools for several")
    pools = get(instances, list, "pools") or []
    for what in ("type", "priority"):
        named = [pool.get(what) for pool in pools if isinstance(pool, dict)]
        repeated = [each for index, each in enumerate(named) if each is not None and each in named[:index]]
        if repeated:
            yield Complaint(
                (*at, "pools"),
                f"two pools have the {what} {repeated[0]}",
                f"a {what} of its own for each pool",
                f"change the {what} of one of the two",
                value=str(repeated[0]),
            )
    least, most = number(instances, "min"), number(instances, "max")
    yield from range_complaints(at, least, most, "instances")
    if instances.get("scaling") is None:
        return
    yield from scheduled_complaints(
        (*at, "scaling"),
        get(instances, dict, "scaling") or {},
        least=least,
        most=most,
        what="instances",
        smallest=1,
    )
    if least == 0:
        yield Complaint(
            (*at, "min"),
            "Application Auto Scaling on the variant never goes to 0 instances",
            "at least 1 with scaling",
            "remove scaling: SageMaker's managed instance scaling goes to 0",
            value="0",
        )
    if instances.get("scale_in") is not None:
        yield Complaint(
            (*at, "scale_in"),
            "scale_in belongs to SageMaker's managed instance scaling, and scaling replaces that",
            "one of the two",
            "remove scale_in, or scaling",
        )


def _base(path: DocumentPath, endpoint: dict[str, object], adapter: dict[str, object]) -> Iterator[Complaint]:
    components = [key for key, _ in entries(endpoint, "components")]
    base = get(adapter, str, "base")
    if base is not None and base not in components:
        yield Complaint(
            (*path, "base"),
            f"the endpoint has no component {base!r}",
            f"a key under components: {', '.join(components)}" if components else "a key under components",
            did_you_mean(base, components, "add it under components, or name another"),
            value=base,
        )


def _prefix_aware(path: DocumentPath, endpoint: dict[str, object]) -> Iterator[Complaint]:
    wanted = get(endpoint, str, "routing") == "PREFIX_AWARE"
    given = endpoint.get("prefix_aware") is not None
    if wanted and not given:
        yield Complaint(
            (*path, "prefix_aware"),
            "PREFIX_AWARE routing has no prefix_length and concurrency_threshold",
            "both under prefix_aware",
            "add prefix_aware, or take another routing",
        )
    if given and not wanted:
        yield Complaint(
            (*path, "prefix_aware"),
            "prefix_aware is given, and routing is not PREFIX_AWARE",
            "prefix_aware with routing PREFIX_AWARE alone",
            "remove prefix_aware, or set routing: PREFIX_AWARE",
        )


def _stack_names(document: Document, key: str, endpoint: dict[str, object]) -> Iterator[Complaint]:
    deployment, shards = get(document.data, str, "name"), number(endpoint, "shards") or 1
    last = f"{deployment}-{key}-components-{shards}"
    if deployment is not None and len(last) > _STACK_NAME_MAXIMUM_LENGTH:
        yield Complaint(
            ("endpoints", key),
            f"a stack of its components would be called {last!r}, {len(last)} characters",
            f"at most {_STACK_NAME_MAXIMUM_LENGTH} characters",
            "shorten the key or the deployment's name",
            value=key,
        )
    stacks = {f"{key}-components-{shard}".casefold() for shard in range(1, min(shards, 100) + 1)}
    for other, _ in entries(document.data, "endpoints"):
        if other.casefold() in stacks:
            yield Complaint(
                ("endpoints", other),
                f"its stack would have the name of one with components of the endpoint {key!r}",
                "a stack name of its own",
                "rename the endpoint",
                value=other,
            )
