"""TensorRT plans built by processing jobs of the laptop's AWS, from the request to the plan on the disk."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.client import LocalAws
from local.tensorrt.trtexec import STAND_IN_MARK
from model_packaging.artifact.plan_header import read_plan_header
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.remote.account_clients import AccountClients
from model_packaging.remote.build_place import BuildPlace
from model_packaging.remote.build_storage import BuildStorage
from model_packaging.remote.errors import JobFailedError, JobStoppedError, RemoteResultError
from model_packaging.remote.plan_request import PlanRequest
from model_packaging.remote.processing_plans import ProcessingPlans, job_name_prefix
from model_packaging.remote.progress import RemoteListener, RemoteProgress
from spec.remote_build import RemoteBuild
from spec.tensorrt import TensorRT
from tests.local.aws.account import BUCKET, IMAGE, Account

pytestmark = pytest.mark.integration

_SIGNATURE = Signature(
    (TensorSpec("tokens", "INT64", (8,)),), (TensorSpec("OUTPUT__0", "FP32", (2,)),), batched=True
)
_POLL_SECONDS = 0.05
_SLOW = "import time\nprint('slow', flush=True)\ntime.sleep(30)\n"


@dataclass
class Building:
    """The local account with a role that jobs assume, and what a builder said."""

    account: Account
    place: BuildPlace
    clients: AccountClients
    said: list[RemoteProgress] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plans = self._plans(self.said.append)

    @property
    def statuses(self) -> list[str]:
        return [each.status for each in self.said if each.status]

    @property
    def lines(self) -> list[str]:
        return [each.line for each in self.said if each.line]

    def request(self, folder: Path, onnx: bytes) -> PlanRequest:
        (folder / "onnx").mkdir()
        (folder / "onnx" / "model.onnx").write_bytes(onnx)
        tensorrt = TensorRT(instance_type="ml.g4dn.xlarge", precision="fp16")
        return PlanRequest("encoder", folder / "onnx" / "model.onnx", _SIGNATURE, 16, tensorrt, IMAGE)

    def name_prefix(self, request: PlanRequest) -> str:
        prefix = f"{self.place.prefix}plans/{request.key()}/"
        return job_name_prefix(BuildStorage(self.account.s3, BUCKET, prefix))

    def interrupted_at(self, line: str) -> ProcessingPlans:
        """Return a builder that is interrupted when a job says ``line``."""

        def listen(progress: RemoteProgress) -> None:
            if progress.line == line:
                raise KeyboardInterrupt

        return self._plans(listen)

    def cancelling_at(self, line: str, cancelled: threading.Event) -> ProcessingPlans:
        """Return a builder whose ``cancelled`` is set when a job says ``line``."""

        def listen(progress: RemoteProgress) -> None:
            if progress.line == line:
                cancelled.set()

        return self._plans(listen)

    def _plans(self, listen: RemoteListener) -> ProcessingPlans:
        return ProcessingPlans(
            self.clients,
            self.place,
            RemoteBuild(type="account"),
            listen,
            region="us-east-1",
            poll_seconds=_POLL_SECONDS,
        )

    def ended_jobs(self, request: PlanRequest) -> list[dict[str, Any]]:
        """Describe the jobs of a request once all of them have ended."""
        while any(each["ProcessingJobStatus"] in {"InProgress", "Stopping"} for each in self.jobs(request)):
            time.sleep(_POLL_SECONDS)
        return self.jobs(request)

    def jobs(self, request: PlanRequest) -> list[dict[str, Any]]:
        """Describe the jobs that were started for a request."""
        listed = self.account.sagemaker.list_processing_jobs(NameContains=self.name_prefix(request))
        names = [each["ProcessingJobName"] for each in listed["ProcessingJobSummaries"]]
        return [self.account.sagemaker.describe_processing_job(ProcessingJobName=name) for name in names]


@pytest.fixture
def building(account: Account, local_aws: LocalAws) -> Building:
    """A builder in the local account, by a role that may do what the stack's may."""
    iam = account.client("iam")
    name = account.new_name("build")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]
    objects = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"arn:aws:s3:::{BUCKET}/{name}/*",
    }
    iam.put_role_policy(
        RoleName=name,
        PolicyName="objects",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [objects]}),
    )
    place = BuildPlace(BUCKET, f"{name}/", role["Arn"], "project", "arn:aws:kms:us-east-1:0:key/k")
    return Building(account, place, AccountClients.of_laptop("us-east-1", local_aws.environment()))


