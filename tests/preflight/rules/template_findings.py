"""Which rules find something in a template of a few resources."""

from collections.abc import Mapping
from typing import Any

from preflight import Finding, check_templates
from preflight.templates import SynthesizedTemplates

__all__ = ["findings", "rules_in"]

Resources = Mapping[str, tuple[str, Mapping[str, Any]]]


def findings(resources: Resources, rule: str, metadata: Mapping[str, Any] | None = None) -> list[Finding]:
    """Return what ``rule`` finds in a template of ``resources``: type and properties by logical id.

    Args:
        resources: of the one template.
        rule: the rule's id.
        metadata: of every resource.
    """
    document = {
        "Resources": {
            logical_id: {"Type": resource_type, "Properties": properties, "Metadata": metadata or {}}
            for logical_id, (resource_type, properties) in resources.items()
        }
    }
    found = check_templates(SynthesizedTemplates({"out/App.template.json": document}))
    return [finding for finding in found if finding.rule == rule]


def rules_in(resources: Resources, rule: str) -> list[str]:
    """Return the logical ids that ``rule`` finds something in."""
    return [finding.subject for finding in findings(resources, rule)]
