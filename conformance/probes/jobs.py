"""Processing jobs that run: A107, A110 to A112."""

from typing import Any

from conformance.laboratory import INSTANCE_TYPE, Laboratory
from conformance.policies import allow, serving_statements
from conformance.probe import Bench, probe
from conformance.sagemaker_kinds import PROCESSING_JOB, status_of
from conformance.waiting import until

_IN, _OUT = "/opt/ml/processing/input/in", "/opt/ml/processing/output/out"
_COPY = f"import shutil; shutil.copy('{_IN}/told.txt', '{_OUT}/told.txt')"
_WRITE_AND_FAIL = f"import sys; open('{_OUT}/told.txt', 'w').write('told'); sys.exit(1)"
_FIND_TRTEXEC = (
    "import os, shutil, sys; "
    "sys.exit(0 if shutil.which('trtexec') or os.access('/usr/src/tensorrt/bin/trtexec', os.X_OK) else 1)"
)


def _run(lab: Laboratory, program: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    """Run a program in a job of the Triton image, and describe the job once it has ended."""
    name = _create(lab, lab.registry.enter(PROCESSING_JOB, lab.new_name("job")), program, **members)
    changing = {"InProgress", "Stopping"}
    until(
        lab.account,
        f"the end of {name}",
        lambda: status_of(lab.account, "ProcessingJob", name) not in changing,
    )
    described: dict[str, Any] = lab.sagemaker.describe_processing_job(ProcessingJobName=name)
    lab.evidence.note(f"{described['ProcessingJobStatus']}: {described.get('FailureReason', '')}")
    return described


def _create(lab: Laboratory, name: str, program: str, **members: Any) -> str:  # noqa: ANN401 - API members
    cluster = {"InstanceCount": 1, "InstanceType": INSTANCE_TYPE, "VolumeSizeInGB": 30}
    request = {
        "RoleArn": _role(lab),
        "AppSpecification": {"ImageUri": lab.image, "ContainerEntrypoint": ["python3", "-c", program]},
        "ProcessingResources": {"ClusterConfig": cluster},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "Tags": lab.account.tags,
        **members,
    }
    lab.sagemaker.create_processing_job(ProcessingJobName=name, **request)
    return name


def _role(lab: Laboratory) -> str:
    objects = allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{lab.bucket()}/*")
    return lab.new_role(statements=[*serving_statements(lab.bucket()), objects])


def _output(lab: Laboratory, prefix: str) -> dict[str, Any]:
    target = {"S3Uri": f"s3://{lab.bucket()}/{prefix}", "LocalPath": _OUT, "S3UploadMode": "EndOfJob"}
    return {"ProcessingOutputConfig": {"Outputs": [{"OutputName": "out", "S3Output": target}]}}


def _uploaded(lab: Laboratory, prefix: str) -> list[str]:
    listed = lab.account.client("s3").list_objects_v2(Bucket=lab.bucket(), Prefix=prefix)
    return [each["Key"] for each in listed.get("Contents", ())]


@probe(
    "A107",
    bench=Bench.OWN,
    own_minutes=10,
    creates="a processing job, a role",
    account_only="the laptop runs no image",
)
def trtexec_in_the_image(lab: Laboratory) -> None:
    """AWS's Triton image has python3, and trtexec on PATH or below /usr/src/tensorrt/bin."""
    described = _run(lab, _FIND_TRTEXEC)
    lab.evidence.holds("status", found=described["ProcessingJobStatus"], believed="Completed")


@probe("A110", bench=Bench.OWN, own_minutes=10, creates="a processing job, a role")
def job_without_a_network(lab: Laboratory) -> None:
    """With EnableNetworkIsolation a job's input is there, and its output is uploaded."""
    lab.upload(b"told", "inputs/told.txt")
    source = {
        "S3Uri": f"s3://{lab.bucket()}/inputs/",
        "LocalPath": _IN,
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    described = _run(
        lab,
        f"import os; os.makedirs('{_OUT}', exist_ok=True); {_COPY}",
        NetworkConfig={"EnableNetworkIsolation": True},
        ProcessingInputs=[{"InputName": "in", "S3Input": source}],
        **_output(lab, "outputs/isolated"),
    )
    lab.evidence.holds("status", found=described["ProcessingJobStatus"], believed="Completed")
    found = _uploaded(lab, "outputs/isolated")
    lab.evidence.holds("objects", found=found, believed=["outputs/isolated/told.txt"])


@probe("A111", "A112", bench=Bench.OWN, own_minutes=10, creates="a processing job, a role")
def job_that_fails(lab: Laboratory) -> None:
    """It is Failed with `AlgorithmError:`, uploads nothing, and its name is taken for good."""
    program = f"import os; os.makedirs('{_OUT}', exist_ok=True); {_WRITE_AND_FAIL}"
    described = _run(lab, program, **_output(lab, "outputs/failed"))
    lab.evidence.holds("status", found=described["ProcessingJobStatus"], believed="Failed")
    with lab.evidence.about("A111"):
        lab.evidence.says("FailureReason", described.get("FailureReason"), r"^AlgorithmError:")
        lab.evidence.refused(lambda: _create(lab, described["ProcessingJobName"], program), "ResourceInUse")
    with lab.evidence.about("A112"):
        lab.evidence.holds("objects", found=_uploaded(lab, "outputs/failed"), believed=[])
