"""Where a file lies that a configuration names: a path in the archive."""

from pathlib import PurePosixPath

__all__ = ["packed_path"]


def packed_path(folder: str, name: str) -> str:
    """Return where ``name`` leads from ``folder``, a path in the archive, without ``.`` and ``..``.

    Triton appends an absolute path like any other (Triton core, src/filesystem/api.cc, JoinPath). Empty where
    the path leaves the archive.
    """
    parts: list[str] = []
    for part in PurePosixPath(folder, name.lstrip("/")).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            return ""
    return "/".join(parts)
