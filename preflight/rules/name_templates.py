"""SEA625: names of models, configurations and endpoints in any template."""

import re
from collections.abc import Iterator

from catalogue.limits import ENDPOINT_NAME_MAXIMUM_LENGTH, ENDPOINT_NAME_PATTERN
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import CONFIG, ENDPOINT
from preflight.rules._template_models import MODEL
from preflight.rules._template_references import references_of
from preflight.templates import SynthesizedTemplates

__all__ = ["NAMES", "name_refused"]

NAMES = {MODEL: "ModelName", CONFIG: "EndpointConfigName", ENDPOINT: "EndpointName"}
"""Of each type of resource, the property that is its name; all are of one form."""


@rule(
    "SEA625",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a name that SageMaker refuses",
    scope=TEMPLATE,
    source="SageMaker's service model (botocore): ModelName, EndpointConfigName, EndpointName",
    symptom="The resource is refused, and the stack rolls back.",
    fix="Shorten the name, or write it in that form.",
)
def name_refused(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Names are up to 63 letters, digits and hyphens, none of these at the ends."""
    for resource in references_of(templates).of_type(*NAMES):
        name = resource.properties.get(NAMES[resource.type])
        if not isinstance(name, str):
            continue
        if len(name) > ENDPOINT_NAME_MAXIMUM_LENGTH or not re.fullmatch(ENDPOINT_NAME_PATTERN, name):
            yield Violation(
                f"{NAMES[resource.type]} is {name!r}, {len(name)} characters.",
                f"at most {ENDPOINT_NAME_MAXIMUM_LENGTH} letters, digits and hyphens, no hyphen at either "
                f"end.",
                resource.place,
            )
