"""One job on the laptop: a process in a folder that stands for its container's."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CONTAINER_ROOT", "JobOutcome", "JobProcess"]

CONTAINER_ROOT = "/opt/ml/processing"
"""Below which every path of a processing job lies (SageMaker developer guide, "How Amazon SageMaker
Processing Configures Input and Output For Your Processing Container")."""

_KILL_AFTER_SECONDS = 120.0
"""Between SIGTERM and SIGKILL (SageMaker API reference, StopProcessingJob)."""


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How a job's process ended.

    Attributes:
        exit_status: as a shell has it: 128 and the signal's number where one ended it.
        was_stopped: whether it was asked to stop.
        timed_out: whether it took too long.
    """

    exit_status: int
    was_stopped: bool
    timed_out: bool


class JobProcess:
    """A process that runs a container's entrypoint, with the container's paths below a folder.

    Args:
        folder: stands for ``/opt/ml/processing``.
        command: entrypoint and arguments, with the container's paths in them.
        variables: of the container; ``PATH`` is the server's, with its own Python first.
    """

    def __init__(self, folder: Path, command: Sequence[str], variables: Mapping[str, str]) -> None:
        self.folder = folder
        self._command = [part.replace(CONTAINER_ROOT, str(folder)) for part in command]
        self._variables = variables
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()
        self._timed_out = threading.Event()

    def run(self, say: Callable[[str], None], timeout_seconds: float) -> JobOutcome:
        """Run to the end, and pass on every line as it comes.

        Raises:
            OSError: there is no such program.
        """
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
        self._process = subprocess.Popen(
            self._command,
            cwd=self.folder,
            env={**self._variables, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        timer = threading.Timer(timeout_seconds, self._time_out)
        timer.daemon = True
        timer.start()
        with self._process as process:
            if self._stopped.is_set():
                self.stop()  # it was asked for before there was anything to stop
            for line in process.stdout or ():
                say(line.decode("utf-8", "replace").rstrip())
        timer.cancel()
        code = process.returncode
        exit_status = code if code >= 0 else 128 - code
        return JobOutcome(exit_status, self._stopped.is_set(), self._timed_out.is_set())

    def stop(self) -> None:
        """Ask the process to end, and kill it where it does not."""
        self._stopped.set()
        if self._process is not None:
            self._signal(signal.SIGTERM)
            killer = threading.Timer(_KILL_AFTER_SECONDS, self.kill)
            killer.daemon = True
            killer.start()

    def kill(self) -> None:
        """End the process and what it started at once."""
        self._stopped.set()
        self._signal(signal.SIGKILL)

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _time_out(self) -> None:
        self._timed_out.set()
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, number)
