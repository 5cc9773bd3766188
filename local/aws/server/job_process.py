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

from local.aws.server import _job_guard

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

    @property
    def succeeded(self) -> bool:
        """Whether it ended by itself, and well."""
        return self.exit_status == 0 and not self.was_stopped and not self.timed_out


class JobProcess:
    """A process that runs a container's entrypoint, with the container's paths below a folder.

    It ends with this process, however that ends, and nothing that it has started outlives it.

    Args:
        folder: stands for ``/opt/ml/processing``.
        command: entrypoint and arguments, with the container's paths in them.
        variables: of the container; ``PATH`` is the server's, with its own Python first.
    """

    def __init__(self, folder: Path, command: Sequence[str], variables: Mapping[str, str]) -> None:
        self.folder = folder
        self._command = [part.replace(CONTAINER_ROOT, str(folder)) for part in command]
        self._variables = variables
        self._lock = threading.Lock()
        self._guard: subprocess.Popen[bytes] | None = None
        self._was_stopped = False
        self._timed_out = False

    def run(self, say: Callable[[str], None], timeout_seconds: float) -> JobOutcome:
        """Run to the end, and pass on every line as it comes; what was stopped before never runs.

        Raises:
            OSError: the folder isn't there.
        """
        with self._lock:
            if self._was_stopped:
                return JobOutcome(128 + signal.SIGTERM, was_stopped=True, timed_out=False)
            guard = self._guard = self._start()
        timer = threading.Timer(timeout_seconds, self._time_out)
        timer.daemon = True
        timer.start()
        with guard:
            try:
                for line in guard.stdout or ():
                    say(line.decode("utf-8", "replace").rstrip())
            finally:
                self._end()
                timer.cancel()
        return JobOutcome(guard.returncode, self._was_stopped, self._timed_out)

    def stop(self) -> None:
        """Ask the process to end, and kill it where it does not."""
        with self._lock:
            self._was_stopped = True
            if self._guard is not None:
                self._guard.terminate()
        killer = threading.Timer(_KILL_AFTER_SECONDS, self.kill)
        killer.daemon = True
        killer.start()

    def kill(self) -> None:
        """End the process and what it started at once."""
        with self._lock:
            self._was_stopped = True
        self._end()

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> "subprocess.Popen[bytes]":
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
        return subprocess.Popen(
            [sys.executable, "-I", "-S", _job_guard.__file__, *self._command],
            cwd=self.folder,
            env={**self._variables, "PATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _time_out(self) -> None:
        self._timed_out = True
        self._end()

    def _end(self) -> None:
        """Close the guard's input, at which it kills."""
        with self._lock:
            if self._guard is not None and self._guard.stdin is not None:
                self._guard.stdin.close()
