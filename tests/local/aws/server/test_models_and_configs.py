from typing import Any

import pytest

from local.aws.server.endpoint_configs import EndpointConfigs
from local.aws.server.errors import AwsError
from local.aws.server.models import Models
from local.aws.server.sagemaker_store import SageMakerStore
from local.aws.server.scope import Scope
from local.aws.server.variant_instances import has_local_storage
from tests.local.aws.account import IMAGE
from tests.local.aws.server.fakes import OpenAccess

_SCOPE = Scope("000000000000", "us-east-1")
_ROLE = "arn:aws:iam::000000000000:role/serving"
_MULTI_MODEL = {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": "s3://b/models/"}
_KEY = "arn:aws:kms:us-east-1:000000000000:key/k"


@pytest.fixture
def store() -> SageMakerStore:
    return SageMakerStore()


@pytest.fixture
def models(store: SageMakerStore) -> Models:
    return Models(store, OpenAccess())


@pytest.fixture
def configs(store: SageMakerStore, models: Models) -> EndpointConfigs:
    models.create(_SCOPE, _model())
    return EndpointConfigs(store)


def _model(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    container = {"Image": IMAGE, "ModelDataUrl": "s3://b/k.tar.gz"}
    return {"ModelName": "m", "ExecutionRoleArn": _ROLE, "PrimaryContainer": container, **more}


def _containers(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    several = [{"Image": IMAGE, **container} for container in containers]
    return {"ModelName": "m", "ExecutionRoleArn": _ROLE, "Containers": several, **more}


def _config(*, kms_key: str | None = None, **variant: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    whole = {
        "VariantName": "v",
        "ModelName": "m",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        **variant,
    }
    request = {
        "EndpointConfigName": "c",
        "ProductionVariants": [{key: value for key, value in whole.items() if value is not None}],
    }
    return request if kms_key is None else {**request, "KmsKeyId": kms_key}


def test_a_model_is_described_as_it_was_created(models: Models) -> None:
    """DescribeModel answers the request's members, the ARN and when it was made."""
    arn = models.create(_SCOPE, _model(Tags=[{"Key": "a", "Value": "b"}]))["ModelArn"]
    described = models.describe(_SCOPE, {"ModelName": "m"})
    assert arn == "arn:aws:sagemaker:us-east-1:000000000000:model/m"
    assert described["ModelArn"] == arn
    assert described["PrimaryContainer"]["ModelDataUrl"] == "s3://b/k.tar.gz"
    assert described["EnableNetworkIsolation"] is False
    assert described["CreationTime"] > 0
    assert "Tags" not in described


def test_a_model_that_is_gone_is_not_found(models: Models) -> None:
    """A deleted model is missing, in AWS's words."""
    models.create(_SCOPE, _model())
    models.delete(_SCOPE, {"ModelName": "m"})
    with pytest.raises(AwsError) as missing:
        models.describe(_SCOPE, {"ModelName": "m"})
    assert missing.value.message == 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/m".'


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (_model(PrimaryContainer=None), "Either PrimaryContainer or Containers must be set."),
        (_model(Containers=[{"Image": IMAGE}]), "PrimaryContainer and Containers can't both be set."),
        (_model(ExecutionRoleArn=None), "ExecutionRoleArn is required."),
        (_model(PrimaryContainer={"Mode": "SingleModel"}), "Image is required in a container"),
        (
            _model(PrimaryContainer={"Image": "triton:latest"}),
            'Using non-ECR image "triton:latest" without Vpc repository access mode is not supported.',
        ),
        (
            _model(
                PrimaryContainer={
                    "Image": IMAGE,
                    "ModelDataUrl": "s3://b/k",
                    "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://b/k"}},
                }
            ),
            "ModelDataUrl and ModelDataSource can't both be set in a container.",
        ),
        (
            _containers({"ContainerHostname": "a"}, {}),
            "ContainerHostname must be specified for every container of an inference pipeline, or for none.",
        ),
        (
            _containers({"ContainerHostname": "a"}, {"ContainerHostname": "a"}),
            "ContainerHostname must be unique within a model: ['a', 'a'].",
        ),
        (
            _containers({}, {}, InferenceExecutionConfig={"Mode": "Direct"}),
            "ContainerHostname is required for each container when InferenceExecutionConfig Mode is Direct.",
        ),
        (
            _model(InferenceExecutionConfig={"Mode": "Direct"}),
            "InferenceExecutionConfig Mode Direct requires more than one container in Containers.",
        ),
        (
            _containers(_MULTI_MODEL, _MULTI_MODEL),
            "Only one container of an inference pipeline can have Mode MultiModel",
        ),
        (
            _containers(
                {**_MULTI_MODEL, "ContainerHostname": "a"},
                {"ContainerHostname": "b"},
                InferenceExecutionConfig={"Mode": "Direct"},
            ),
            "Only one container of an inference pipeline can have Mode MultiModel, and none of a model with",
        ),
        (
            _model(PrimaryContainer={"Image": IMAGE, "Mode": "MultiModel"}),
            "ModelDataUrl is required in a container with Mode MultiModel.",
        ),
        (
            _model(
                PrimaryContainer={
                    "Image": IMAGE,
                    "Mode": "MultiModel",
                    "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://b/k/"}},
                }
            ),
            "ModelDataSource can't be used with multi-model endpoints.",
        ),
        (
            _model(PrimaryContainer={**_MULTI_MODEL, "ModelDataUrl": "s3://secret"}),
            "Could not access model data at s3://secret/. Please ensure",
        ),
        (
            _model(PrimaryContainer={"Image": IMAGE, "ModelDataUrl": "s3://secret/k"}),
            (
                f'Could not access model data at s3://secret/k. Please ensure that the role "{_ROLE}" exists '
                'and that its trust relationship policy allows the action "sts:AssumeRole" for the service '
                'principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" '
                "permissions and that the object is located in us-east-1."
            ),
        ),
    ],
)
def test_a_model_that_sagemaker_refuses_is_refused(
    models: Models, request_: dict[str, Any], message: str
) -> None:
    """Each refusal of CreateModel has AWS's code and tells the reason; nothing is remembered."""
    with pytest.raises(AwsError) as refused:
        models.create(_SCOPE, request_)
    assert refused.value.code == "ValidationException"
    assert refused.value.message.startswith(message)
    with pytest.raises(AwsError, match="Could not find model"):
        models.get(_SCOPE, "m")


