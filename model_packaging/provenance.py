"""Records the circumstances of a build: versions, platform, and the project's commit."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from model_packaging.artifact.provenance import Commit, Provenance
from model_packaging.build_inputs import framework_versions

__all__ = ["commit_of", "provenance_of"]

_GIT_TIMEOUT_SECONDS = 30.0
"""`git status` reads a tree of 100,000 files in a few seconds; a build doesn't wait longer for a note."""

_NOTHING_OF_THE_USERS = (
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
)
"""Asking changes nothing and runs no program that the repository's configuration names as monitor or hook
(git-config(1), ``core.fsmonitor`` and ``core.hooksPath``; git(1), ``--no-optional-locks``)."""

_OID = "# branch.oid "
_NO_COMMIT = "(initial)"


def provenance_of(project_root: Path, further: Iterable[tuple[str, str]] = ()) -> Provenance:
    """Return what is true of a build in this process, now; ``further`` frameworks made parts of it."""
    return Provenance(
        frameworks=tuple(sorted((*framework_versions(), *further))),
        platform=f"{sys.platform}-{platform.machine()}",
        commit=commit_of(project_root),
    )


def commit_of(project_root: Path) -> Commit | None:
    """Return the commit that is checked out around ``project_root``, and whether the tree differs from it.

    Returns:
        None outside of git, before the first commit, where git is not installed, or where it refuses to
        answer, as in a folder of another user (git-config(1), ``safe.directory``).
    """
    # Untracked files count: a factory may import one. Format: git-status(1), "Porcelain Format Version 2".
    command = ["git", *_NOTHING_OF_THE_USERS, "status", "--porcelain=v2", "--branch", "--ignore-submodules"]
    # A hook that packages has its own repository in these variables, wherever the project lies.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            command,
            cwd=project_root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_GIT_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.splitlines()
    sha = next((line.removeprefix(_OID) for line in lines if line.startswith(_OID)), _NO_COMMIT)
    if done.returncode or sha == _NO_COMMIT:
        return None
    return Commit(sha, is_dirty=any(not line.startswith("#") for line in lines))
