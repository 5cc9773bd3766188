"""What the section `build` says about models."""

from collections.abc import Iterator

from spec._document import Complaint, Document
from spec._plain_data import entries, get
from spec._suggest import did_you_mean

__all__ = ["build_complaints"]


def build_complaints(document: Document) -> Iterator[Complaint]:
    """Yield every model that the CodeBuild project can't package."""
    models = dict(entries(document.data, "models"))
    for index, name in enumerate(get(document.data, list, "build", "models") or ()):
        path = ("build", "models", index)
        if isinstance(name, str) and name not in models:
            yield Complaint(
                path,
                f"there is no model {name!r}",
                ", ".join(models) or "a model of this file",
                did_you_mean(name, models, "declare the model, or remove the name"),
                value=name,
            )
        elif isinstance(name, str) and get(models[name], str, "export", "to") == "tensorrt":
            yield Complaint(
                path,
                f"the model {name!r} is a TensorRT plan, which a processing job builds",
                "models that are none",
                "remove the name: `seatrial package --remote` builds plans anyway",
                value=name,
            )