def test_plan_is_built_followed_and_found_again(building: Building, tmp_path: Path) -> None:
    """The log's lines arrive, the plan has the image's TensorRT, and the second time no job is started."""
    request = building.request(tmp_path, b"\x08\x0a\x12\x07pytorch")

    building.plans.build_plan(request, tmp_path / "first.plan", threading.Event())

    assert read_plan_header(tmp_path / "first.plan").version_text == "10.4.0.26"
    assert (tmp_path / "first.plan").read_bytes()[28:].startswith(STAND_IN_MARK)
    assert building.statuses == ["Uploading", "InProgress", "Completed", "Downloading"]
    assert building.lines[1].startswith("&&&& RUNNING TensorRT.trtexec [TensorRT v100400]")
    assert (
        "--fp16 --minShapes=tokens:1x8 --optShapes=tokens:16x8 --maxShapes=tokens:16x8" in building.lines[1]
    )
    assert building.lines[-1].startswith("built a plan of TensorRT 10.4.0.26")
    building.said.clear()

    building.plans.build_plan(request, tmp_path / "second.plan", threading.Event())

    assert building.statuses == ["Found", "Downloading"]
    assert (tmp_path / "second.plan").read_bytes() == (tmp_path / "first.plan").read_bytes()
    (job,) = building.jobs(request)
    assert job["NetworkConfig"] == {"EnableNetworkIsolation": True}
    assert job["ProcessingResources"]["ClusterConfig"] == {
        "InstanceCount": 1,
        "InstanceType": "ml.g4dn.xlarge",
        "VolumeSizeInGB": 50,
    }
    assert job["AppSpecification"]["ImageUri"] == IMAGE


def test_failure_is_told_in_the_scripts_words(building: Building, tmp_path: Path) -> None:
    """The lines of trtexec are relayed, the error says why, and a mended model takes another job."""
    request = building.request(tmp_path, b"no onnx, but text")

    with pytest.raises(JobFailedError) as failed:
        building.plans.build_plan(request, tmp_path / "model.plan", threading.Event())

    assert failed.value.cause.endswith("failed: trtexec exited with 1; its lines above say why.")
    assert "[E] [TRT] ModelImporter.cpp: Failed to parse ONNX model" in "\n".join(building.lines)
    assert building.statuses[-1] == "Failed"
    assert not (tmp_path / "model.plan").exists()
    with pytest.raises(JobFailedError):
        building.plans.build_plan(request, tmp_path / "model.plan", threading.Event())
    assert sorted(each["ProcessingJobName"][-2:] for each in building.jobs(request)) == ["-1", "-2"]


@pytest.mark.usefixtures("slow_script")
def test_interrupted_build_stops_its_job(building: Building, tmp_path: Path) -> None:
    """Ctrl-C while a job runs leaves none behind."""
    request = building.request(tmp_path, b"\x08\x0a\x12\x07pytorch")

    with pytest.raises(KeyboardInterrupt):
        building.interrupted_at("slow").build_plan(request, tmp_path / "model.plan", threading.Event())

    (job,) = building.ended_jobs(request)
    assert job["ProcessingJobStatus"] == "Stopped"


@pytest.mark.usefixtures("slow_script")
def test_cancelled_build_stops_its_job(building: Building, tmp_path: Path) -> None:
    """Another thread's failure ends the wait, and the job with it."""
    request = building.request(tmp_path, b"\x08\x0a\x12\x07pytorch")
    cancelled = threading.Event()
    plans = building.cancelling_at("slow", cancelled)

    with pytest.raises(JobStoppedError, match=r"waiting for its job seatrial-\w+-1 was cancelled"):
        plans.build_plan(request, tmp_path / "model.plan", cancelled)

    (job,) = building.ended_jobs(request)
    assert job["ProcessingJobStatus"] == "Stopped"


@pytest.mark.usefixtures("slow_script")
def test_running_job_is_joined_and_left_to_whom_it_belongs(building: Building, tmp_path: Path) -> None:
    """A second waiter for the same plan starts no job and stops none; the first is told of a stop."""
    request = building.request(tmp_path, b"\x08\x0a\x12\x07pytorch")
    told: list[JobStoppedError] = []

    def build() -> None:
        try:
            building.plans.build_plan(request, tmp_path / "model.plan", threading.Event())
        except JobStoppedError as error:
            told.append(error)

    first = threading.Thread(target=build)
    first.start()
    while "slow" not in building.lines:
        time.sleep(_POLL_SECONDS)
    with pytest.raises(KeyboardInterrupt):
        building.interrupted_at("slow").build_plan(request, tmp_path / "joined.plan", threading.Event())
    (job,) = building.jobs(request)
    assert job["ProcessingJobStatus"] == "InProgress"

    building.account.sagemaker.stop_processing_job(ProcessingJobName=job["ProcessingJobName"])
    first.join(timeout=30)

    assert [error.cause for error in told] == [
        f"its job {job['ProcessingJobName']} was stopped (StopProcessingJob)."
    ]


def test_result_that_was_changed_is_refused(building: Building, tmp_path: Path) -> None:
    """A plan that is not what its job wrote is never packed."""
    request = building.request(tmp_path, b"\x08\x0a\x12\x07pytorch")
    building.plans.build_plan(request, tmp_path / "model.plan", threading.Event())
    key = f"{building.place.prefix}plans/{request.key()}/output/model.plan"
    building.account.s3.put_object(Bucket=BUCKET, Key=key, Body=b"ftrt, but another")

    with pytest.raises(RemoteResultError, match=r"has the sha256 \w+, its job wrote"):
        building.plans.build_plan(request, tmp_path / "again.plan", threading.Event())


