"""SEA877 to SEA879: what CloudFormation says of a template as a whole, of names and of tags."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import CONFIG
from preflight.rules._template_models import MODEL
from preflight.rules._template_references import references_of
from preflight.rules._template_values import structure, structures
from preflight.templates import SynthesizedTemplates

__all__ = [
    "DESCRIPTION_MAXIMUM_BYTES",
    "SECTIONS",
    "TEMPLATE_MAXIMUM_BYTES",
    "name_that_can_not_be_replaced",
    "quota_of_a_template",
    "tag_that_is_not_ours",
]

SECTIONS = {"Resources": 500, "Outputs": 200, "Parameters": 200, "Mappings": 200}
"""Entries of each section (CloudFormation User Guide, understand CloudFormation quotas); the tests compare
these with cfn-lint's."""

TEMPLATE_MAXIMUM_BYTES = 1_000_000
"""Of a template in Amazon S3, where the CDK puts it (same source)."""

DESCRIPTION_MAXIMUM_BYTES = 1024
"""Of a template's description (same source)."""

_NAMES = {MODEL: "ModelName", CONFIG: "EndpointConfigName"}
_DIGEST = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]{8,}")


@rule(
    "SEA877",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.BEFORE,
    title="a template beyond CloudFormation's quotas",
    scope=TEMPLATE,
    source="CloudFormation User Guide, understand CloudFormation quotas",
    symptom="CloudFormation refuses the template: nothing of it is deployed.",
    fix="Spread what it holds over more stacks; components by `seatrial shards`.",
)
def quota_of_a_template(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Resources, outputs, parameters and mappings are counted, template and description measured.

    It is told at the template's first resource, since findings are acknowledged at resources.
    """
    for path, document in templates.documents.items():
        place = (path, next(iter(structure(document.get("Resources"))), "Resources"))
        for section, most in SECTIONS.items():
            entries = structure(document.get(section))
            if len(entries) > most:
                yield Violation(f"There are {len(entries)} {section}.", f"{most}.", place)
        size = len(json.dumps(document, separators=(",", ":")).encode())
        if size > TEMPLATE_MAXIMUM_BYTES:
            yield Violation(f"It has {size} bytes, without blanks.", f"{TEMPLATE_MAXIMUM_BYTES}.", place)
        description = document.get("Description")
        length = len(description.encode()) if isinstance(description, str) else 0
        if length > DESCRIPTION_MAXIMUM_BYTES:
            yield Violation(
                f"The description has {length} bytes.",
                f"{DESCRIPTION_MAXIMUM_BYTES}.",
                place,
            )


@rule(
    "SEA878",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="a name that stands in the way of a change",
    scope=TEMPLATE,
    source="CloudFormation User Guide, name type: a resource with a name of its own can't be replaced; "
    "AWS::SageMaker::Model and EndpointConfig, whose properties are all create-only",
    symptom="The first change is refused: 'CloudFormation cannot update a stack when a custom-named resource "
    "requires replacing', and the stack rolls back.",
    fix="Leave the name to CloudFormation, or put what changes with the content into it, such as a digest.",
)
def name_that_can_not_be_replaced(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Models and configurations change by being replaced; a name with a digest in it changes with them."""
    for resource in references_of(templates).of_type(*_NAMES):
        name = resource.properties.get(_NAMES[resource.type])
        if isinstance(name, str) and not _DIGEST.search(name):
            yield Violation(f"It is called {name!r}.", f"no {_NAMES[resource.type]}.", resource.place)


@rule(
    "SEA879",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a tag that can't be set",
    scope=TEMPLATE,
    source="Tagging AWS Resources User Guide, tag naming limits: aws: is reserved, and each key is there "
    "once",
    symptom="The resource is refused, and the stack rolls back.",
    fix="Rename or remove it.",
)
def tag_that_is_not_ours(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Keys that begin with aws: are AWS's, and no key is there twice."""
    for path, logical_id, resource in templates.resources():
        keys = list(_tag_keys(structure(resource.get("Properties"))))
        for key in dict.fromkeys(keys):
            if key.casefold().startswith("aws:"):
                yield Violation(f"It has the tag {key!r}.", "keys without aws:.", (path, logical_id))
        for key, count in Counter(keys).items():
            if count > 1:
                yield Violation(f"It has the tag {key!r} {count} times.", "once.", (path, logical_id))


def _tag_keys(properties: Mapping[str, Any]) -> Iterator[str]:
    for tag in structures(properties.get("Tags")):
        if isinstance(tag.get("Key"), str):
            yield tag["Key"]
