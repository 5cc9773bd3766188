"""The files of an existing repository in the project: regular ones, and no links."""

from collections.abc import Iterator
from pathlib import Path

from model_packaging.errors import LayoutError
from spec import ExistingRepository

__all__ = ["repository_files"]


def repository_files(existing: ExistingRepository, project_root: Path) -> Iterator[Path]:
    """Yield every file of a repository in the project, sorted by path.

    Raises:
        LayoutError: it is missing, or holds a link or something else that is no regular file.
    """
    root = project_root / existing.from_
    if not root.is_dir() or root.is_symlink():
        raise LayoutError(
            f"repository.from is {existing.from_!r}, and the project has no such folder.",
            "correct the path, which starts from the project's root.",
        )
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise LayoutError(
                f"{path.relative_to(project_root)} is a link or no regular file.",
                "put the file itself into the repository.",
            )
        if path.is_file():
            yield path
