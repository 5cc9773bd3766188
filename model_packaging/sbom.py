"""The bill of materials of an artifact, in CycloneDX 1.6: what is in it, and what that was made from.

It says nothing of the moment or the machine: equal inputs give an equal document, which is what reproducible
builds ask of it (reproducible-builds.org, "SOURCE_DATE_EPOCH": the one date that it may carry).
"""

import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from model_packaging.artifact.keys import BuildInputs
from model_packaging.artifact.manifest import FileRecord
from spec import Model

__all__ = ["sbom_of"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "seatrial:bill-of-materials")
"""Of the serial numbers: they follow from the keys."""

_OWN_PIN = "seatrial-packaging"
_INTERPRETER_PIN = "python"


def sbom_of(
    name: str, sections: Sequence[Model], content_key: str, files: Iterable[FileRecord], inputs: BuildInputs
) -> str:
    """Return the document as JSON.

    The artifact's files are components that it contains; sources and declared weights are there by digest,
    and what the build ran on by version, with the scope ``excluded``: they made it and are not in it.

    Args:
        name: of the model.
        sections: its own of the deployment file, and those of the models that it is made of.
        content_key: of the artifact.
        files: of the archive.
        inputs: what it was built from.
    """
    described = Component(
        bom_ref=f"model:{name}",
        name=name,
        version=content_key,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        properties=[
            Property(name="seatrial:build_key", value=inputs.build_key),
            Property(name="seatrial:source", value=sections[0].source),
        ],
        components=[_file("archive", each.path, each.sha256) for each in files],
    )
    made_from = [*_sources(inputs), *_weights(sections), *_tools(inputs)]
    bom = Bom(
        components=made_from,
        serial_number=uuid.uuid5(_NAMESPACE, f"{name}/{inputs.build_key}/{content_key}"),
    )
    bom.metadata.component = described
    bom.metadata.timestamp = _timestamp()  # type: ignore[assignment]  # it is optional in the schema
    bom.register_dependency(described, made_from)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _file(role: str, path: str, sha256: str, scope: ComponentScope | None = None) -> Component:
    return Component(
        bom_ref=f"{role}:{path}",
        name=path,
        type=ComponentType.FILE,
        scope=scope,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
    )


def _sources(inputs: BuildInputs) -> Iterator[Component]:
    for path, sha256 in inputs.sources:
        yield _file("source", path, sha256, ComponentScope.EXCLUDED)


def _weights(sections: Iterable[Model]) -> Iterator[Component]:
    """Yield what is declared by its digest: weights beside a factory, or a model's file."""
    declared: set[tuple[str, str]] = set()
    for model in sections:
        versions = model.export.versions.values() if model.export is not None else ()
        given = [each.weights for each in (model.eager, *versions) if each is not None]
        declared |= {(each.from_, each.sha256) for each in (*given, model.file) if each is not None}
    for place, sha256 in sorted(declared):
        yield _file(f"weights:{sha256}", place, sha256, ComponentScope.EXCLUDED)


def _tools(inputs: BuildInputs) -> Iterator[Component]:
    for package, version in inputs.pins:
        is_package = package not in (_OWN_PIN, _INTERPRETER_PIN)
        yield Component(
            bom_ref=f"tool:{package}",
            name=package,
            version=version,
            type=ComponentType.LIBRARY if is_package else ComponentType.APPLICATION,
            scope=ComponentScope.EXCLUDED,
            purl=PackageURL("pypi", None, package, version) if is_package else None,
        )


def _timestamp() -> datetime | None:
    """Return the date that the environment gives, if it does."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() else None