def test_role_that_may_not_read_fails_the_job(
    building: Building, tmp_path: Path, aws_client: Callable[[str], Any]
) -> None:
    """What the job's role lacks is found as on AWS: when the job brings its inputs."""
    name = building.place.job_role_arn.rsplit("/", 1)[-1]
    aws_client("iam").delete_role_policy(RoleName=name, PolicyName="objects")

    with pytest.raises(JobFailedError, match="AccessDenied: the job's role lacks s3:GetObject below s3://"):
        building.plans.build_plan(
            building.request(tmp_path, b"\x08\x0a\x12\x07"), tmp_path / "model.plan", threading.Event()
        )


def test_requests_that_sagemaker_refuses(building: Building) -> None:
    """A used name, a role that is not there, a key for local storage, a job that is not there."""
    sagemaker = building.account.sagemaker
    request: dict[str, Any] = {
        "RoleArn": building.place.job_role_arn,
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["true"]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.g4dn.xlarge", "VolumeSizeInGB": 1}
        },
    }
    name = building.account.new_name("job")
    sagemaker.create_processing_job(ProcessingJobName=name, **request)
    with pytest.raises(ClientError, match="ResourceInUse"):
        sagemaker.create_processing_job(ProcessingJobName=name, **request)
    with pytest.raises(ClientError, match="Could not assume role"):
        sagemaker.create_processing_job(
            ProcessingJobName="other", **{**request, "RoleArn": "arn:aws:iam::000000000000:role/nobody"}
        )
    request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] = "key"
    with pytest.raises(ClientError, match="VolumeKmsKeyId is not supported for"):
        sagemaker.create_processing_job(ProcessingJobName="other", **request)
    with pytest.raises(ClientError, match="Could not find requested job with name: nobody"):
        sagemaker.describe_processing_job(ProcessingJobName="nobody")


@pytest.mark.parametrize("name", ["../../outside", "/outside"])
def test_input_never_leaves_the_jobs_folder(building: Building, name: str) -> None:
    """An object's name may say anything; as a path to somewhere else it fails the job."""
    key = f"{building.place.prefix}in/{name}"
    building.account.s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")

    job = _ended(building, ["true"], inputs={f"s3://{BUCKET}/{building.place.prefix}in/": "input"})

    assert job["ProcessingJobStatus"] == "Failed"
    assert "which no file of a model may have" in job["FailureReason"]


def test_local_path_that_leads_out_fails_the_job(building: Building) -> None:
    """It has to lie below the one folder that stands for the container's."""
    job = _ended(building, ["true"], inputs={f"s3://{BUCKET}/{building.place.prefix}in/": "../../outside"})
    assert job["FailureReason"] == (
        "ClientError: LocalPath '/opt/ml/processing/../../outside' is not below /opt/ml/processing/"
    )


def test_job_without_an_entrypoint_fails_in_words(building: Building) -> None:
    """The image would say what to run, and none is pulled."""
    job = _ended(building, [])
    assert job["FailureReason"] == (
        "ClientError: ContainerEntrypoint is missing: on the laptop no image says what to run; set it"
    )


def test_job_that_is_stopped_at_once_is_stopped(building: Building) -> None:
    """However little of it has begun."""
    job = _ended(building, ["sleep", "60"], stopped=True)
    assert (job["ProcessingJobStatus"], job["ExitMessage"]) == ("Stopped", "StopProcessingJob")


def _ended(
    building: Building,
    entrypoint: list[str],
    *,
    inputs: dict[str, str] | None = None,
    stopped: bool = False,
) -> dict[str, Any]:
    """Create a job with ``inputs``, folders below the container's by address, and describe it at its end."""
    sagemaker, name = building.account.sagemaker, building.account.new_name("job")
    sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=building.place.job_role_arn,
        AppSpecification={
            "ImageUri": IMAGE,
            **({"ContainerEntrypoint": entrypoint} if entrypoint else {}),
        },
        ProcessingInputs=[
            {
                "InputName": "in",
                "S3Input": {
                    "S3Uri": url,
                    "LocalPath": f"/opt/ml/processing/{path}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
            for url, path in (inputs or {}).items()
        ],
        ProcessingResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.g4dn.xlarge", "VolumeSizeInGB": 1}
        },
    )
    if stopped:
        sagemaker.stop_processing_job(ProcessingJobName=name)
    deadline = time.monotonic() + 30
    while True:
        job: dict[str, Any] = sagemaker.describe_processing_job(ProcessingJobName=name)
        if job["ProcessingJobStatus"] not in {"InProgress", "Stopping"} or time.monotonic() > deadline:
            return job
        time.sleep(_POLL_SECONDS)


@pytest.fixture
def slow_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that takes half a minute."""
    script = tmp_path / "build_plan.py"
    script.write_text(_SLOW, encoding="utf-8")
    for module in ("plan_request", "processing_plans"):
        monkeypatch.setattr(f"model_packaging.remote.{module}.PLAN_SCRIPT", script)
