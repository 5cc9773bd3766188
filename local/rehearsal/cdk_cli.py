"""Running the stock CDK CLI, as a user would, against the laptop's AWS."""

import os
import re
import signal
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
# local-encoder | 6/8 | 1:28:53 AM | CREATE_FAILED | AWS::SageMaker::Endpoint | Endpoint (Id) the reason
_FAILED_EVENT = re.compile(
    r"(?P<stack>\S+) \|(?: *\d+/\d+ \|)? *[\d:]+ [AP]M \| \w+_FAILED +\| (?P<type>\S+) +\| (?P<words>.*)"
)
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
                start_new_session=True,
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
    """End the CLI with all that it started, where Ctrl-C or the time limit left them running."""
    if process.poll() is not None:
        return
    # The whole group: the launchers of cdk and of node would leave the CLI itself behind.
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
        return


def _reason(log_path: Path) -> str:
    """Return what the CLI's output says went wrong: each failed resource once, else its errors."""
    lines = [_COLOUR.sub("", line).rstrip() for line in log_path.read_text(encoding="utf-8").splitlines()]
    failed = [_FAILED_EVENT.match(line) for line in lines]
    events = [f"{event['stack']}: {event['type']} {event['words']}" for event in failed if event]
    if events:
        return "\n".join(dict.fromkeys(events))
    words = ("failed:", "error", "❌")
    telling = [line.strip() for line in lines if any(word in line.lower() for word in words)]
    return "\n".join(dict.fromkeys(telling or [line for line in lines if line][-5:])) or "no output"
