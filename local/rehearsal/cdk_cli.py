"""Running the stock CDK CLI, as a user would, against the laptop's AWS."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.rehearsal.errors import CdkError

__all__ = ["CdkCli"]

TIMEOUT_SECONDS = 1800
_STOP_SECONDS = 10
# Quiet and offline: no telemetry, no notices, no question that nobody can answer.
_QUIET = ("--no-notices", "--no-version-reporting", "--no-color")
_FOREIGN = frozenset({"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"})
"""Of the user's own AWS: they would win over, or contradict, the keys of the laptop's."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class CdkCli:
    """The pinned CDK CLI of this environment.

    Attributes:
        project_root: where ``cdk.json`` and ``app.py`` lie.
        environment: the variables that point the CLI at an AWS.
        log_folder: where the CLI's output is kept, a file per command.
    """

    project_root: Path
    environment: Mapping[str, str]
    log_folder: Path

    def bootstrap(self, *, account: str, region: str) -> None:
        """Run ``cdk bootstrap`` for one account and region; repeating it changes nothing.

        Raises:
            CdkError: the CLI failed; with its own reason.
        """
        # Away from cdk.json: the CLI would synthesize the app and bootstrap nothing else for it.
        self._run("bootstrap", [f"aws://{account}/{region}"], working_folder=self.log_folder)

    def deploy(self, *, deployment: Path, stacks: Sequence[str] = ("--all",), concurrency: int = 4) -> None:
        """Run ``cdk deploy`` of a deployment file.

        Args:
            deployment: the deployment file.
            stacks: names of stacks, or ``--all``.
            concurrency: how many stacks may deploy at the same time: their Tritons load side by side.

        Raises:
            CdkError: a stack failed or synth found something; with the CLI's own reason.
        """
        options = ["--require-approval", "never", "--concurrency", str(concurrency)]
        context = ["--context", f"deployment={deployment.resolve()}"]
        self._run("deploy", [*stacks, *options, *context], working_folder=self.project_root)

    def _variables(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        return {**inherited, **self.environment, "CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true"}

    def _run(self, command: str, arguments: Sequence[str], *, working_folder: Path) -> None:
        program = Path(sys.executable).parent / "cdk"
        if not program.exists():
            raise CdkError("the CDK CLI is missing from this environment; run `make setup`.")
        self.log_folder.mkdir(parents=True, exist_ok=True)
        log_path = self.log_folder / f"cdk-{command}.log"
        with log_path.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [str(program), command, *arguments, *_QUIET],
                cwd=working_folder,
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                status = process.wait(TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                raise CdkError(f"cdk {command} took over {TIMEOUT_SECONDS} s; see {log_path}.") from None
            finally:
                _stop(process)
        if status != 0:
            raise CdkError(f"cdk {command} failed: {_reason(log_path)}\nThe whole output is in {log_path}.")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the CLI where Ctrl-C or the time limit left it running."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(log_path: Path) -> str:
    """Return the lines of the CLI's output that say what went wrong."""
    lines = [_COLOUR.sub("", line).rstrip() for line in log_path.read_text(encoding="utf-8").splitlines()]
    words = ("failed:", "_failed", "error", "❌")
    telling = [line.strip() for line in lines if any(word in line.lower() for word in words)]
    return "\n".join(dict.fromkeys(telling or [line for line in lines if line][-5:])) or "no output"
