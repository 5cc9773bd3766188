"""What `seatrial check` is asked: which kind of thing PATH is, and which options fit it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer

__all__ = ["CheckRequest", "PathKind", "environment_of"]

_DEPLOYMENT_SUFFIXES = (".yaml", ".yml")
_ARCHIVE_SUFFIXES = (".tar.gz", ".tgz", ".tar", ".gz")


class PathKind(StrEnum):
    """What PATH is; the value says so in words."""

    DEPLOYMENT = "a deployment file"
    FOLDER = "a folder"
    ARCHIVE = "an archive"


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """The command's arguments, as far as they say what to check.

    Attributes:
        path: PATH.
        run: ``--run``.
        aws: ``--aws``.
        instance_type: ``--instance-type``.
        image_tag: ``--image-tag``.
        region: ``--region``.
        env: ``--env``, each ``KEY=VALUE``.
        golden: ``--golden``.
    """

    path: Path
    run: bool = False
    aws: bool = False
    instance_type: str | None = None
    image_tag: str | None = None
    region: str | None = None
    env: Sequence[str] = ()
    golden: Sequence[Path] = ()

    def kind(self) -> PathKind:
        """Return what PATH is, and hold the options against it.

        Raises:
            typer.BadParameter: it is nothing that is checked, or an option does not fit it.
        """
        kind = self._kind_of_path()
        problems = list(self._misfits(kind))
        if problems:
            raise typer.BadParameter(" ".join(problems))
        return kind

    def _kind_of_path(self) -> PathKind:
        name = self.path.name.lower()
        if self.path.is_dir():
            return PathKind.FOLDER
        if name.endswith(_DEPLOYMENT_SUFFIXES):
            return PathKind.DEPLOYMENT
        if not self.path.exists():
            raise typer.BadParameter(f"{self.path}: there is no such file or folder.")
        if name.endswith(_ARCHIVE_SUFFIXES):
            return PathKind.ARCHIVE
        raise typer.BadParameter(
            f"{self.path} is neither a deployment file ({', '.join(_DEPLOYMENT_SUFFIXES)}), nor a folder, "
            "nor an archive (.tar.gz, .tgz)."
        )

    def _misfits(self, kind: PathKind) -> Iterator[str]:
        of_artifacts = {
            "--instance-type": (self.instance_type, "its endpoints say instances.type"),
            "--image-tag": (self.image_tag, "its models say container.triton_release"),
            "--region": (self.region, "it says environment.region"),
            "--env": (self.env, "its models say container.environment"),
            "--golden": (self.golden, "its models name their golden requests"),
        }
        if kind is PathKind.DEPLOYMENT:
            for option, (value, instead) in of_artifacts.items():
                if value:
                    yield f"{option} is for a folder or an archive; {self.path} is {kind.value}: {instead}."
        else:
            if self.aws:
                yield f"--aws is for a deployment file, which names an account; {self.path} is {kind.value}."
            if self.golden and not self.run:
                yield "--golden is for a trial run: give --run as well."


def environment_of(pairs: Sequence[str]) -> Mapping[str, str]:
    """Return the variables of ``--env``.

    Raises:
        typer.BadParameter: one is no KEY=VALUE, or a key is given twice.
    """
    environment: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"--env is {pair!r}; write KEY=VALUE.")
        if key in environment:
            raise typer.BadParameter(f"--env gives {key} twice.")
        environment[key] = value
    return environment
