"""SEA107: folders and archives that no deployment file describes, and that hold no repository."""

from collections.abc import Iterator

from model_packaging.artifact import Layout
from preflight.bare_artifact import BareArtifact
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import BARE, Enforcer, SeenAfter, Violation
from preflight.rules._environment import SERVE

__all__ = ["no_file", "no_model_folder", "repository_too_deep"]

_SHOWN = 8
_SYMPTOM = (
    "The container exits with 'No model found in model repository', and the endpoint fails after its "
    "start-up time-out."
)


@rule(
    "SEA107",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="nothing to serve",
    scope=BARE,
    source=SERVE,
    symptom=_SYMPTOM,
    fix="Put the model's folder there: <model>/config.pbtxt and <model>/1/<model file>.",
)
def no_file(artifact: BareArtifact) -> Iterator[Violation]:
    """A repository holds at least one file of a model."""
    if artifact.refusal is None and not artifact.root_files and not artifact.models:
        what = "The archive" if artifact.is_archive else "The folder"
        folders = f", only the folders {_listed(artifact.root_folders)}" if artifact.root_folders else ""
        yield Violation(f"{what} holds no file{folders}.", "a model's folder with its files.")


@rule(
    "SEA108",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="no model folder",
    scope=BARE,
    source=SERVE,
    symptom=_SYMPTOM,
    fix="Put the files into <model>/1/, and config.pbtxt into <model>/.",
)
def no_model_folder(artifact: BareArtifact) -> Iterator[Violation]:
    """The container looks for folders, each a model; files beside them are nothing to it."""
    if (
        artifact.layout is Layout.TRITON
        and artifact.root_files
        and not artifact.models
        and not artifact.refusal
    ):
        others = f" and the folders {_listed(artifact.root_folders)}" if artifact.root_folders else ""
        yield Violation(
            f"There is no model's folder at the root, only {_listed(artifact.root_files)}{others}.",
            "<model>/config.pbtxt and <model>/1/<model file>.",
        )


@rule(
    "SEA109",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the repository lies one folder too deep",
    scope=BARE,
    source=SERVE,
    symptom="The container takes the outer folder for the model, Triton finds no version in it, and the "
    "endpoint fails after its start-up time-out.",
    fix="Pack the inside of the outer folder: tar -czf model.tar.gz -C <outer folder> .",
)
def repository_too_deep(artifact: BareArtifact) -> Iterator[Violation]:
    """Model folders lie at the root, not in a folder of their own."""
    if artifact.nested_in:
        inner = [f"{artifact.nested_in}/{each.model}" for each in artifact.models]
        yield Violation(
            f"The only folder at the root, {artifact.nested_in!r}, is no model: it holds {_listed(inner)}.",
            "each model's folder at the root.",
            (artifact.nested_in,),
        )


def _listed(names: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
