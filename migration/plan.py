"""The plan of a migration: decided from what a file says, shown as a diff, and held against the schema."""

import difflib
from dataclasses import dataclass
from pathlib import Path as FilePath

import spec
from migration.change import Change, Undecided
from migration.elastic_inference import elastic_inference_changes
from migration.errors import MigrationError
from migration.splice import spliced

__all__ = ["Change", "Migration", "Undecided", "plan_migration"]


@dataclass(frozen=True, slots=True)
class Migration:
    """What becomes of a deployment file.

    Attributes:
        path: the file, as it was named.
        before: its text.
        after: its text once the changes are made; as before where something is undecided.
        changes: what is changed, in the order of the file's sections.
        undecided: what the user must decide first; nothing is changed while there is any.
    """

    path: FilePath
    before: str
    after: str
    changes: tuple[Change, ...]
    undecided: tuple[Undecided, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty where there is none."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, after, str(self.path), str(self.path)))


def plan_migration(path: FilePath) -> Migration:
    """Decide what becomes of the deployment file at ``path``; nothing is written.

    A file without anything retired comes out as it is, so a migration can be repeated.

    Raises:
        spec.DeploymentFileError: the file is wrong.
        MigrationError: the rewritten file would not be a deployment any more.
    """
    file = spec.load_deployment(path)
    found = list(elastic_inference_changes(file.deployment))
    changes = tuple(each for each in found if isinstance(each, Change))
    undecided = tuple(each for each in found if isinstance(each, Undecided))
    before = path.read_bytes().decode("utf-8")
    if undecided:
        return Migration(path, before, before, changes, undecided)
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    after = mark + spliced(before.removeprefix(mark), changes)
    _hold_against(path, after)
    return Migration(path, before, after, changes, ())


def _hold_against(path: FilePath, after: str) -> None:
    """Make sure that the rewritten file loads and has nothing retired left."""
    try:
        rewritten = spec.parse_deployment(after.removeprefix("\ufeff"), path).deployment
    except spec.DeploymentFileError as error:
        raise MigrationError(
            f"{path} can't be rewritten: {error}; report this, and take Elastic Inference out by hand"
        ) from error
    if any(elastic_inference_changes(rewritten)):
        raise MigrationError(
            f"{path} can't be rewritten: Elastic Inference would be left; take it out by hand, and "
            "report this"
        )
