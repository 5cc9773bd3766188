"""SageMaker's control plane and runtime over HTTP, as boto3 sees them, with real Tritons."""

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from local.aws.client import LocalAws
from tests.local.aws.account import IMAGE, Account
from tests.local.aws.tiny_models import failing_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def endpoint(account: Account) -> Iterator[str]:
    """An endpoint with two variants: ``AllTraffic`` doubles, ``Canary`` (weight 0) triples."""
    variants = [
        {
            "VariantName": name,
            "ModelName": account.create_model(account.upload(scaling_model_archive(factor))),
            "InstanceType": "ml.m5.xlarge",
            "InitialInstanceCount": 2,
            "InitialVariantWeight": weight,
        }
        for name, factor, weight in (("AllTraffic", 2, 1.0), ("Canary", 3, 0.0))
    ]
    config, name = account.new_name("variants"), account.new_name("variants")
    account.sagemaker.create_endpoint_config(EndpointConfigName=config, ProductionVariants=variants)
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    assert account.wait_endpoint(name, "InService", "Failed")["EndpointStatus"] == "InService"
    yield name
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_an_endpoint_passes_through_creating_to_deleting(account: Account) -> None:
    """CreateEndpoint answers at once; the endpoint can't be invoked before it is in service, nor after."""
    config = account.create_config(account.create_model(account.upload(scaling_model_archive(7))))
    name = account.new_name("life")
    created = account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    assert created["EndpointArn"] == f"arn:aws:sagemaker:us-east-1:000000000000:endpoint/{name}"
    assert account.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Creating"
    with pytest.raises(ClientError, match=f"Endpoint {name} of account 000000000000 not found"):
        account.invoke(name)
    account.sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    assert account.invoke(name) == 7.0
    account.sagemaker.delete_endpoint(EndpointName=name)
    account.sagemaker.get_waiter("endpoint_deleted").wait(
        EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    with pytest.raises(ClientError, match="not found"):
        account.invoke(name)


def test_a_model_that_cant_load_is_a_failed_endpoint(account: Account) -> None:
    """FailureReason has AWS's sentence and the cause from Triton's log."""
    config = account.create_config(account.create_model(account.upload(failing_model_archive("no luck"))))
    name = account.new_name("failing")
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    reason = account.wait_endpoint(name, "Failed")["FailureReason"]
    assert reason.startswith(
        "The primary container for production variant AllTraffic did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )
    assert reason.endswith("no luck")
    account.sagemaker.delete_endpoint(EndpointName=name)


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (
            b"no archive",
            'Failed to extract model data archive for container "container_1" from URL "s3://artifacts/',
        ),
        (
            scaling_model_archive(1, folder="../up"),
            "Please ensure that the object located at the URL is a valid tar.gz archive. (",
        ),
        (scaling_model_archive(1, folder="other/scale"), "did not pass the ping health check"),
    ],
)
def test_an_artifact_that_cant_be_served_is_a_failed_endpoint(
    account: Account, archive: bytes, reason: str
) -> None:
    """What is no archive, leads out of its folder, or holds no model at its root fails with that reason."""
    config = account.create_config(account.create_model(account.upload(archive)))
    name = account.new_name("unservable")
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    assert reason in account.wait_endpoint(name, "Failed")["FailureReason"]
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_an_artifact_that_vanished_is_a_failed_endpoint(account: Account) -> None:
    """An artifact that was deleted after CreateModel is told in AWS's words."""
    artifact = account.upload(scaling_model_archive(1))
    config = account.create_config(account.create_model(artifact))
    bucket, _, key = artifact.removeprefix("s3://").partition("/")
    account.s3.delete_object(Bucket=bucket, Key=key)
    name = account.new_name("vanished")
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    reason = account.wait_endpoint(name, "Failed")["FailureReason"]
    assert reason.startswith('Failed to download model data for container "container_1" from URL: "s3://')
    account.sagemaker.delete_endpoint(EndpointName=name)


