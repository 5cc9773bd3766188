"""One rehearsal of a copy of the project, shared by all tests here: real CDK CLI, emulator and Triton."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.project import DEPLOYMENT, Project, free_port_pair

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Yield a copy of the project whose laptop's AWS is stopped at the end."""
    copy = tmp_path_factory.mktemp("end-to-end") / "project"
    left_out = shutil.ignore_patterns(
        ".git",
        ".venv*",
        "node_modules",
        "build",
        "cdk.out",
        ".seatrial",
        "__pycache__",
        ".*_cache",
        ".hypothesis",
    )
    shutil.copytree(ROOT, copy, ignore=left_out)
    for environment in (".venv", ".venv-aws", ".venv-triton"):
        (copy / environment).symlink_to(ROOT / environment)
    project = Project(copy, free_port_pair())
    yield project
    project.seatrial("local", "down")


@pytest.fixture(scope="session")
def rehearsed(project: Project) -> dict[str, Any]:
    """Return the document of one `seatrial rehearse` on the copy."""
    return project.document("rehearse", DEPLOYMENT)
