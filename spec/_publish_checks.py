"""What an artifact that is not packed can't be used for."""

from collections.abc import Iterator

from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import entries, get

__all__ = ["publish_complaints"]


def publish_complaints(document: Document) -> Iterator[Complaint]:
    """Yield everything that needs one archive and names a model whose files are objects of their own."""
    uncompressed = {
        name
        for name, model in entries(document.data, "models")
        if get(model, str, "artifact") == "uncompressed"
    }
    for path, name, user in _users_of_archives(document):
        if name in uncompressed:
            yield Complaint(
                path,
                f"the artifact of {name} is uncompressed, and {user} takes one .tar.gz",
                "a model whose artifact is asset or published",
                f"set models.{name}.artifact to published, or name another model",
                value=name,
            )


def _users_of_archives(document: Document) -> Iterator[tuple[DocumentPath, str, str]]:
    """Yield the path, the model and the name of what takes an archive alone.

    Source: SageMaker API Reference, InferenceComponentContainerSpecification, ArtifactUrl.
    """
    for key, endpoint in entries(document.data, "endpoints"):
        for component_key, component in entries(endpoint, "components"):
            name = get(component, str, "model")
            if component.get("inline_container") is True and name is not None:
                path = ("endpoints", key, "components", component_key, "model")
                yield path, name, "an inline container"
    for key, client in entries(document.data, "clients"):
        name = get(client, str, "elastic_inference", "model")
        if name is not None:
            yield ("clients", key, "elastic_inference", "model"), name, "the benchmark of an accelerator"
