"""The rules about folders and archives that hold no repository."""

from dataclasses import replace

import pytest

from model_packaging.artifact import ArchiveFault, Layout, Signature
from model_packaging.artifact.inspection import ArtifactInspection
from preflight.bare_artifact import BareArtifact, Refusal
from preflight.registry import REGISTRY
from preflight.rule import BARE, Violation

MODEL = ArtifactInspection("classifier", (), "", Signature((), (), batched=False), 0)
GOOD = BareArtifact(
    is_archive=True,
    root_folders=("classifier",),
    root_files=(),
    layout=Layout.TRITON,
    nested_in="",
    is_model_folder=False,
    answering=MODEL,
)
REFUSED = Refusal(ArchiveFault.LIMIT, "", "holds more than 1000 models")


def found(artifact: BareArtifact) -> dict[str, Violation]:
    violations = {rule.id: list(rule.check(artifact)) for rule in REGISTRY.rules(BARE)}
    return {rule_id: violation for rule_id, each in violations.items() for violation in each}


def test_a_repository_is_one() -> None:
    """Of one model, with other files beside it."""
    assert found(GOOD) == {}
    assert found(replace(GOOD, root_files=("README.md",))) == {}


@pytest.mark.parametrize(
    ("artifact", "what"),
    [
        (replace(GOOD, root_folders=()), "The archive holds no file."),
        (replace(GOOD, root_folders=(), is_archive=False), "The folder holds no file."),
        (replace(GOOD, root_folders=("a", "b")), "The archive holds no file, only the folders 'a', 'b'."),
        (
            replace(GOOD, root_folders=tuple("abcdefghij")),
            "The archive holds no file, only the folders 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' and 2 more.",
        ),
    ],
)
def test_sea107_nothing_to_serve(artifact: BareArtifact, what: str) -> None:
    """Empty folders are no model; where the reading ended early, nothing is claimed."""
    empty = replace(artifact, answering=None)
    assert {rule: each.what for rule, each in found(empty).items()} == {"SEA107": what}
    assert "SEA107" not in found(replace(empty, refusal=REFUSED))


def test_sea108_no_model_folder() -> None:
    """Files at the root are nothing to the container; the PyTorch images want them there."""
    loose = replace(GOOD, answering=None, root_folders=(), root_files=("model.onnx",))
    assert found(loose)["SEA108"].what == "There is no model's folder at the root, only 'model.onnx'."
    beside = found(replace(loose, root_folders=(".git",)))["SEA108"].what
    assert beside == "There is no model's folder at the root, only 'model.onnx' and the folders '.git'."
    assert found(replace(loose, layout=Layout.PYTORCH)) == {}
    assert "SEA108" not in found(replace(loose, refusal=REFUSED))


def test_sea109_repository_too_deep() -> None:
    """The outer folder is taken for the model."""
    violation = found(replace(GOOD, root_folders=("repository",), nested_in="repository"))["SEA109"]
    assert violation.what == (
        "The only folder at the root, 'repository', is no model: it holds 'repository/classifier'."
    )
    assert violation.place == ("repository",)
