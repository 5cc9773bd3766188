"""Processing jobs: what SageMaker checks when one is created, and its run, which is a process on the laptop.

No image is pulled. What runs is the entrypoint, in an environment that has a Python and, instead of NVIDIA's
``trtexec``, its stand-in (``local/tensorrt/trtexec.py``), which says so in the job's log and in every plan.

Sources: SageMaker API reference, CreateProcessingJob, DescribeProcessingJob, StopProcessingJob,
ListProcessingJobs; developer guide, "How Amazon SageMaker Processing Runs Your Processing Container Image"
(the exit status decides) and "CloudWatch Logs" of processing jobs (the group; streams
``<job>/algo-1-<seconds>``).
"""

import logging
import os
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.aws.server import ministack_tables
from local.aws.server.errors import AwsError, LaunchError, validation_exception
from local.aws.server.job_account import JobAccount
from local.aws.server.job_process import CONTAINER_ROOT, JobOutcome, JobProcess
from local.aws.server.json_api import Operation
from local.aws.server.listing import list_records
from local.aws.server.models import check_image
from local.aws.server.sagemaker_store import Kind, Record, SageMakerStore
from local.aws.server.scope import Scope

__all__ = ["PROCESSING_JOB", "ProcessingJobs"]

PROCESSING_JOB: Final = Kind("ProcessingJob", "processing-job", "processing job")
LOG_GROUP = "/aws/sagemaker/ProcessingJobs"

_logger = logging.getLogger("seatrial.jobs")

_SERVICE = "sagemaker.amazonaws.com"
_DEFAULT_TIMEOUT_SECONDS = 86400.0
_SUMMARY = (
    "ProcessingJobName",
    "ProcessingJobArn",
    "CreationTime",
    "ProcessingEndTime",
    "LastModifiedTime",
    "ProcessingJobStatus",
    "ExitMessage",
    "FailureReason",
)