def test_an_image_of_another_registry_is_accepted_through_the_vpc(models: Models) -> None:
    """RepositoryAccessMode Vpc admits images that aren't in ECR."""
    image = {"Image": "registry.example/triton:1", "ImageConfig": {"RepositoryAccessMode": "Vpc"}}
    models.create(_SCOPE, _model(PrimaryContainer=image))


def test_a_name_is_taken_once(models: Models) -> None:
    """A second model of the same name is refused; in another region it is another model."""
    models.create(_SCOPE, _model())
    with pytest.raises(AwsError, match=r'^Cannot create already existing model "arn:aws:.*:model/m"\.$'):
        models.create(_SCOPE, _model())
    elsewhere = {"Image": _model()["PrimaryContainer"]["Image"].replace("us-east-1", "eu-west-1")}
    models.create(Scope("000000000000", "eu-west-1"), {**_model(), "PrimaryContainer": elsewhere})


def test_a_config_is_described_as_it_was_created(configs: EndpointConfigs) -> None:
    """DescribeEndpointConfig answers the variants, with the weight that AWS fills in."""
    configs.create(_SCOPE, _config(kms_key=_KEY))
    described = configs.describe(_SCOPE, {"EndpointConfigName": "c"})
    assert described["KmsKeyId"] == _KEY
    assert described["ProductionVariants"] == [
        {
            "InitialVariantWeight": 1.0,
            "VariantName": "v",
            "ModelName": "m",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
    ]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            _config(ModelName="z"),
            'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/z".',
        ),
        (_config(ModelName=None), "ExecutionRoleArn is required: variant v names no model"),
        (_config(InstanceType=None), "InstanceType or InstancePools is required for variant v."),
        (_config(InitialInstanceCount=None), "InitialInstanceCount is required for variant v."),
        (
            _config(kms_key=_KEY, InstanceType="ml.g5.xlarge"),
            "KmsKeyId can't be used with instance type ml.g5.xlarge of variant v: the instance type has",
        ),
        (
            {
                "EndpointConfigName": "c",
                "ProductionVariants": _config()["ProductionVariants"] * 2,
            },
            "Variant names must be unique within an endpoint configuration: ['v', 'v'].",
        ),
    ],
)
def test_a_config_that_sagemaker_refuses_is_refused(
    configs: EndpointConfigs, request_: dict[str, Any], message: str
) -> None:
    """Each refusal of CreateEndpointConfig tells the reason; nothing is remembered."""
    with pytest.raises(AwsError) as refused:
        configs.create(_SCOPE, request_)
    assert refused.value.message.startswith(message)
    with pytest.raises(AwsError, match="Could not find endpoint configuration"):
        configs.get(_SCOPE, "c")


