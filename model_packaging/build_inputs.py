"""What a build depends on, found without importing torch or any of the user's code.

Source files are found by following import statements, wherever they stand in a file, from the factory's
module through the project. What is imported by a computed name, and data files that the section does not
name, are not seen: `seatrial package --force` builds in spite of an equal key. Declared weights are not read
here: their digest is part of the section, and the build holds the file to it.
"""

import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata, util
from pathlib import Path

from model_packaging._source_closure import closure_of
from model_packaging.artifact.keys import BuildInputs, canonical_json
from model_packaging.errors import DataFileError
from model_packaging.factory_reference import FactoryReference
from model_packaging.label_files import label_files
from model_packaging.pytorch_archive import declared_files
from spec import Model

__all__ = ["PACKAGING_VERSION", "build_inputs_of"]

PACKAGING_VERSION = "1"
"""Goes into every build key: raised when a change here gives other artifacts from the same inputs."""

_TOOLS = ("numpy", "protobuf", "torch", "tritonclient")


def build_inputs_of(model: Model, project_root: Path) -> BuildInputs:
    """Return what decides the artifact of ``model``.

    The same call serves packaging and synth. Versions of packages that are not installed where it is
    called are left out, so only a machine that can build compares them.

    Args:
        model: the model's section of the deployment file.
        project_root: the folder that factory references start from.

    Raises:
        FactoryError: the factory's module is missing, a source file can't be parsed, or a data file is
            missing.
        LayoutError: a file that belongs into the archive is missing.
    """
    reference = FactoryReference.parse(model.export.from_)
    closure = closure_of(reference.source_file(project_root), project_root)
    sources = {*closure.sources, *_declared_sources(model, project_root)}
    return BuildInputs(
        spec_sha256=hashlib.sha256(canonical_json(model.canonical_document())).hexdigest(),
        sources=tuple((path, _sha256_of(project_root / path)) for path in sorted(sources)),
        pins=_pins({*closure.packages, *_weights_reader(model)}),
    )


def _declared_sources(model: Model, project_root: Path) -> Iterator[str]:
    """Yield the project's files that the factory reads, and those that are packed as they are."""
    for path in model.export.files:
        if not (project_root / path).is_file():
            raise DataFileError(
                f"export.files names {path!r}, and the project has no such file.",
                "correct the path, which starts from the project's root, or remove it.",
            )
        yield path
    if model.pytorch is not None:
        for _, source in declared_files(model.pytorch, project_root):
            yield source.relative_to(project_root).as_posix()
    if model.triton is not None:
        for _, source in label_files(model.triton, project_root):
            yield source.relative_to(project_root).as_posix()


def _weights_reader(model: Model) -> tuple[str, ...]:
    """Return the package that reads the model's weights, besides torch."""
    weights = model.export.weights
    return ("safetensors",) if weights is not None and weights.is_safetensors else ()


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pins(packages: Iterable[str]) -> tuple[tuple[str, str], ...]:
    pins = {"python": platform.python_version(), "seatrial-packaging": PACKAGING_VERSION}
    for name in {*_TOOLS, *packages} - sys.stdlib_module_names - {"__main__"}:
        pins |= _versions_of(name)
    return tuple(sorted(pins.items()))


@cache
def _versions_of(package: str) -> Mapping[str, str]:
    """Return the versions of the distributions ``package`` comes from; none where it is not installed."""
    try:
        return {package: metadata.version(package)}
    except metadata.PackageNotFoundError:
        if util.find_spec(package) is None:
            return {}
        return {name: metadata.version(name) for name in _distributions().get(package, [])}


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Return distributions by package; reading every one's file list takes half a second."""
    return metadata.packages_distributions()
