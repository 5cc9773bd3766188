"""What template rules look at: the CloudFormation templates of a synth."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["SynthesizedTemplates", "read_templates"]


@dataclass(frozen=True, slots=True, eq=False)
class SynthesizedTemplates:
    """The templates of one cloud assembly; equal to itself alone, so that what is made of it can be kept.

    Attributes:
        documents: the parsed templates by their files' paths.
    """

    documents: Mapping[str, Mapping[str, Any]]

    def resources(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield each resource: its template's path, its logical id, itself.

        What a transform alone makes of ``Fn::ForEach`` or ``Fn::Transform`` among them is left out.
        """
        for path, document in self.documents.items():
            resources = document.get("Resources")
            for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
                if isinstance(resource, dict) and not logical_id.startswith("Fn::"):
                    yield path, logical_id, resource


def read_templates(paths: Iterable[str]) -> SynthesizedTemplates:
    """Read the templates at ``paths``, which the CDK has just written."""
    return SynthesizedTemplates({path: json.loads(Path(path).read_text(encoding="utf-8")) for path in paths})
