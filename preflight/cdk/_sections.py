"""Which section of the deployment file a finding in a template is about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from constructs import IConstruct

from preflight.finding import Finding
from preflight.templates import SynthesizedTemplates

__all__ = ["sections_of"]

_PATH = "aws:cdk:path"
"""Under a resource's metadata: the path of its construct (aws-cdk-lib, cx-api, PATH_METADATA_KEY)."""


def sections_of(
    findings: Iterable[Finding],
    templates: SynthesizedTemplates,
    resources: Mapping[str, Sequence[IConstruct]],
) -> Iterator[tuple[str, str]]:
    """Yield a section and a rule for every section that has, in a construct of it, what a rule found.

    A resource whose construct is not known, as without ``--path-metadata``, may be of any section: it is told
    of all of them.

    Args:
        findings: of the rules over templates.
        templates: in which they were found.
        resources: the constructs by their section.
    """
    sections: dict[str, list[str]] = {}
    for section, constructs in resources.items():
        for construct in constructs:
            sections.setdefault(construct.node.path, []).append(section)
    for finding in findings:
        path = _construct_path(finding, templates)
        concerned = resources if path is None else _sections_above(path, sections)
        for section in concerned:
            yield section, finding.rule


def _construct_path(finding: Finding, templates: SynthesizedTemplates) -> str | None:
    template = templates.documents.get(finding.location.file, {}) if finding.location else {}
    resource = template.get("Resources", {}).get(finding.subject, {})
    path = resource.get("Metadata", {}).get(_PATH)
    return path if isinstance(path, str) else None


def _sections_above(path: str, sections: Mapping[str, Sequence[str]]) -> Iterator[str]:
    parts = path.split("/")
    for length in range(1, len(parts) + 1):
        yield from sections.get("/".join(parts[:length]), ())
