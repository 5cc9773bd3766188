"""One SageMaker processing job: started or joined, followed to its end, stopped where nobody waits.

Source: SageMaker API reference, CreateProcessingJob and DescribeProcessingJob; developer guide, "Process
data", "CloudWatch Logs and metrics for processing jobs" (log group and streams).
"""

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from model_packaging.remote.account_clients import AccountClients
from model_packaging.remote.errors import JobFailedError, JobStoppedError
from model_packaging.remote.job_log import JobLog

__all__ = ["LOG_GROUP", "ProcessingJob"]

LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
_ERROR_MARK = "SEATRIAL-ERROR "
_RUNNING = frozenset({"InProgress", "Stopping"})


class ProcessingJob:
    """A job by name.

    Args:
        clients: of the account.
        name: of the job.
        is_ours: whether this process started it, and so stops it where it is interrupted.
    """

    def __init__(self, clients: AccountClients, name: str, *, is_ours: bool) -> None:
        self.name = name
        self._sagemaker = clients.client("sagemaker")
        self._log = JobLog(clients.client("logs"), LOG_GROUP, f"{name}/")
        self._is_ours = is_ours
        self._last_error = ""

    @classmethod
    def start_or_join(
        cls, clients: AccountClients, name_prefix: str, request: Mapping[str, Any]
    ) -> "ProcessingJob":
        """Join the job of ``name_prefix`` that runs, or start another one: names can't be used again.

        Two who start at once choose the same name, and the second of them joins.

        Raises:
            JobFailedError: SageMaker refuses the job.
        """
        sagemaker = clients.client("sagemaker")
        name = ""
        try:
            earlier = sagemaker.list_processing_jobs(
                NameContains=name_prefix, SortBy="CreationTime", SortOrder="Descending", MaxResults=100
            )["ProcessingJobSummaries"]
            running = [each for each in earlier if each["ProcessingJobStatus"] in _RUNNING]
            if running:
                return cls(clients, running[0]["ProcessingJobName"], is_ours=False)
            name = f"{name_prefix}-{len(earlier) + 1}"
            sagemaker.create_processing_job(ProcessingJobName=name, **request)
        except sagemaker.exceptions.ResourceInUse:
            return cls(clients, name, is_ours=False)
        except sagemaker.exceptions.ClientError as error:
            raise JobFailedError(
                f"SageMaker refuses the job ({error}).",
                "let your role create, describe, list and stop processing jobs and pass the stack's role; "
                "a quota is raised in Service Quotas, SageMaker, '<instance type> for processing job usage'.",
            ) from error
        return cls(clients, name, is_ours=True)

    def follow(
        self,
        cancelled: threading.Event,
        poll_seconds: float,
        say_status: Callable[[str], None],
        say_line: Callable[[str], None],
    ) -> None:
        """Wait until the job has ended, and pass on what it says and what becomes of it.

        Raises:
            JobFailedError: it failed.
            JobStoppedError: somebody stopped it, or the wait was cancelled: then a job of ours is stopped.
        """
        try:
            described = self._wait(cancelled, poll_seconds, say_status, say_line)
        except BaseException:
            if self._is_ours:
                self._stop()
            raise
        status = described["ProcessingJobStatus"]
        if status == "Stopped":
            why = described.get("ExitMessage") or described.get("FailureReason") or "by somebody"
            raise JobStoppedError(f"its job {self.name} was stopped ({why}).", "run the command again.")
        if status != "Completed":
            raise JobFailedError(
                f"its job {self.name} failed: {self._why(described)}.",
                f"read the job's log above, or in CloudWatch Logs below {LOG_GROUP}/{self.name}.",
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
            described: dict[str, Any] = self._sagemaker.describe_processing_job(ProcessingJobName=self.name)
            status = described["ProcessingJobStatus"]
            if status != said:
                say_status(status)
                said = status
            for line in self._log.new_lines():
                if line.startswith(_ERROR_MARK):
                    self._last_error = line.removeprefix(_ERROR_MARK)
                say_line(line)
            if status not in _RUNNING:
                return described
            if cancelled.wait(poll_seconds):
                raise JobStoppedError(f"waiting for its job {self.name} was cancelled.", "run it again.")

    def _why(self, described: Mapping[str, Any]) -> str:
        """Return the script's own last words, before SageMaker's about its exit status."""
        words = self._last_error or described.get("FailureReason") or described.get("ExitMessage", "")
        return words.rstrip(".") or "SageMaker gives no reason"

    def _stop(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see AccountClients

        # Why it is stopped matters more; and its own time-out ends it where this doesn't.
        with contextlib.suppress(BotoCoreError, ClientError):
            self._sagemaker.stop_processing_job(ProcessingJobName=self.name)
