"""The project's source files that a module imports, directly or through others, read statically."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model_packaging.errors import FactoryError

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


def closure_of(source: Path, project_root: Path) -> SourceClosure:
    """Follow the imports of ``source`` through the project.

    Raises:
        FactoryError: a file can't be read as Python.
    """
    found: set[Path] = set()
    packages: set[str] = set()
    waiting = [source, *_package_files(source, project_root)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imported_names(path, project_root):
            files = _project_files(name, project_root)
            waiting += files
            top = name.partition(".")[0]
            if not files and not (project_root / top).exists():
                packages.add(top)
    sources = sorted(path.relative_to(project_root).as_posix() for path in found)
    return SourceClosure(tuple(sources), tuple(sorted(packages)))


def _imported_names(path: Path, project_root: Path) -> Iterator[str]:
    """Yield dotted names; of ``from a import b`` also ``a.b``, where that is a module of the project."""
    for node in ast.walk(_parse(path, project_root)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                package = path.relative_to(project_root).parts[: -node.level]
                module = ".".join((*package, module) if module else package)
            if module:
                yield module
            members = (f"{module}.{alias.name}".lstrip(".") for alias in node.names)
            yield from (name for name in members if _project_files(name, project_root))


def _parse(path: Path, project_root: Path) -> ast.Module:
    place = path.relative_to(project_root).as_posix()
    try:
        return ast.parse(path.read_bytes())
    except SyntaxError as error:
        cause = f"{place}:{error.lineno}: {error.msg}."
    except (OSError, ValueError) as error:
        cause = f"{place} can't be read ({error})."
    raise FactoryError(cause, "the factory's source files must be readable Python.")


def _project_files(name: str, project_root: Path) -> list[Path]:
    """Return the files that importing ``name`` runs, where it is the project's; else none."""
    base = project_root.joinpath(*name.split("."))
    for candidate in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
        if candidate.is_file():
            return [candidate, *_package_files(candidate, project_root)]
    return []


def _package_files(path: Path, project_root: Path) -> list[Path]:
    """Return the ``__init__.py`` of every package around ``path``: importing it runs them too."""
    inits: list[Path] = []
    folder = path.parent
    while folder != project_root:
        if (folder / "__init__.py").is_file():
            inits.append(folder / "__init__.py")
        folder = folder.parent
    return inits