@pytest.mark.parametrize(
    ("role", "artifact"),
    [
        ("arn:aws:iam::000000000000:role/nobody", None),
        (None, "s3://artifacts/none.tar.gz"),
        (None, "s3://nowhere/none.tar.gz"),
        ("arn:aws:iam::000000000000:role/distrustful", None),
        ("arn:aws:iam::000000000000:role/powerless", None),
    ],
)
def test_a_model_whose_artifact_cant_be_read_is_refused(
    account: Account, role: str | None, artifact: str | None
) -> None:
    """No role, no object, no trust and no permission are refused by CreateModel."""
    _make_other_roles(account)
    container = {
        "Image": IMAGE,
        "ModelDataUrl": artifact or account.upload(scaling_model_archive(1)),
    }
    with pytest.raises(ClientError, match="Could not access model data at s3://"):
        account.sagemaker.create_model(
            ModelName=account.new_name("unreadable"),
            ExecutionRoleArn=role or account.role_arn,
            PrimaryContainer=container,
        )


def test_a_request_that_botocore_would_not_send_is_refused(account: Account, local_aws: LocalAws) -> None:
    """The server checks by itself what boto3's client checks as well."""
    client = account.client("sagemaker")
    client.meta.events.register("before-call.sagemaker", _spoil)
    with pytest.raises(ClientError) as refused:
        client.create_model(ModelName="m", ExecutionRoleArn=account.role_arn)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert "at 'modelName' failed to satisfy constraint" in refused.value.response["Error"]["Message"]
    assert local_aws.status().running


def test_web_pages_are_turned_away(local_aws: LocalAws) -> None:
    """A request with an Origin, as browsers send for other sites' pages, is answered 403 by the gateway."""
    connection = http.client.HTTPConnection("127.0.0.1", local_aws.status().port, timeout=10)
    headers = {"Origin": "https://example.com", "X-Amz-Target": "SageMaker.ListModels"}
    connection.request("POST", "/", b"{}", headers)
    response = connection.getresponse()
    assert (response.status, response.read()) == (403, b"Web pages are not served.\n")
    connection.close()


def test_an_operation_that_isnt_there_says_so(account: Account) -> None:
    """An operation that the laptop lacks is an error, not an empty answer."""
    with pytest.raises(ClientError, match=r"ListTrainingJobs is not implemented on the laptop\."):
        account.sagemaker.list_training_jobs()


def test_variants_are_reached_by_target_and_weight(account: Account, endpoint: str) -> None:
    """The variant with all the weight gets the traffic; a target names the other."""
    assert {account.invoke(endpoint) for _ in range(20)} == {2.0}
    assert account.invoke(endpoint, TargetVariant="Canary") == 3.0
    with pytest.raises(ClientError, match="Variant Blue not found"):
        account.invoke(endpoint, TargetVariant="Blue")


def test_instances_are_described_as_asked_for(account: Account, endpoint: str) -> None:
    """Two instances are described, though one Triton answers for each variant."""
    variants = account.sagemaker.describe_endpoint(EndpointName=endpoint)["ProductionVariants"]
    assert [variant["CurrentInstanceCount"] for variant in variants] == [2, 2]


def test_a_wrong_input_is_a_model_error(account: Account, endpoint: str) -> None:
    """boto3 raises ModelError with the model's own status and message."""
    with pytest.raises(account.runtime.exceptions.ModelError) as refused:
        account.runtime.invoke_endpoint(
            EndpointName=endpoint,
            ContentType="application/json",
            Body=json.dumps({"inputs": [{"name": "z", "shape": [1, 1], "datatype": "FP32", "data": [1]}]}),
        )
    assert refused.value.response["OriginalStatusCode"] == 400
    assert "unexpected inference input 'z'" in refused.value.response["OriginalMessage"]


