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
from model_packaging.eager.factory_reference import FactoryReference
from model_packaging.errors import DataFileError
from model_packaging.layout.label_files import label_files
from model_packaging.layout.pytorch_archive import declared_files
from model_packaging.layout.repository_files import repository_files
from model_packaging.source_files import SourceFiles
from spec import Model

__all__ = ["PACKAGING_VERSION", "build_inputs_of", "framework_versions"]

PACKAGING_VERSION = "1"
"""Goes into every build key: raised when a change here gives other artifacts from the same inputs."""

_TOOLS = ("numpy", "protobuf", "torch", "tritonclient")


def build_inputs_of(
    model: Model,
    project_root: Path,
    members: Mapping[str, Model] | None = None,
    files: SourceFiles | None = None,
) -> BuildInputs:
    """Return what decides the artifact of ``model``.

    The same call serves packaging and synth. Versions of packages that are not installed where it is
    called are left out, so only a machine that can build compares them.

    Args:
        model: the model's section of the deployment file.
        project_root: the folder that factory references start from.
        members: the models that it is made of, and theirs, by name.
        files: the project's files, as a run that asks for several models has seen them so far.

    Raises:
        FactoryError: the factory's module is missing, a source file can't be parsed, or a data file is
            missing or can't be read.
        LayoutError: a file that belongs into the archive is missing.
    """
    files = files or SourceFiles(project_root)
    sources: set[str] = set()
    packages: set[str] = set()
    for each in (model, *(members or {}).values()):
        if each.eager is not None:
            reference = FactoryReference.parse(each.eager.from_, _eager_section(each))
            closure = closure_of(reference.source_file(project_root, files.is_file), files)
            sources |= set(closure.sources)
            packages |= set(closure.packages)
        sources |= set(_declared_sources(each, files))
        packages |= {*_weights_reader(each), *_exporters(each)}
    return BuildInputs(
        spec_sha256=hashlib.sha256(canonical_json(model.canonical_document(members))).hexdigest(),
        sources=tuple((path, _sha256(path, files)) for path in sorted(sources)),
        pins=_pins(packages),
    )


def _sha256(path: str, files: SourceFiles) -> str:
    try:
        return files.sha256(files.root / path)
    except OSError as error:
        raise DataFileError(
            f"{path} can't be read ({error.strerror or error}).", "make it readable."
        ) from error


def _declared_sources(model: Model, files: SourceFiles) -> Iterator[str]:
    """Yield the project's files that the factory reads, and those that are packed as they are."""
    project_root = files.root
    if model.eager is not None:
        yield from _data_files(f"{_eager_section(model)}.files", model.eager.files, files)
    if model.python is not None:
        yield from _data_files("python.from", (model.python.from_,), files)
        yield from _data_files("python.files", model.python.files, files)
    if model.repository is not None and model.repository.sha256 is None:
        for source in repository_files(model.repository, project_root):
            yield source.relative_to(project_root).as_posix()
    if model.pytorch is not None:
        for _, source in declared_files(model.pytorch, project_root):
            yield source.relative_to(project_root).as_posix()
    if model.triton is not None:
        for _, source in label_files(model.triton, project_root):
            yield source.relative_to(project_root).as_posix()


def _eager_section(model: Model) -> str:
    return "reference" if model.export is None else "export"


def _data_files(key: str, paths: Iterable[str], files: SourceFiles) -> Iterator[str]:
    for path in paths:
        if not files.is_file(files.root / path):
            raise DataFileError(
                f"{key} names {path!r}, and the project has no such file.",
                "correct the path, which starts from the project's root, or remove it.",
            )
        yield path


def _weights_reader(model: Model) -> tuple[str, ...]:
    """Return the package that reads the model's weights, besides torch."""
    versions = tuple(model.export.versions.values()) if model.export is not None else ()
    given = [each.weights for each in (model.eager, *versions) if each is not None]
    return ("safetensors",) if any(each is not None and each.is_safetensors for each in given) else ()


def _exporters(model: Model) -> tuple[str, ...]:
    """Return the packages that write the model's format, besides torch."""
    to_onnx = model.export is not None and model.export.to in ("onnx", "tensorrt")
    return ("onnx", "onnx_ir", "onnxscript") if to_onnx else ()


def framework_versions() -> tuple[tuple[str, str], ...]:
    """Return ``(name, version)`` of what every build runs on, sorted."""
    return _pins(())


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
