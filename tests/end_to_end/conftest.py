"""One rehearsal of a copy of the project, shared by all tests here: real CDK CLI, emulator and Triton."""

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.components import Components
from tests.end_to_end.inventory import take_inventory
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


@pytest.fixture(scope="session")
def components(project: Project) -> Components:
    """Return what one `seatrial rehearse` deployed of the components, and what there was before it.

    The test that destroys it is the last that uses it.
    """
    assert project.seatrial("local", "up").returncode == 0
    bootstrapped = project.cdk("bootstrap", "aws://000000000000/us-east-1", folder=project.root.parent)
    assert bootstrapped.returncode == 0, bootstrapped.stderr
    clients = functools.cache(project.client)
    # Five copies are what no deploy may undo.
    project.replace_in_deployment(
        "copies: {min: 1, max: 4}", "copies: {min: 1, max: 5}", Components.deployment
    )
    before = take_inventory(clients)
    return Components(project, clients, before, project.document("rehearse", Components.deployment))