def test_the_status_shows_every_triton(endpoint: str, local_aws: LocalAws) -> None:
    """LocalAws.status() names the endpoint's variants, and their processes run."""
    status = next(each for each in local_aws.status().endpoints if each.name == endpoint)
    assert status.status == "InService"
    assert [variant.name for variant in status.variants] == ["AllTraffic", "Canary"]
    for variant in status.variants:
        assert variant.server_pid is not None
        os.kill(variant.server_pid, 0)


def test_what_is_served_otherwise_is_said(endpoint: str, local_aws: LocalAws) -> None:
    """KIND_GPU served as KIND_CPU stands in the status and in the server's log, and so does the image."""
    status = local_aws.status()
    (overlay,) = next(each for each in status.endpoints if each.name == endpoint).variants[0].overlays
    assert overlay == "scale/config.pbtxt:6: KIND_GPU is served as KIND_CPU on this machine"
    log = status.log_path.read_text(encoding="utf-8")
    label = f"endpoint {endpoint}, variant AllTraffic"
    assert f"{label}: {overlay}\n" in log
    assert f"{label}: image {IMAGE} is not run: the laptop's own Triton answers\n" in log
    assert f"{label}: one Triton answers for its 2 instances\n" in log


def test_an_ignored_setting_is_said(account: Account, local_aws: LocalAws) -> None:
    """A variable that makes no difference on this machine stands in the server's log with the reason."""
    model, name = account.new_name("ignored"), account.new_name("ignored")
    account.sagemaker.create_model(
        ModelName=model,
        ExecutionRoleArn=account.role_arn,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": account.upload(scaling_model_archive(1)),
            "Environment": {"SAGEMAKER_TRITON_ALLOW_METRICS": "true"},
        },
    )
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=account.create_config(model))
    account.wait_endpoint(name, "InService")
    assert (
        f"endpoint {name}, variant AllTraffic: SAGEMAKER_TRITON_ALLOW_METRICS=true makes no difference: "
    ) in local_aws.status().log_path.read_text(encoding="utf-8")
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_a_triton_that_dies_on_a_request_is_a_model_error(account: Account, local_aws: LocalAws) -> None:
    """A request under way when Triton is killed gets a ModelError, and so does the next; none hangs."""
    artifact = account.upload(scaling_model_archive(1, execute="time.sleep(20)"))
    config, name = account.create_config(account.create_model(artifact)), account.new_name("dying")
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    account.wait_endpoint(name, "InService")
    with ThreadPoolExecutor() as pool:
        under_way = pool.submit(account.invoke, name)
        time.sleep(0.5)
        status = next(each for each in local_aws.status().endpoints if each.name == name)
        pid = status.variants[0].server_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert isinstance(under_way.exception(10), account.runtime.exceptions.ModelError)
    with pytest.raises(account.runtime.exceptions.ModelError):
        account.invoke(name)
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_an_update_lets_requests_under_way_finish(account: Account) -> None:
    """A slow request that began before the switch is answered by the old model."""
    slow = account.create_config(
        account.create_model(account.upload(scaling_model_archive(2, execute="time.sleep(4)")))
    )
    fast = account.create_config(account.create_model(account.upload(scaling_model_archive(3))))
    name = account.new_name("draining")
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=slow)
    account.wait_endpoint(name, "InService")
    account.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=fast)
    with ThreadPoolExecutor() as pool:
        under_way = pool.submit(account.invoke, name)
        account.wait_endpoint(name, "InService")
        assert account.invoke(name) == 3.0
        assert under_way.result(20) == 2.0
    account.sagemaker.delete_endpoint(EndpointName=name)


def _make_other_roles(account: Account) -> None:
    iam = account.client("iam")
    for name, principal in (("distrustful", "ec2.amazonaws.com"), ("powerless", "sagemaker.amazonaws.com")):
        trust = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        try:
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
        except iam.exceptions.EntityAlreadyExistsException:
            return


def _spoil(params: dict[str, object], **_: object) -> None:
    params["body"] = json.dumps({"ModelName": "a_b", "ExecutionRoleArn": "nobody"}).encode()
