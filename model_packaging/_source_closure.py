"""The project's source files that a module imports, directly or through others, read statically."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model_packaging.source_files import SourceFiles

__all__ = ["SourceClosure", "closure_of"]


@dataclass(frozen=True, slots=True)
class SourceClosure:
    """What a module is made of.

    Attributes:
        sources: paths of the project's files, relative to its root, sorted.
        packages: top-level names of everything else that is imported, sorted.
    """

    sources: tuple[str, ...]
    packages: tuple[str, ...]


def closure_of(source: Path, files: SourceFiles) -> SourceClosure:
    """Follow the imports of ``source`` through the project.

    Raises:
        FactoryError: a file can't be read as Python.
    """
    found: set[Path] = set()
    packages: set[str] = set()
    waiting = [source, *_package_files(source, files)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imported_names(path, files):
            imported = _project_files(name, files)
            waiting += imported
            top = name.partition(".")[0]
            if not imported and not files.exists(files.root / top):
                packages.add(top)
    sources = sorted(path.relative_to(files.root).as_posix() for path in found)
    return SourceClosure(tuple(sources), tuple(sorted(packages)))


def _imported_names(path: Path, files: SourceFiles) -> Iterator[str]:
    """Yield dotted names; of ``from a import b`` also ``a.b``, where that is a module of the project."""
    for statement in files.imports(path):
        module = statement.module
        if statement.level:
            package = path.relative_to(files.root).parts[: -statement.level]
            module = ".".join((*package, module) if module else package)
        if module:
            yield module
        members = (f"{module}.{name}".lstrip(".") for name in statement.names)
        yield from (name for name in members if _project_files(name, files))


def _project_files(name: str, files: SourceFiles) -> list[Path]:
    """Return the files that importing ``name`` runs, where it is the project's; else none."""
    base = files.root.joinpath(*name.split("."))
    for candidate in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
        if files.is_file(candidate):
            return [candidate, *_package_files(candidate, files)]
    return []


def _package_files(path: Path, files: SourceFiles) -> list[Path]:
    """Return the ``__init__.py`` of every package around ``path``: importing it runs them too."""
    inits: list[Path] = []
    folder = path.parent
    while folder != files.root:
        if files.is_file(folder / "__init__.py"):
            inits.append(folder / "__init__.py")
        folder = folder.parent
    return inits
