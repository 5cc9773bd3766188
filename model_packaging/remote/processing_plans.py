"""Builds TensorRT plans in the account: a processing job each, in the image and on the GPU that serve it."""

import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import catalogue
from model_packaging.artifact.plan_header import PlanHeaderError, read_plan_header
from model_packaging.remote.account_clients import AccountClients, account_words
from model_packaging.remote.build_place import BuildPlace
from model_packaging.remote.build_storage import BuildStorage
from model_packaging.remote.errors import RemoteResultError
from model_packaging.remote.plan_request import PLAN_SCRIPT, PlanRequest, trtexec_arguments
from model_packaging.remote.processing_job import ProcessingJob
from model_packaging.remote.progress import RemoteListener, RemoteProgress
from spec.remote_build import RemoteBuild

__all__ = ["POLL_SECONDS", "ProcessingPlans", "job_name_prefix"]

POLL_SECONDS = 5.0
"""Between two looks at a job: DescribeProcessingJob and GetLogEvents are throttled by account."""

_ROOT = "/opt/ml/processing"
_NAME_DIGITS = 24


class ProcessingPlans:
    """A ``PlanBuilder``: what was built once from the same inputs is found, at one request.

    Args:
        clients: of the account.
        place: where its builds lie.
        build: the deployment file's section.
        listen: told of every step and of every line of a job's log.
        region: of the deployment.
        poll_seconds: between two looks at a job.

    Attributes:
        region: as given.
    """

    def __init__(
        self,
        clients: AccountClients,
        place: BuildPlace,
        build: RemoteBuild,
        listen: RemoteListener,
        *,
        region: str,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.region = region
        self._clients = clients
        self._place = place
        self._build = build
        self._listen = listen
        self._poll_seconds = poll_seconds

    def build_plan(self, request: PlanRequest, destination: Path, cancelled: threading.Event) -> None:
        """Build the plan, or find it, and leave it at ``destination``.

        Raises:
            RemoteBuildError: it can't be asked for, its job fails, or it is cancelled, which stops its job.
            OSError: it can't be written.
        """
        with account_words():
            self._build_plan(request, destination, cancelled)

    def _build_plan(self, request: PlanRequest, destination: Path, cancelled: threading.Event) -> None:
        key = request.key()
        storage = BuildStorage(
            self._clients.client("s3"), self._place.bucket, f"{self._place.prefix}plans/{key}/"
        )
        result = storage.read_json("output/result.json")
        if result is None:
            self._run(request, key, storage, cancelled)
            result = storage.read_json("output/result.json")
        else:
            self._listen(RemoteProgress(request.model, "", "Found"))
        if result is None or result.get("key") != key:
            raise RemoteResultError(
                f"its job ended well and left no result at {storage.url('output/')}.", "run it again."
            )
        self._listen(RemoteProgress(request.model, "", "Downloading"))
        storage.fetch("output/model.plan", destination, result["plan_sha256"], cancelled)
        _check_header(destination, result["tensorrt_version"])

    def _run(self, request: PlanRequest, key: str, storage: BuildStorage, cancelled: threading.Event) -> None:
        self._listen(RemoteProgress(request.model, "", "Uploading"))
        for file in request.files:
            storage.send(file, f"input/{file.name}", cancelled)
        storage.send(PLAN_SCRIPT, f"input/{PLAN_SCRIPT.name}", cancelled)
        job = {"key": key, "onnx": request.onnx.name, "arguments": trtexec_arguments(request)}
        storage.send_bytes(json.dumps(job, sort_keys=True).encode(), "input/job.json")
        started = ProcessingJob.start_or_join(
            self._clients, job_name_prefix(storage), self._request(request, storage)
        )

        def say_status(status: str) -> None:
            self._listen(RemoteProgress(request.model, started.name, status))

        def say_line(line: str) -> None:
            self._listen(RemoteProgress(request.model, started.name, "", line))

        started.follow(cancelled, self._poll_seconds, say_status, say_line)

    def _request(self, request: PlanRequest, storage: BuildStorage) -> Mapping[str, Any]:
        """Return the members of CreateProcessingJob, but the name.

        Without a network the container needs no VPC: SageMaker itself brings inputs and takes outputs
        (SageMaker API reference, NetworkConfig, EnableNetworkIsolation).
        """
        instance_type = request.tensorrt.instance_type
        takes_key = catalogue.instance_type(instance_type).takes_volume_kms_key
        return {
            "RoleArn": self._place.job_role_arn,
            "AppSpecification": {
                "ImageUri": request.image_uri,
                "ContainerEntrypoint": ["python3", f"{_ROOT}/input/{PLAN_SCRIPT.name}"],
                "ContainerArguments": [_ROOT],
            },
            "ProcessingInputs": [
                {
                    "InputName": "input",
                    "S3Input": {
                        "S3Uri": storage.url("input/"),
                        "LocalPath": f"{_ROOT}/input",
                        "S3DataType": "S3Prefix",
                        "S3InputMode": "File",
                    },
                }
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "output",
                        "S3Output": {
                            "S3Uri": storage.url("output"),
                            "LocalPath": f"{_ROOT}/output",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                ]
            },
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": instance_type,
                    "VolumeSizeInGB": self._build.volume_gib,
                    **({"VolumeKmsKeyId": self._place.volume_key_arn} if takes_key else {}),
                }
            },
            "NetworkConfig": {"EnableNetworkIsolation": True},
            "StoppingCondition": {"MaxRuntimeInSeconds": self._build.timeout_minutes * 60},
            "Tags": [{"Key": "seatrial:model", "Value": request.model}],
        }


def job_name_prefix(storage: BuildStorage) -> str:
    """Return how the names of the jobs begin whose results go to ``storage``."""
    return f"seatrial-{hashlib.sha256(storage.url('').encode()).hexdigest()[:_NAME_DIGITS]}"


def _check_header(plan: Path, tensorrt_version: str) -> None:
    try:
        found = read_plan_header(plan).version_text
    except PlanHeaderError as error:
        raise RemoteResultError(f"its job left no TensorRT plan ({error}).", "run it again.") from error
    if found != tensorrt_version:
        raise RemoteResultError(
            f"its plan is of TensorRT {found}, its job says {tensorrt_version}.",
            "delete what lies beside it in S3 and run it again.",
        )
