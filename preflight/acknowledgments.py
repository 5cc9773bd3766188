"""Acknowledgments: the deployment file's word that a finding may stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from preflight.finding import Finding
from preflight.rule import Scope
from spec import Deployment

__all__ = [
    "PLUGIN_NAME",
    "AcknowledgmentReview",
    "DeclaredAcknowledgment",
    "apply_acknowledgments",
    "declared_acknowledgments",
]

PLUGIN_NAME = "seatrial"
"""The CDK prints a plug-in's rules as ``<plug-in's name>::<rule>``, and so may a deployment file."""


@dataclass(frozen=True, slots=True)
class DeclaredAcknowledgment:
    """One line of an ``acknowledge`` section.

    Attributes:
        section: the path of what it is about: ``("network",)``, ``("security",)``, ``("models", <name>)``,
            ``("clients", <key>)``, ``("endpoints", <key>)`` or ``("endpoints", <key>, "components", <key>)``.
        written: the id as the file has it: one of Seatrial's, of cdk-nag's or of the CDK's own.
        reason: why the finding may stay.
    """

    section: tuple[str, ...]
    written: str
    reason: str

    @property
    def rule(self) -> str:
        """The rule's id, without the prefix that the CDK prints before Seatrial's own."""
        return self.written.removeprefix(f"{PLUGIN_NAME}::")

    @property
    def subject(self) -> str:
        """The subject of the findings it covers: ``models.classifier``."""
        return ".".join(self.section)


@dataclass(frozen=True, slots=True)
class AcknowledgmentReview:
    """What the rules about acknowledgments look at.

    Attributes:
        declared: every acknowledgment of the file.
        found: everything that was found: the subject, which is a section of the file, and the rule.
        scopes: whose rules ran; what the rules of others would find nobody knows.
        unknown: sections, each with a scope whose rules could not look at all of it.
    """

    declared: tuple[DeclaredAcknowledgment, ...]
    found: frozenset[tuple[str, str]]
    scopes: frozenset[Scope[Any]]
    unknown: frozenset[tuple[str, Scope[Any]]] = frozenset()


def declared_acknowledgments(deployment: Deployment) -> Iterator[DeclaredAcknowledgment]:
    """Yield every acknowledgment of the file, in the file's order of sections."""
    sections = [
        (("network",), deployment.network.acknowledge),
        (("security",), deployment.security.acknowledge),
        *((("models", name), model.acknowledge) for name, model in deployment.models.items()),
        *((("endpoints", key), endpoint.acknowledge) for key, endpoint in deployment.endpoints.items()),
        *(
            (("endpoints", key, "components", name), component.acknowledge)
            for key, endpoint in deployment.component_endpoints.items()
            for name, component in endpoint.components.items()
        ),
        *((("clients", key), client.acknowledge) for key, client in deployment.clients.items()),
        *(
            (("endpoints", key, "adapters", name), adapter.acknowledge)
            for key, endpoint in deployment.component_endpoints.items()
            for name, adapter in endpoint.adapters.items()
        ),
    ]
    for section, acknowledged in sections:
        for rule_id, reason in acknowledged.items():
            yield DeclaredAcknowledgment(section, rule_id, reason)


def apply_acknowledgments(
    findings: Sequence[Finding], declared: Sequence[DeclaredAcknowledgment]
) -> tuple[Finding, ...]:
    """Return ``findings``, each with the reason of the acknowledgment that covers it.

    An acknowledgment covers the findings of its rule about its own subject, and no others.
    """
    reasons = {(each.subject, each.rule): each.reason for each in declared}
    return tuple(
        replace(finding, acknowledged=reasons.get((finding.subject, finding.rule))) for finding in findings
    )
