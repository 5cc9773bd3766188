"""The laptop's AWS: one server process per state folder, in the background, found again by its state."""

import http.client
import json
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.aws.client._control import post_control
from local.aws.client._ports import DEFAULT_PORT, DEFAULT_RUNTIME_PORT, choose_ports
from local.aws.client._server_process import end_server, end_started_server, last_words, start_server
from local.aws.client._state_files import one_start_at_a_time
from local.aws.client._variables import aws_variables
from local.aws.client.errors import LocalAwsError, LocalAwsStartError
from local.aws.client.status import LocalAwsStatus, endpoints_of
from local.aws.server_state import STATE_FILE_NAME, ServerState, read_server_state

__all__ = ["DEFAULT_PORT", "DEFAULT_RUNTIME_PORT", "LocalAws"]

_ENVIRONMENT_FOLDER = ".venv-aws"
_LOG_FILE_NAME = "server.log"
_STATUS_PATH = "/_seatrial/status"
_CLOCK_PATH = "/_seatrial/clock"
_DELAYS_PATH = "/_seatrial/delays"
_HEALTH_PATH = "/_ministack/health"
_START_SECONDS = 60.0
_OTHER_START_SECONDS = 120.0
"""More than another start takes that ends a leftover by force first."""
_REQUEST_SECONDS = 5.0
_ADVANCE_SECONDS = 310.0
"""The server gives up a little sooner, and says why."""
_POLL_SECONDS = 0.05

ProgressListener = Callable[[str], None]


