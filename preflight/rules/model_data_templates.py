"""SEA421: model data that are not packed, in any template."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_models import MODEL, containers, model_data_source
from preflight.rules._template_references import references_of
from preflight.templates import SynthesizedTemplates

__all__ = ["model_data_of_no_kind"]

_KINDS = (("S3Object", "Gzip"), ("S3Object", "None"), ("S3Prefix", "None"))


@rule(
    "SEA421",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="model data that are neither an archive nor files",
    scope=TEMPLATE,
    source="SageMaker API Reference, S3ModelDataSource: S3DataType, CompressionType, S3Uri",
    symptom="CreateModel is refused, or the endpoint fails while the model is downloaded.",
    fix="Take S3Object with Gzip for an archive, S3Prefix with None and a URI that ends with / for files.",
)
def model_data_of_no_kind(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """The type and the compression go together, and a prefix ends with a slash."""
    references = references_of(templates)
    for place, model in references.properties_of(MODEL):
        for container in containers(model):
            source = model_data_source(container)
            kind = (source.get("S3DataType"), source.get("CompressionType"))
            if source and kind not in _KINDS:
                yield Violation(
                    f"S3DataType is {kind[0]}, and CompressionType {kind[1]}.",
                    " or ".join(f"{data_type} with {compression}" for data_type, compression in _KINDS) + ".",
                    place,
                )
            url = references.text(place[0], source.get("S3Uri", ""))
            if kind[0] == "S3Prefix" and url and not url.endswith("/"):
                yield Violation(f"The prefix is {url}.", "a prefix that ends with /.", place)
