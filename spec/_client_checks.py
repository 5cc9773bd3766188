"""What clients say about the rest of a deployment file."""

from collections.abc import Iterator

from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import entries, get
from spec._suggest import did_you_mean

__all__ = ["client_complaints"]

_CLIENT_PREFIX = "client-"
_OCTET_MAXIMUM = 255


def client_complaints(document: Document) -> Iterator[Complaint]:
    """Yield every contradiction between clients, endpoints and models."""
    clients = [key for key, _ in entries(document.data, "clients")]
    for key, _ in entries(document.data, "endpoints"):
        folded = key.casefold()
        if folded.startswith(_CLIENT_PREFIX) and folded.removeprefix(_CLIENT_PREFIX) in map(
            str.casefold, clients
        ):
            yield Complaint(
                ("endpoints", key),
                f"the stack of this endpoint would have the name of a client's: "
                f"{get(document.data, str, 'name')}-{key}",
                f"any key that is not {_CLIENT_PREFIX} and the key of a client",
                "rename the endpoint, or the client",
                value=key,
            )
    for key, client in entries(document.data, "clients"):
        path: DocumentPath = ("clients", key)
        yield from _endpoints(document, path, client)
        yield from _elastic_inference(document, path, client)


def _endpoints(document: Document, path: DocumentPath, client: dict[str, object]) -> Iterator[Complaint]:
    known = [key for key, _ in entries(document.data, "endpoints")]
    for index, named in enumerate(get(client, list, "endpoints") or ()):
        if isinstance(named, str) and named not in known:
            yield Complaint(
                (*path, "endpoints", index),
                f"there is no endpoint {named!r}",
                f"a key under endpoints: {', '.join(known)}"
                if known
                else "a key under endpoints: there is none",
                did_you_mean(named, known, "add it under endpoints, or name one of these"),
                value=named,
            )


def _elastic_inference(
    document: Document, path: DocumentPath, client: dict[str, object]
) -> Iterator[Complaint]:
    accelerated = get(client, dict, "elastic_inference")
    if accelerated is None:
        return
    at: DocumentPath = (*path, "elastic_inference")
    if get(client, str, "placement") == "public":
        yield Complaint(
            (*path, "placement"),
            "Elastic Inference is reached through an interface endpoint of the deployment's network",
            "placement: private with elastic_inference",
            "remove placement, or elastic_inference",
            value="public",
        )
    models = [name for name, _ in entries(document.data, "models")]
    model = get(accelerated, str, "model")
    if model is not None and models and model not in models:
        yield Complaint(
            (*at, "model"),
            f"there is no model {model!r}",
            f"a key under models: {', '.join(models)}",
            did_you_mean(model, models, "add it under models, or name one of these"),
            value=model,
        )
    for index, cidr in enumerate(get(accelerated, list, "ingress_cidrs") or ()):
        if isinstance(cidr, str) and not _is_network(cidr):
            yield Complaint(
                (*at, "ingress_cidrs", index),
                f"{cidr!r} is no IPv4 network",
                "octets from 0 to 255, and no bit set behind the prefix (10.0.0.0/16)",
                "write the network's first address",
                value=cidr,
            )


def _is_network(cidr: str) -> bool:
    address, _, prefix = cidr.partition("/")
    octets = address.split(".")
    if not prefix.isdecimal() or not all(each.isdecimal() and int(each) <= _OCTET_MAXIMUM for each in octets):
        return False
    number = int.from_bytes(bytes(map(int, octets)))
    return number % (1 << (32 - int(prefix))) == 0
