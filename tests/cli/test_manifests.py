"""Where commands find a model's manifest: in the lock file of what is published, else in build/."""

from dataclasses import replace
from pathlib import Path

import pytest

from cli._manifests import manifest_of
from cli._project import Project
from model_packaging.artifact import ManifestError, Publication, write_manifest, write_publications
from spec import DeploymentFile, parse_deployment
from tests.model_packaging.publishing.packed import MANIFEST

TEXT = """\
name: trial
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  m:
    artifact: ARTIFACT
    export: {from: "x:m", to: torchscript, how: trace}
    triton: {max_batch_size: 8}
"""
PUBLISHED = replace(MANIFEST, content_key="published")
BUILT = replace(MANIFEST, content_key="built")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with nothing in it."""
    return Project(tmp_path)


def deployment(project: Project, artifact: str) -> DeploymentFile:
    return parse_deployment(TEXT.replace("ARTIFACT", artifact), project.root / "trial.yaml")


def build(project: Project) -> None:
    folder = project.build_root / "trial" / "m"
    folder.mkdir(parents=True)
    write_manifest(BUILT, folder / "manifest.json")


def lock(project: Project) -> None:
    publication = Publication(PUBLISHED, "us-east-1", "models", "k.tar.gz", None, None)
    write_publications({"m": publication}, project.root / "trial.yaml")


def test_an_assets_manifest_lies_in_the_build_folder(project: Project) -> None:
    """Whatever the lock file says of a model of its name."""
    build(project)
    lock(project)
    assert manifest_of(deployment(project, "asset"), "m", project.build_root) == BUILT


def test_a_published_models_manifest_is_what_is_deployed(project: Project) -> None:
    """Even if something else was packaged since."""
    build(project)
    lock(project)
    assert manifest_of(deployment(project, "published"), "m", project.build_root) == PUBLISHED


def test_a_model_that_is_not_published_yet_may_be_built(project: Project) -> None:
    """Its requests have the same form."""
    build(project)
    assert manifest_of(deployment(project, "uncompressed"), "m", project.build_root) == BUILT


def test_a_model_that_is_nowhere_is_told(project: Project) -> None:
    """With the command that makes it."""
    with pytest.raises(ManifestError, match="run `seatrial package`"):
        manifest_of(deployment(project, "published"), "m", project.build_root)
