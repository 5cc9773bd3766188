"""One build of a CodeBuild project: started, followed to its end, stopped where nobody waits.

Source: CodeBuild API reference, StartBuild, BatchGetBuilds, StopBuild, Build (statuses and phases).
"""

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from model_packaging.remote.account_clients import AccountClients
from model_packaging.remote.errors import JobFailedError, JobStoppedError
from model_packaging.remote.job_log import JobLog

__all__ = ["CodeBuildJob"]

_RUNNING = "IN_PROGRESS"


class CodeBuildJob:
    """A build by its id.

    Args:
        clients: of the account.
        build_id: ``<project>:<uuid>``.
    """

    def __init__(self, clients: AccountClients, build_id: str) -> None:
        self.name = build_id
        self._clients = clients
        self._codebuild = clients.client("codebuild")
        self._log: JobLog | None = None

    @classmethod
    def start(
        cls, clients: AccountClients, project: str, source: str, variables: Mapping[str, str]
    ) -> "CodeBuildJob":
        """Start a build of ``project`` from ``source``, ``<bucket>/<key>`` of a zip archive.

        Raises:
            JobFailedError: CodeBuild refuses it.
        """
        codebuild = clients.client("codebuild")
        try:
            build = codebuild.start_build(
                projectName=project,
                sourceTypeOverride="S3",
                sourceLocationOverride=source,
                environmentVariablesOverride=[
                    {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
                ],
            )["build"]
        except codebuild.exceptions.ClientError as error:
            raise JobFailedError(
                f"CodeBuild refuses the build ({error}).",
                f"let your role start, see and stop builds of the project {project}.",
            ) from error
        return cls(clients, build["id"])

    def follow(
        self,
        cancelled: threading.Event,
        poll_seconds: float,
        say_status: Callable[[str], None],
        say_line: Callable[[str], None],
    ) -> None:
        """Wait until the build has ended, and pass on its phases and its log.

        Raises:
            JobFailedError: it failed.
            JobStoppedError: somebody stopped it, or the wait was cancelled: then it is stopped.
        """
        try:
            build = self._wait(cancelled, poll_seconds, say_status, say_line)
        except BaseException:
            from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see AccountClients

            with contextlib.suppress(BotoCoreError, ClientError):  # why it is stopped matters more
                self._codebuild.stop_build(id=self.name)
            raise
        status = build["buildStatus"]
        if status == "STOPPED":
            raise JobStoppedError(f"its build {self.name} was stopped.", "run the command again.")
        if status != "SUCCEEDED":
            raise JobFailedError(
                f"its build {self.name} ended as {status}{_why(build)}.", "read the build's log above."
            )

    def _wait(
        self,
        cancelled: threading.Event,
        poll_seconds: float,
        say_status: Callable[[str], None],
        say_line: Callable[[str], None],
    ) -> dict[str, Any]:
        said = ""
        while True:
            build: dict[str, Any] = self._codebuild.batch_get_builds(ids=[self.name])["builds"][0]
            phase = build.get("currentPhase", "")
            if phase != said:
                say_status(phase)
                said = phase
            for line in self._lines(build):
                say_line(line.rstrip("\n"))
            if build["buildStatus"] != _RUNNING:
                return build
            if cancelled.wait(poll_seconds):
                raise JobStoppedError(f"waiting for its build {self.name} was cancelled.", "run it again.")

    def _lines(self, build: Mapping[str, Any]) -> list[str]:
        logs = build.get("logs", {})
        if self._log is None and logs.get("groupName") and logs.get("streamName"):
            self._log = JobLog(self._clients.client("logs"), logs["groupName"], logs["streamName"])
        return list(self._log.new_lines()) if self._log is not None else []


def _why(build: Mapping[str, Any]) -> str:
    """Return the words of the phase that failed."""
    for phase in build.get("phases", ()):
        if phase.get("phaseStatus") not in (None, "SUCCEEDED"):
            said = "; ".join(each["message"] for each in phase.get("contexts", ()) if each.get("message"))
            return f" in {phase['phaseType']}" + (f" ({said})" if said else "")
    return ""
