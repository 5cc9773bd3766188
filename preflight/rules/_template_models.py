"""The containers of a template's models, and what they fetch."""

from collections.abc import Iterator, Mapping
from typing import Any

import catalogue
from preflight.rules._template_references import References
from preflight.rules._template_values import structure, structures

__all__ = [
    "MODEL",
    "containers",
    "fetched_objects",
    "images",
    "is_multi_model",
    "listed_buckets",
    "model_data_source",
]

MODEL = "AWS::SageMaker::Model"


def containers(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the one container of a model, or its several in their order (CreateModel takes either)."""
    if isinstance(model.get("PrimaryContainer"), dict):
        yield structure(model["PrimaryContainer"])
    yield from structures(model.get("Containers"))


def is_multi_model(container: Mapping[str, Any]) -> bool:
    """Whether the container loads models as requests name them."""
    return container.get("Mode") == "MultiModel"


def fetched_objects(references: References, path: str, model: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each container fetches, as ``<bucket>/<key>``; of what is below a prefix a pattern.

    Args:
        references: of the templates.
        path: of the model's template.
        model: its properties.
    """
    for container in containers(model):
        source = model_data_source(container)
        ending = "*.tar.gz" if is_multi_model(container) else ""
        yield from _object(references, path, container.get("ModelDataUrl"), ending)
        yield from _object(
            references, path, source.get("S3Uri"), "*" if source.get("S3DataType") == "S3Prefix" else ""
        )


def listed_buckets(references: References, path: str, model: Mapping[str, Any]) -> Iterator[str]:
    """Yield the buckets in which SageMaker lists the files of an artifact that is not packed."""
    for container in containers(model):
        source = model_data_source(container)
        if source.get("S3DataType") == "S3Prefix":
            for located in _object(references, path, source.get("S3Uri"), ""):
                yield located.partition("/")[0]


def model_data_source(container: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container's S3DataSource; empty where it has none."""
    return structure(structure(container.get("ModelDataSource")).get("S3DataSource"))


def images(references: References, path: str, model: Mapping[str, Any]) -> Iterator[catalogue.EcrImage]:
    """Yield the image of each container, where it is one in Amazon ECR."""
    for container in containers(model):
        image = catalogue.parse_ecr_image(references.text(path, container.get("Image", "")))
        if image is not None:
            yield image


def _object(references: References, path: str, value: object, ending: str) -> Iterator[str]:
    url = references.text(path, value) if value is not None else ""
    if url.startswith("s3://"):
        yield f"{url.removeprefix('s3://')}{ending}"
