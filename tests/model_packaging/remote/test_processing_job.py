"""A processing job's start."""

from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from model_packaging.remote.account_clients import AccountClients
from model_packaging.remote.errors import JobFailedError
from model_packaging.remote.processing_job import ProcessingJob


@pytest.fixture
def sagemaker() -> Any:  # noqa: ANN401 - boto3's clients have no static type
    """A client that reaches nobody."""
    return boto3.client(
        "sagemaker",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - nobody's
    )


def _start(sagemaker: Any, refusal: str) -> ProcessingJob:  # noqa: ANN401 - see above
    request = {
        "RoleArn": "arn:aws:iam::123456789012:role/build",
        "AppSpecification": {"ImageUri": "image"},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.g4dn.xlarge", "VolumeSizeInGB": 1}
        },
    }
    clients = SimpleNamespace(client=lambda _service: sagemaker)
    with Stubber(sagemaker) as stub:
        stub.add_response("list_processing_jobs", {"ProcessingJobSummaries": []})
        stub.add_client_error("create_processing_job", refusal, "refused")
        return ProcessingJob.start_or_join(cast("AccountClients", clients), "seatrial-1", request)


def test_who_comes_second_at_the_same_moment_joins(sagemaker: Any) -> None:  # noqa: ANN401 - see above
    """Both saw no job and chose the same name, which SageMaker gave to the first."""
    assert _start(sagemaker, "ResourceInUse").name == "seatrial-1-1"


def test_a_job_that_is_refused_is_told(sagemaker: Any) -> None:  # noqa: ANN401 - see above
    """With SageMaker's words, the permissions, and the quota."""
    with pytest.raises(JobFailedError) as refused:
        _start(sagemaker, "ResourceLimitExceeded")
    assert refused.value.cause.startswith("SageMaker refuses the job (An error occurred (ResourceLimitExce")
    assert "a quota is raised in Service Quotas" in refused.value.fix
