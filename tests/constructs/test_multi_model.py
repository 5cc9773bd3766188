"""The model of a multi-model endpoint."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_iam as iam

from seatrial_hosting import (
    HostingError,
    ModelPrefix,
    MultiModel,
    PrivateNetwork,
    RealtimeEndpoint,
    TritonImage,
)
from seatrial_hosting._imported_role import REQUIRED_STATEMENTS

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]
Statements = Callable[[cdk.Stack], dict[str, dict[str, Any]]]
Make = Callable[..., MultiModel]

IMAGE = TritonImage.from_catalogue("24.09", "eu-west-1")
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
PREFIX = ModelPrefix("models", "vision-many/", KEY)


@pytest.fixture
def make(stack: cdk.Stack, network: PrivateNetwork) -> Make:
    """Make a multi-model model in ``stack``; arguments replace the usual ones."""

    def made(**arguments: Any) -> MultiModel:  # noqa: ANN401 - passed on
        usual: dict[str, Any] = {"network": network, "image": IMAGE, "prefix": PREFIX}
        return MultiModel(stack, "Model", **(usual | arguments))

    return made


def model_of(stack: cdk.Stack, find: Find) -> dict[str, Any]:
    (model,) = find(stack, "AWS::SageMaker::Model").values()
    return model


@pytest.mark.parametrize(("cache", "setting"), [(True, "Enabled"), (False, "Disabled")])
def test_one_container_stands_for_all_models(
    stack: cdk.Stack, make: Make, find: Find, *, cache: bool, setting: str
) -> None:
    """Mode, prefix and cache; no variable says what is served, since a request does."""
    make(model_cache=cache)
    properties = model_of(stack, find)["Properties"]
    assert properties["PrimaryContainer"] == {
        "Image": IMAGE.uri,
        "Mode": "MultiModel",
        "ModelDataUrl": "s3://models/vision-many/",
        "MultiModelConfig": {"ModelCacheSetting": setting},
    }
    assert properties["EnableNetworkIsolation"] is True
    assert set(properties["VpcConfig"]) == {"SecurityGroupIds", "Subnets"}
    assert "ModelName" not in properties


def test_the_container_is_told_what_it_is_to_be_told(stack: cdk.Stack, make: Make, find: Find) -> None:
    """Variables of the user's own."""
    make(environment={"SAGEMAKER_TRITON_LOG_INFO": "false"})
    container = model_of(stack, find)["Properties"]["PrimaryContainer"]
    assert container["Environment"] == {"SAGEMAKER_TRITON_LOG_INFO": "false"}


def test_the_role_reads_what_is_below_the_prefix_and_nothing_else(
    stack: cdk.Stack, make: Make, statements: Statements
) -> None:
    """Archives, the list of them, their key, and the image's repository."""
    make()
    found = statements(stack)
    assert found["ReadModels"] == {
        "Sid": "ReadModels",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::models/vision-many/*.tar.gz",
    }
    assert found["ListModels"] == {
        "Sid": "ListModels",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::models",
        "Condition": {"StringLike": {"s3:prefix": ["vision-many/*"]}},
    }
    assert found["DecryptArtifact"]["Resource"] == KEY
    assert found["PullImage"]["Resource"].endswith(":repository/sagemaker-tritonserver")
    assert "ReadArtifact" not in found


def test_models_encrypted_by_s3_itself_need_no_key(
    stack: cdk.Stack, make: Make, statements: Statements
) -> None:
    """Where the bucket has no key of the account, nothing is to be decrypted."""
    make(prefix=ModelPrefix("models", "vision-many/"))
    assert "DecryptArtifact" not in statements(stack)


def test_an_endpoint_hosts_it(stack: cdk.Stack, make: Make, find: Find, statements: Statements) -> None:
    """As any other model: the endpoint names it, and lets it write its logs."""
    RealtimeEndpoint(
        stack, "Endpoint", endpoint_name="vision-many", model=make(), instance_type="ml.m5.large"
    )
    (config,) = find(stack, "AWS::SageMaker::EndpointConfig").values()
    assert config["Properties"]["ProductionVariants"][0]["ModelName"] == {
        "Fn::GetAtt": [next(iter(find(stack, "AWS::SageMaker::Model"))), "ModelName"]
    }
    assert statements(stack)["logs:CreateLogGroup"]["Resource"][0].endswith("/Endpoints/vision-many")


def test_a_role_of_ones_own_is_told_the_same(stack: cdk.Stack, make: Make, find: Find) -> None:
    """What it must allow stands beside the model."""
    role = iam.Role.from_role_arn(stack, "Own", "arn:aws:iam::123456789012:role/serving", mutable=False)
    make(role=role)
    told = {each.get("Sid") for each in model_of(stack, find)["Metadata"][REQUIRED_STATEMENTS]}
    assert {"ReadModels", "ListModels", "DecryptArtifact", "PullImage"} <= told
    assert find(stack, "AWS::IAM::Policy").keys() == {
        name for name in find(stack, "AWS::IAM::Policy") if name.startswith("Network")
    }


def test_sagemakers_own_variable_is_refused(make: Make) -> None:
    """SageMaker sets it; no argument stands for it."""
    with pytest.raises(HostingError, match="environment sets SAGEMAKER_MULTI_MODEL, which SageMaker sets"):
        make(environment={"SAGEMAKER_MULTI_MODEL": "true"})


def test_an_image_of_another_region_is_refused(make: Make) -> None:
    """As for every model."""
    with pytest.raises(HostingError, match="is in us-east-1, the stack in eu-west-1"):
        make(image=TritonImage.from_catalogue("24.09", "us-east-1"))


def test_cdk_nag_finds_nothing(app: cdk.App, stack: cdk.Stack, make: Make) -> None:
    """The one wildcard has its reason at the policy that holds it."""
    make()
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    app.synth()
    assert stack.node.try_find_child("Model") is not None
