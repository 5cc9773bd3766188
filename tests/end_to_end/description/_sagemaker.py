"""SageMaker's resource types (Amazon SageMaker AI API reference): a physical id is an ARN."""

from collections.abc import Mapping
from typing import Any

from tests.end_to_end.description.comparison import Whole
from tests.end_to_end.description.description import Clients, Describer, Description, tags_of

__all__ = ["SAGEMAKER_DESCRIBERS"]

_Properties = Mapping[str, Any]


def _model(clients: Clients, arn: str, _: _Properties) -> Description:
    model = clients("sagemaker").describe_model(ModelName=_name_of(arn))
    container = dict(model["PrimaryContainer"])
    return Description(
        {
            "EnableNetworkIsolation": model.get("EnableNetworkIsolation"),
            "ExecutionRoleArn": model.get("ExecutionRoleArn"),
            "ModelName": model["ModelName"],
            "PrimaryContainer": {**container, "Environment": Whole(container.get("Environment", {}))},
            "VpcConfig": model.get("VpcConfig"),
        },
        {"ModelArn": model["ModelArn"], "ModelName": model["ModelName"]},
        _tags(clients, model["ModelArn"]),
    )


def _endpoint_config(clients: Clients, arn: str, _: _Properties) -> Description:
    config = clients("sagemaker").describe_endpoint_config(EndpointConfigName=_name_of(arn))
    names = (
        "AsyncInferenceConfig",
        "DataCaptureConfig",
        "EnableNetworkIsolation",
        "EndpointConfigName",
        "ExecutionRoleArn",
        "ExplainerConfig",
        "KmsKeyId",
        "ProductionVariants",
        "ShadowProductionVariants",
        "VpcConfig",
    )
    return Description(
        {name: config.get(name) for name in names},
        {
            "EndpointConfigArn": config["EndpointConfigArn"],
            "EndpointConfigName": config["EndpointConfigName"],
        },
        _tags(clients, config["EndpointConfigArn"]),
    )


def _endpoint(clients: Clients, arn: str, _: _Properties) -> Description:
    endpoint = clients("sagemaker").describe_endpoint(EndpointName=_name_of(arn))
    return Description(
        {
            "DeploymentConfig": endpoint.get("LastDeploymentConfig"),
            "EndpointConfigName": endpoint["EndpointConfigName"],
            "EndpointName": endpoint["EndpointName"],
        },
        {"EndpointArn": endpoint["EndpointArn"], "EndpointName": endpoint["EndpointName"]},
        _tags(clients, endpoint["EndpointArn"]),
    )


def _tags(clients: Clients, arn: str) -> dict[str, str]:
    return tags_of(clients("sagemaker").list_tags(ResourceArn=arn)["Tags"])


def _name_of(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


SAGEMAKER_DESCRIBERS: Mapping[str, Describer] = {
    "AWS::SageMaker::Endpoint": _endpoint,
    "AWS::SageMaker::EndpointConfig": _endpoint_config,
    "AWS::SageMaker::Model": _model,
}