def test_a_deleted_config_is_gone(configs: EndpointConfigs) -> None:
    """DeleteEndpointConfig frees the name."""
    configs.create(_SCOPE, _config())
    configs.delete(_SCOPE, {"EndpointConfigName": "c"})
    configs.create(_SCOPE, _config())


@pytest.mark.parametrize(
    "instance_type", ["ml.g4dn.xlarge", "ml.g5.2xlarge", "ml.p5.48xlarge", "ml.m5d.large"]
)
def test_families_with_local_storage_are_known(instance_type: str) -> None:
    """GPU families since g4dn, p4d and later, and the families with a d, have NVMe storage."""
    assert has_local_storage(instance_type)


@pytest.mark.parametrize("instance_type", ["ml.m5.large", "ml.c7i.large", "ml.p3.2xlarge", "ml.inf2.xlarge"])
def test_families_without_local_storage_take_a_key(instance_type: str) -> None:
    """The others keep their data on EBS volumes, which take a key."""
    assert not has_local_storage(instance_type)


def test_several_containers_are_described_as_they_were_created(models: Models) -> None:
    """With their order, their names, and how they are invoked."""
    request = _containers(
        {"ContainerHostname": "a"}, {"ContainerHostname": "b"}, InferenceExecutionConfig={"Mode": "Direct"}
    )
    models.create(_SCOPE, request)
    described = models.describe(_SCOPE, {"ModelName": "m"})
    assert described["Containers"] == request["Containers"]
    assert described["InferenceExecutionConfig"] == {"Mode": "Direct"}


def test_a_multi_model_container_is_described_as_it_was_created(models: Models) -> None:
    """With its prefix and its cache setting."""
    container = {**_MULTI_MODEL, "MultiModelConfig": {"ModelCacheSetting": "Disabled"}}
    models.create(_SCOPE, _model(PrimaryContainer=container))
    assert models.describe(_SCOPE, {"ModelName": "m"})["PrimaryContainer"] == container


@pytest.mark.parametrize(
    "request_", [_model(PrimaryContainer=_MULTI_MODEL), _containers({}, {})], ids=["many models", "pipeline"]
)
def test_what_serverless_inference_excludes_is_refused(
    store: SageMakerStore, models: Models, request_: dict[str, Any]
) -> None:
    """The model is fine, its serverless variant isn't."""
    models.create(_SCOPE, request_)
    variant: dict[str, Any] = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}
    with pytest.raises(AwsError, match="serverless inference supports neither multi-model endpoints nor"):
        EndpointConfigs(store).create(
            _SCOPE, _config(InstanceType=None, InitialInstanceCount=None, **variant)
        )
