"""Multi-model endpoints: models that are fetched and loaded when they are first asked."""

import contextlib
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.client import LocalAws
from local.aws.client.status import VariantStatus
from tests.local.aws.account import BUCKET, IMAGE, Account
from tests.local.aws.tiny_models import failing_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration

_CACHED = {"Mode": "MultiModel", "MultiModelConfig": {"ModelCacheSetting": "Enabled"}}


@dataclass(frozen=True)
class _MultiModel:
    """An endpoint of many models, whose archives are under ``prefix``."""

    account: Account
    endpoint: str
    prefix: str

    def put(self, target: str, archive: bytes) -> None:
        self.account.s3.put_object(Bucket=BUCKET, Key=f"{self.prefix}{target}", Body=archive)

    def ask(self, target: str, value: float = 1.0) -> float:
        return self.account.invoke(self.endpoint, value, TargetModel=target)

    def refusal(self, **more: str) -> dict[str, Any]:
        with pytest.raises(ClientError) as caught:
            self.account.invoke(self.endpoint, 1.0, **more)
        response: dict[str, Any] = caught.value.response
        return response


def _create(account: Account, prefix: str, **container: Any) -> str:  # noqa: ANN401 - API members
    name = account.new_name("many")
    account.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=account.role_arn,
        PrimaryContainer={
            "Image": IMAGE,
            "Mode": "MultiModel",
            "ModelDataUrl": f"s3://{BUCKET}/{prefix}",
            **container,
        },
    )
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=account.create_config(name))
    return name


@pytest.fixture(scope="module")
def many(account: Account) -> _MultiModel:
    """An endpoint with three models under its prefix: doubling, tripling, and one that can't be loaded."""
    made = _MultiModel(account, "", "many/")
    made.put("double.tar.gz", scaling_model_archive(2))
    made.put("nested/triple.tar.gz", scaling_model_archive(3))
    made.put("broken.tar.gz", failing_model_archive("never"))
    endpoint = account.new_name("many")
    template = json.loads(account.endpoint_template(endpoint, f"s3://{BUCKET}/many/"))
    model = template["Resources"]["Model"]["Properties"]
    model["ModelName"] = endpoint
    model["PrimaryContainer"] |= _CACHED
    account.cloudformation.create_stack(StackName=endpoint, TemplateBody=json.dumps(template))
    assert account.wait_stack(endpoint) == "CREATE_COMPLETE"
    return _MultiModel(account, endpoint, "many/")


def test_its_model_is_described_as_the_stack_says(many: _MultiModel) -> None:
    """CloudFormation passes the container's mode and what it keeps."""
    described = many.account.sagemaker.describe_model(ModelName=many.endpoint)["PrimaryContainer"]
    assert described == {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/many/", **_CACHED}


def test_each_target_model_answers(many: _MultiModel) -> None:
    """Whichever is asked is fetched, loaded and answers; models with the same inner name stay apart."""
    assert many.ask("double.tar.gz", 2.0) == 4.0
    assert many.ask("nested/triple.tar.gz", 2.0) == 6.0
    assert many.ask("double.tar.gz", 3.0) == 6.0


def test_the_answer_names_the_target_model(many: _MultiModel) -> None:
    """As Triton's frontend does, which loads the model under the target's name."""
    inputs = [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [1.0]}]
    answer = many.account.runtime.invoke_endpoint(
        EndpointName=many.endpoint,
        ContentType="application/json",
        Body=json.dumps({"inputs": inputs}),
        TargetModel="double.tar.gz",
    )
    assert json.loads(answer["Body"].read())["model_name"] == "double.tar.gz"
    assert answer["InvokedProductionVariant"] == "AllTraffic"


def test_a_model_that_comes_later_is_served(many: _MultiModel) -> None:
    """Without any change of the endpoint."""
    many.put("late.tar.gz", scaling_model_archive(5))
    assert many.ask("late.tar.gz") == 5.0


def test_first_requests_at_once_load_once(many: _MultiModel) -> None:
    """All of them are answered by the one model."""
    many.put("popular.tar.gz", scaling_model_archive(7))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: many.ask("popular.tar.gz"), range(6)))
    assert answers == [7.0] * 6


def test_a_request_without_a_target_model(many: _MultiModel) -> None:
    """ValidationError in the service's words, with the request's own id."""
    response = many.refusal()
    assert response["Error"]["Code"] == "ValidationError"
    request_id = response["ResponseMetadata"]["RequestId"]
    assert response["Error"]["Message"] == f"Request {request_id} is missing a target model header."


@pytest.mark.parametrize("target", ["missing.tar.gz", "../other/double.tar.gz", "/double.tar.gz"])
def test_a_target_model_that_is_not_there(many: _MultiModel, target: str) -> None:
    """ValidationError that names bucket and key; nothing outside the prefix is reached."""
    error = many.refusal(TargetModel=target)["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"].startswith(
        f"Failed to download model data(bucket: {BUCKET}, key: many/{target}). Please ensure that there is "
        "an object located at the URL"
    )


