"""A whole build whose weights come from a file."""

import hashlib
from pathlib import Path

import pytest
import torch

from model_packaging.eager.samples import read_samples
from model_packaging.errors import FetchError
from model_packaging.package import package_model
from spec import Model
from tests.model_packaging.projects import Project

pytestmark = pytest.mark.integration

_FACTORY = """
    def factory():
        def sample(batch, generator):
            return {"input": torch.rand(batch, 2, generator=generator)}
        return nn.Linear(2, 3), sample
"""
"""Its own weights are random, so only the file's can make two calls agree."""


def with_weights(project: Project, path: Path, digest: str = "") -> Model:
    section = project.model().model_dump(mode="json", by_alias=True)
    given = digest or hashlib.sha256(path.read_bytes()).hexdigest()
    section["export"]["weights"] = {"from": path.name, "sha256": given}
    return Model.model_validate(section)


def test_the_artifact_answers_by_the_files_weights(project: Project, tmp_path: Path) -> None:
    """Recorded answers are those of the file, and the digest alone decides to build again."""
    project.write(_FACTORY)
    state = torch.nn.Linear(2, 3).state_dict()
    torch.save(state, project.root / "own.pt")
    model = with_weights(project, project.root / "own.pt")
    packaged = package_model("it", model, tmp_path / "build", project.root, inspect=lambda _: ())
    for sample in read_samples(packaged.directory / packaged.manifest.samples.file_name):
        wanted = torch.from_numpy(sample.inputs["input"]) @ state["weight"].T + state["bias"]
        torch.testing.assert_close(torch.from_numpy(sample.outputs["OUTPUT__0"]), wanted)
    again = package_model("it", model, tmp_path / "build", project.root, inspect=lambda _: ())
    assert not again.built


def test_a_wrong_digest_leaves_no_artifact(project: Project, tmp_path: Path) -> None:
    """The worker's error arrives whole, with the model's name."""
    project.write(_FACTORY)
    torch.save(torch.nn.Linear(2, 3).state_dict(), project.root / "own.pt")
    model = with_weights(project, project.root / "own.pt", "0" * 64)
    with pytest.raises(FetchError, match=r"^models\.it: export\.weights\.from: own\.pt has the sha256 "):
        package_model("it", model, tmp_path / "build", project.root, inspect=lambda _: ())
    assert not (tmp_path / "build").exists()