class LocalAws:
    """The laptop's AWS of a project.

    Args:
        project_root: the repository's root, where the environments are.
        state_dir: what the server keeps while it runs; ``.seatrial/local`` below the root if not given.
        port: of the gateway; else ``SEATRIAL_LOCAL_PORT``, else that of a running server, else 4577.
        runtime_port: of ``sagemaker-runtime``; else ``SEATRIAL_LOCAL_RUNTIME_PORT``, else that of a running
            server, else the one behind the gateway's.
        as_of: the year whose AWS it is to stand for, one of ``AS_OF_YEARS``; else that of a running server,
            else today's.

    Raises:
        LocalAwsError: a port is none, or both are the same.
    """

    def __init__(
        self,
        project_root: Path,
        state_dir: Path | None = None,
        *,
        port: int | None = None,
        runtime_port: int | None = None,
        as_of: int | None = None,
    ) -> None:
        self._project_root = project_root.resolve()
        self._state_dir = (state_dir or project_root / ".seatrial" / "local").resolve()
        self._ports = choose_ports(port, runtime_port)
        self._as_of = as_of

    def up(self, progress: ProgressListener | None = None) -> LocalAwsStatus:
        """Start the server unless it runs already, and return once it answers.

        Args:
            progress: told what is being done, a line at a time.

        Raises:
            LocalAwsError: it runs already, but not on the port or as of the year that was asked for.
            LocalPortBusyError: a port is taken.
            LocalAwsStartError: the server's environment is missing, its state folder can't be written, it
                ended or didn't answer in time, or another start doesn't end.
        """
        tell = progress or (lambda _: None)
        if status := self._status_where_up(tell):
            return status
        python = self._project_root / _ENVIRONMENT_FOLDER / "bin" / "python"
        if not python.exists():
            raise LocalAwsStartError(f"{python} is missing: run `make setup` first")
        with one_start_at_a_time(self._state_dir, _OTHER_START_SECONDS):
            # Another start may just have ended: its server is neither a leftover nor started again.
            return self._status_where_up(tell) or self._start(python, tell)

    def status(self) -> LocalAwsStatus:
        """Return what runs, as the server itself says."""
        state = self._running_state()
        report = _get_json(state.runtime_port, _STATUS_PATH) if state else None
        if state is None or report is None or _get_json(state.port, _HEALTH_PATH) is None:
            return LocalAwsStatus(
                running=False,
                port=self._ports.gateway,
                runtime_port=self._ports.runtime,
                log_path=self._log_path,
            )
        return LocalAwsStatus(
            running=True,
            port=state.port,
            runtime_port=state.runtime_port,
            log_path=self._log_path,
            pid=state.pid,
            as_of=report.get("as_of"),
            endpoints=endpoints_of(report),
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that point the CDK CLI, the AWS CLI and boto3 at the laptop's AWS."""
        state = self._running_state()
        if state is None:
            return aws_variables(self._ports.gateway, self._ports.runtime)
        return aws_variables(state.port, state.runtime_port)

    def down(self) -> bool:
        """Stop the server with everything that it runs; return whether one ran.

        Raises:
            LocalAwsError: it can't be stopped.
        """
        state = self._running_state()
        if state is not None:
            end_server(state)
            self._forget(state.pid)
        return state is not None

    def advance_clock(self, seconds: float) -> float:
        """Move the server's clock ahead; return what it shows then, in seconds since the epoch.

        Metrics, alarms, autoscaling and the waits of rolling updates go by that clock. All that falls due
        meanwhile is done, in order, before this returns: a copy that is started is in service.

        Raises:
            LocalAwsError: nothing runs, or the server refuses; the message says why.
        """
        document = {"advance_seconds": seconds}
        answer = self._control(_CLOCK_PATH, document, whose="the clock", timeout_seconds=_ADVANCE_SECONDS)
        return float(answer["now"])

    def set_delays(
        self,
        *,
        provisioning_seconds: float = 0.0,
        copy_start_seconds: float = 0.0,
        idle_release_seconds: float | None = None,
    ) -> None:
        """Have instances and copies of inference components take so long, on the server's clock.

        Without arguments everything is as at first: instances are there at once, copies as soon as their
        Triton is.

        Args:
            provisioning_seconds: from an instance's launch until copies can start on it.
            copy_start_seconds: from then, or from its placement if the instance is there, until a copy
                answers.
            idle_release_seconds: how long an instance without copies stays; None for the server's own.

        Raises:
            LocalAwsError: nothing runs, or the server refuses; the message says why.
        """
        document = {
            "provisioning_seconds": provisioning_seconds,
            "copy_start_seconds": copy_start_seconds,
            "idle_release_seconds": idle_release_seconds,
        }
        self._control(_DELAYS_PATH, document, whose="the delays", timeout_seconds=_REQUEST_SECONDS)

    # --- steps ---

    def _control(
        self, path: str, document: Mapping[str, object], *, whose: str, timeout_seconds: float
    ) -> dict[str, Any]:
        state = self._running_state()
        if state is None:
            raise LocalAwsError("the laptop's AWS doesn't run: start it with `seatrial local up`")
        return post_control(state.runtime_port, path, document, whose=whose, timeout_seconds=timeout_seconds)

    @property
    def _log_path(self) -> Path:
        return self._state_dir / _LOG_FILE_NAME

    def _running_state(self) -> ServerState | None:
        state = self._last_state()
        return state if state is not None and state.is_alive() else None

    def _last_state(self) -> ServerState | None:
        try:
            return read_server_state(self._state_dir)
        except OSError as error:
            path = self._state_dir / STATE_FILE_NAME
            raise LocalAwsError(
                f"{path} can't be read ({error.strerror or error}): make it readable"
            ) from error

    def _forget(self, pid: int) -> None:
        """Remove what a server that was killed left behind."""
        state = self._last_state()
        if state is not None and state.pid == pid:
            (self._state_dir / STATE_FILE_NAME).unlink(missing_ok=True)

    def _end_leftover(self) -> None:
        """End a server that has this folder but doesn't answer."""
        state = self._running_state()
        if state is not None:
            end_server(state)

    def _status_where_up(self, tell: ProgressListener) -> LocalAwsStatus | None:
        status = self.status()
        if not status.running:
            return None
        self._ports.check_same(status.port, status.runtime_port)
        if self._as_of is not None and status.as_of != self._as_of:
            stands_for = f"as of {status.as_of}" if status.as_of else "as of today"
            raise LocalAwsError(
                f"the laptop's AWS runs {stands_for}, not as of {self._as_of}: stop it first with "
                "`seatrial local down`; what is deployed to it goes"
            )
        tell(f"the laptop's AWS runs already, on port {status.port}")
        return status

    def _start(self, python: Path, tell: ProgressListener) -> LocalAwsStatus:
        self._end_leftover()
        self._ports.check_free()
        tell(f"starting the laptop's AWS on ports {self._ports.gateway} and {self._ports.runtime}")
        process = start_server(
            python,
            self._project_root,
            self._state_dir,
            self._log_path,
            port=self._ports.gateway,
            runtime_port=self._ports.runtime,
            as_of=self._as_of,
        )
        try:
            return self._wait_until_up(process)
        except BaseException:
            end_started_server(process)
            self._forget(process.pid)
            raise

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> LocalAwsStatus:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            # An orphan of a start that was killed may have taken the folder: then that one is waited for.
            if process.poll() is not None and self._running_state() is None:
                raise LocalAwsStartError(
                    f"the laptop's AWS ended with status {process.returncode}: {last_words(self._log_path)} "
                    f"(log: {self._log_path})"
                )
            status = self.status()
            if status.running:
                return status
            time.sleep(_POLL_SECONDS)
        raise LocalAwsStartError(
            f"the laptop's AWS did not answer within {_START_SECONDS:.0f} s (log: {self._log_path})"
        )


def _get_json(port: int, path: str) -> Mapping[str, Any] | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_REQUEST_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        document = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return document if response.status == http.client.OK and isinstance(document, dict) else None