def test_a_target_model_that_is_no_archive(many: _MultiModel) -> None:
    """ValidationError, each time: nothing half unpacked is left."""
    many.put("text.tar.gz", b"no archive")
    for _ in range(2):
        error = many.refusal(TargetModel="text.tar.gz")["Error"]
        assert error["Code"] == "ValidationError"
        assert "Failed to extract model data archive" in error["Message"]


def test_a_target_model_that_can_not_be_loaded(many: _MultiModel) -> None:
    """ModelError with the container's status and Triton's words; the others go on."""
    response = many.refusal(TargetModel="broken.tar.gz")
    assert response["Error"]["Code"] == "ModelError"
    assert response["OriginalStatusCode"] == 400
    assert "ValueError: never" in json.loads(response["OriginalMessage"])["error"]
    assert many.ask("double.tar.gz") == 2.0


def test_a_wrong_request_is_400_whatever_is_wrong(many: _MultiModel) -> None:
    """A multi-model container tells no kinds of errors apart, where a single model's says 500 to this."""
    with pytest.raises(ClientError) as caught:
        many.account.runtime.invoke_endpoint(
            EndpointName=many.endpoint, Body=b"{", TargetModel="double.tar.gz"
        )
    assert caught.value.response["OriginalStatusCode"] == 400


def test_a_stream_can_name_no_target_model(many: _MultiModel) -> None:
    """The operation has no such member, so it is missing."""
    with pytest.raises(ClientError, match="is missing a target model header"):
        many.account.runtime.invoke_endpoint_with_response_stream(EndpointName=many.endpoint, Body=b"{}")


def test_a_triton_that_died_loads_its_models_again(many: _MultiModel, local_aws: LocalAws) -> None:
    """The one that took its place has none; what is asked is loaded into it."""
    assert many.ask("double.tar.gz") == 2.0
    before = _variant(local_aws, many.endpoint)
    assert "double.tar.gz" in before.model
    assert before.server_pid is not None
    os.kill(before.server_pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(ClientError):
            assert many.ask("double.tar.gz") == 2.0
            break
        time.sleep(0.1)
    assert _variant(local_aws, many.endpoint).server_pid not in {None, before.server_pid}
    assert _variant(local_aws, many.endpoint).model == "double.tar.gz"


def test_a_model_is_not_kept_where_the_cache_is_disabled(account: Account, local_aws: LocalAws) -> None:
    """It is loaded for each request; CloudWatch counts that."""
    one = _MultiModel(account, account.new_name("uncached"), "uncached/")
    one.put("double.tar.gz", scaling_model_archive(2))
    endpoint = _create(account, "uncached/", MultiModelConfig={"ModelCacheSetting": "Disabled"})
    one = _MultiModel(account, endpoint, "uncached/")
    account.wait_endpoint(endpoint, "InService")
    for _ in range(2):  # a request that comes before the unloading finds the model
        assert one.ask("double.tar.gz") == 2.0
        deadline = time.monotonic() + 20
        while _variant(local_aws, endpoint).model != "no model loaded":
            assert time.monotonic() < deadline
            time.sleep(0.05)
    local_aws.advance_clock(120)
    assert _statistic(account, endpoint, "ModelCacheHit", "AWS/SageMaker", "SampleCount") == 2.0
    assert _statistic(account, endpoint, "ModelCacheHit", "AWS/SageMaker", "Sum") == 0.0
    assert _statistic(account, endpoint, "ModelLoadingTime", "AWS/SageMaker", "SampleCount") == 2.0
    assert _statistic(account, endpoint, "ModelDownloadingTime", "AWS/SageMaker", "SampleCount") == 1.0
    assert _statistic(account, endpoint, "LoadedModelCount", "/aws/sagemaker/Endpoints", "Maximum") == 0.0
    account.sagemaker.delete_endpoint(EndpointName=endpoint)


def test_a_prefix_without_an_object_is_refused(account: Account) -> None:
    """By CreateModel, which looks for one."""
    with pytest.raises(ClientError, match=r"Could not access model data at s3://artifacts/nothing/\."):
        _create(account, "nothing")


def _variant(local_aws: LocalAws, endpoint: str) -> VariantStatus:
    (variant,) = next(each for each in local_aws.status().endpoints if each.name == endpoint).variants
    return variant


def _statistic(account: Account, endpoint: str, name: str, namespace: str, statistic: str) -> float:
    now = datetime.now(UTC)
    answer = account.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=30),  # other tests move the clock ahead
        Period=86_400,
        Statistics=[statistic],
    )
    return sum(float(each[statistic]) for each in answer["Datapoints"])