class ProcessingJobs:
    """The operations on processing jobs.

    Args:
        store: remembers them.
        folder: where jobs have their folders while they run.
        gateway_port: where S3 and CloudWatch Logs answer, on loopback.
        trtexec: the stand-in.
    """

    def __init__(self, store: SageMakerStore, folder: Path, gateway_port: int, trtexec: Path) -> None:
        self._store = store
        self._folder = folder
        self._gateway_port = gateway_port
        self._trtexec = trtexec
        self._running: dict[str, JobProcess] = {}

    @property
    def operations(self) -> dict[str, Operation]:
        """The operations by name."""
        return {
            "CreateProcessingJob": self.create,
            "DescribeProcessingJob": self.describe,
            "StopProcessingJob": self.stop,
            "ListProcessingJobs": self.list,
        }

    def create(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """CreateProcessingJob: it is checked now, and runs on a thread of its own."""
        check_image(scope, {"Image": request["AppSpecification"]["ImageUri"]})
        self._check_role(scope, request)
        self._check_volume_key(request)
        try:
            record = self._store.add(PROCESSING_JOB, scope, request, ProcessingJobStatus="InProgress")
        except AwsError as error:
            arn = scope.arn(f"{PROCESSING_JOB.segment}/{request[PROCESSING_JOB.name_key]}")
            raise AwsError(
                "ResourceInUse",
                "Job name must be unique within an AWS account and region, and a job with this name already "
                f"exists ({arn})",
            ) from error
        specification = request["AppSpecification"]
        command = [
            *specification.get("ContainerEntrypoint", []),
            *specification.get("ContainerArguments", []),
        ]
        # Names are unique in an account and region only.
        folder = self._folder / f"{record.name}.{uuid.uuid4().hex[:8]}"
        process = JobProcess(folder, command, self._variables(request))
        with self._store.lock:
            self._running[record.arn] = process  # before anybody can ask for its end
        threading.Thread(target=self._run, args=(record, process), daemon=True).start()
        return {"ProcessingJobArn": record.arn}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeProcessingJob."""
        return self._get(scope, request).described()

    def stop(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """StopProcessingJob."""
        record = self._get(scope, request)
        with self._store.lock:
            if record.document["ProcessingJobStatus"] != "InProgress":
                raise validation_exception(
                    "The request was rejected because the processing job is in status "
                    f"{record.document['ProcessingJobStatus']}."
                )
            self._change(record, ProcessingJobStatus="Stopping")
            process = self._running.get(record.arn)
        if process is not None:
            process.stop()
        return {}

    def list(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """ListProcessingJobs."""
        listed = list_records(self._store, PROCESSING_JOB, scope, request)
        found = listed.pop("ProcessingJobs")
        return {
            "ProcessingJobSummaries": [
                {name: job[name] for name in _SUMMARY if name in job} for job in found
            ],
            **listed,
        }

    def stop_everything(self) -> None:
        """Kill every job that runs."""
        with self._store.lock:
            running = list(self._running.values())
        for process in running:
            process.kill()

    def _get(self, scope: Scope, request: Mapping[str, Any]) -> Record:
        name = request["ProcessingJobName"]
        try:
            return self._store.get(PROCESSING_JOB, scope, name)
        except AwsError as error:
            raise validation_exception(f"Could not find requested job with name: {name}") from error

    def _check_role(self, scope: Scope, request: Mapping[str, Any]) -> None:
        arn = request["RoleArn"]
        name = arn.rsplit("/", 1)[-1]
        role = ministack_tables.role(scope, name)
        if role is None or role["Arn"] != arn or not ministack_tables.trusts_service(role, _SERVICE):
            raise validation_exception(
                f"Could not assume role {arn}. Please ensure that the role exists and allows principal "
                f"'{_SERVICE}' to assume the role."
            )

    def _check_volume_key(self, request: Mapping[str, Any]) -> None:
        """Refuse a key for a disk that the hardware encrypts (API reference, ProcessingClusterConfig)."""
        cluster = request["ProcessingResources"]["ClusterConfig"]
        family = cluster["InstanceType"].split(".")[1]
        if cluster.get("VolumeKmsKeyId") and family in {"g4dn", "g5", "g6", "g6e", "p4d", "p5"}:
            raise validation_exception(
                f"VolumeKmsKeyId is not supported for instance type {cluster['InstanceType']}, whose local "
                "storage is encrypted by a hardware module."
            )

    def _run(self, record: Record, process: JobProcess) -> None:
        # Not below the lock, and never raising: whatever goes wrong is the job's failure.
        try:
            self._change(record, ProcessingStartTime=time.time())
            self._end(record, self._work(record, process))
        except (LaunchError, OSError) as error:
            self._change(record, ProcessingJobStatus="Failed", FailureReason=f"ClientError: {error}")
        except Exception as error:  # a thread has no caller: the log and the job must tell
            _logger.exception("processing job %s failed", record.name)
            reason = f"InternalServerError: {type(error).__name__}: {error}"
            self._change(record, ProcessingJobStatus="Failed", FailureReason=reason)
        finally:
            process.clear()
            with self._store.lock:
                self._running.pop(record.arn, None)

    def _work(self, record: Record, process: JobProcess) -> JobOutcome:
        request = record.document
        if not request["AppSpecification"].get("ContainerEntrypoint"):
            raise LaunchError(
                "ContainerEntrypoint is missing: on the laptop no image says what to run; set it"
            )
        process.folder.mkdir(parents=True)
        account = JobAccount(self._gateway_port, record.scope)
        stream = f"{record.name}/algo-1-{int(time.time())}"
        account.open_log(LOG_GROUP, stream)
        self._bring_inputs(account, record, process.folder)
        timeout = request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
        outcome = process.run(
            lambda line: account.log(LOG_GROUP, stream, line), timeout or _DEFAULT_TIMEOUT_SECONDS
        )
        if outcome.succeeded:
            self._take_outputs(account, record, process.folder)
        return outcome

    def _variables(self, request: Mapping[str, Any]) -> dict[str, str]:
        tag = request["AppSpecification"]["ImageUri"].rpartition(":")[2]
        stand_in = {"SEATRIAL_TRTEXEC": str(self._trtexec), "SEATRIAL_TRITON_RELEASE": tag.partition("-")[0]}
        return {**stand_in, **request.get("Environment", {})}

    def _bring_inputs(self, account: JobAccount, record: Record, folder: Path) -> None:
        for each in record.document.get("ProcessingInputs", []):
            source = each["S3Input"]
            self._check_allowed(record, "s3:GetObject", source["S3Uri"])
            account.download(source["S3Uri"], _below(folder, source["LocalPath"]))

    def _check_allowed(self, record: Record, action: str, url: str) -> None:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        allowed = ministack_tables.evaluate_role(
            record.scope,
            record.document["RoleArn"].rsplit("/", 1)[-1],
            action,
            f"arn:aws:s3:::{bucket}/{key.rstrip('/')}/any",
            ministack_tables.bucket_policy(record.scope, bucket),
        )
        if not allowed:
            raise LaunchError(f"AccessDenied: the job's role lacks {action} below {url}")

    def _take_outputs(self, account: JobAccount, record: Record, folder: Path) -> None:
        for each in record.document.get("ProcessingOutputConfig", {}).get("Outputs", []):
            target = each["S3Output"]
            source = _below(folder, target["LocalPath"])
            self._check_allowed(record, "s3:PutObject", target["S3Uri"])
            if source.is_dir():
                account.upload(source, target["S3Uri"])

    def _end(self, record: Record, outcome: JobOutcome) -> None:
        if outcome.timed_out or outcome.was_stopped:
            reason = "MaxRuntimeExceeded" if outcome.timed_out else "StopProcessingJob"
            self._change(record, ProcessingJobStatus="Stopped", ExitMessage=reason)
        elif outcome.exit_status:
            reason = f"AlgorithmError: See job logs for more information, exit code: {outcome.exit_status}"
            self._change(record, ProcessingJobStatus="Failed", FailureReason=reason)
        else:
            self._change(record, ProcessingJobStatus="Completed")

    def _change(self, record: Record, **members: object) -> None:
        with self._store.lock:
            record.document.update(members)
            record.last_modified_time = time.time()
            if record.document["ProcessingJobStatus"] in {"Completed", "Failed", "Stopped"}:
                record.document["ProcessingEndTime"] = record.last_modified_time


def _below(folder: Path, local_path: str) -> Path:
    if not os.path.normpath(local_path).startswith(f"{CONTAINER_ROOT}/"):
        raise LaunchError(f"LocalPath {local_path!r} is not below {CONTAINER_ROOT}/")
    return folder / os.path.relpath(local_path, CONTAINER_ROOT)
