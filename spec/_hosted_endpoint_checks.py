"""What endpoints with several models say about these models."""

from collections.abc import Iterator

from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import entries, get
from spec._suggest import did_you_mean

__all__ = ["hosted_endpoint_complaints", "served_model_complaints"]


def served_model_complaints(
    document: Document, path: DocumentPath, endpoint: dict[str, object]
) -> Iterator[Complaint]:
    """Yield each model that the endpoint at ``path`` names, and that there is not."""
    models = [name for name, _ in entries(document.data, "models")]
    for at, name in _named(path, endpoint):
        if models and name not in models:
            yield Complaint(
                at,
                f"there is no model {name!r}",
                f"a key under models: {', '.join(models)}",
                did_you_mean(name, models, "add it under models, or name one of these"),
                value=name,
            )


def hosted_endpoint_complaints(document: Document) -> Iterator[Complaint]:
    """Yield every contradiction between the models of one endpoint."""
    for key, endpoint in entries(document.data, "endpoints"):
        path: DocumentPath = ("endpoints", key)
        match get(endpoint, str, "type"):
            case "multi-model":
                yield from _one_container(document, path, endpoint)
                yield from _one_prefix(document, path, endpoint)
            case "pipeline":
                yield from _one_role(document, path, endpoint)


def _named(path: DocumentPath, endpoint: dict[str, object]) -> Iterator[tuple[DocumentPath, str]]:
    """Yield each model that an endpoint names, with the place where it does."""
    for section in ("components", "containers"):
        for key, entry in entries(endpoint, section):
            if (name := get(entry, str, "model")) is not None:
                yield (*path, section, key, "model"), name
    if (name := get(endpoint, str, "model")) is not None:
        yield (*path, "model"), name
    for index, each in enumerate(get(endpoint, list, "models") or ()):
        if isinstance(each, str):
            yield (*path, "models", index), each


def _models(
    document: Document, path: DocumentPath, endpoint: dict[str, object]
) -> Iterator[tuple[DocumentPath, str, dict[str, object]]]:
    """Yield each model that an endpoint names and that there is."""
    models = dict(entries(document.data, "models"))
    for at, name in _named(path, endpoint):
        if name in models:
            yield at, name, models[name]


def _one_container(
    document: Document, path: DocumentPath, endpoint: dict[str, object]
) -> Iterator[Complaint]:
    """One container serves all models: what serves the first serves them all."""
    first: tuple[str, str, dict[str, object]] | None = None
    for at, name, model in _models(document, path, endpoint):
        layout = "pytorch" if get(model, dict, "pytorch") is not None else "triton"
        container = get(model, dict, "container") or {}
        if first is None:
            first = (name, layout, container)
            continue
        other, others_layout, others_container = first
        if layout != others_layout:
            yield Complaint(
                at,
                f"{name} is served by `{layout}`, and {other} by `{others_layout}`",
                "models that one container serves",
                "give each kind an endpoint of its own",
                value=name,
            )
        keys = [*container, *others_container]
        differing = [key for key in dict.fromkeys(keys) if container.get(key) != others_container.get(key)]
        if differing:
            yield Complaint(
                at,
                f"{name} and {other} have another {' and '.join(differing)} under container",
                "one container section for all models of the endpoint",
                "write the same for both, or give one of them an endpoint of its own",
                value=name,
            )


def _one_prefix(document: Document, path: DocumentPath, endpoint: dict[str, object]) -> Iterator[Complaint]:
    """All archives are below one prefix, which holds nothing else."""
    first: tuple[str, str] | None = None
    for at, name, model in _models(document, path, endpoint):
        artifact = get(model, str, "artifact") or "asset"
        other, others_artifact = first = first or (name, artifact)
        if artifact == "uncompressed":
            yield Complaint(
                at,
                f"the artifact of {name} is uncompressed",
                "artifact: asset or published, since a multi-model endpoint loads .tar.gz archives",
                "change the model's artifact, or give it an endpoint of its own",
                value=name,
            )
        elif artifact != others_artifact:
            yield Complaint(
                at,
                f"the artifact of {name} is {artifact}, and that of {other} {others_artifact}",
                "one prefix for all models of the endpoint",
                "give both the same artifact",
                value=name,
            )
        elif artifact == "published" and not get(document.data, str, "publish", "prefix"):
            yield Complaint(
                at,
                f"{name} is published at its bucket's root, and the endpoint could be asked for all that is "
                "there",
                "a publish.prefix",
                "add prefix under publish, and run `seatrial publish`",
                value=name,
            )


def _one_role(document: Document, path: DocumentPath, endpoint: dict[str, object]) -> Iterator[Complaint]:
    """The containers are parts of one SageMaker model, which has one role."""
    first: tuple[str, str | None] | None = None
    for at, name, model in _models(document, path, endpoint):
        role = get(model, str, "container", "execution_role")
        other, others_role = first = first or (name, role)
        if role != others_role:
            yield Complaint(
                at,
                f"{name} has {role or 'no execution_role'}, and {other} {others_role or 'none'}",
                "one execution_role for all containers of the endpoint, or none",
                "write the same for both",
                value=name,
            )
