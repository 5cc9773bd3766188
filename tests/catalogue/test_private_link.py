"""PrivateLink services: the names that interface endpoints have."""

import pytest

import catalogue


def test_services_are_sorted_and_without_s3() -> None:
    """Services come sorted; S3 has a gateway endpoint and is none of them."""
    services = catalogue.private_link_services()
    assert list(services) == sorted(set(services))
    assert "s3" not in services


@pytest.mark.integration
def test_services_are_the_cdks() -> None:
    """Every service is one the CDK has an interface endpoint for, by the same short name."""
    from aws_cdk import aws_ec2  # noqa: PLC0415 - slow, and only this test needs it

    names = [
        *(
            "APPLICATION_AUTOSCALING",
            "CLOUDWATCH_LOGS",
            "CLOUDWATCH_MONITORING",
            "EC2",
            "EC2_MESSAGES",
            "ECR",
        ),
        *("ECR_DOCKER", "EVENTBRIDGE", "KMS", "SAGEMAKER_API", "SAGEMAKER_RUNTIME", "SECRETS_MANAGER", "SSM"),
        *("SSM_MESSAGES", "STS", "ELASTIC_INFERENCE_RUNTIME"),
    ]
    cdk = {getattr(aws_ec2.InterfaceVpcEndpointAwsService, name).short_name for name in names}
    assert cdk == set(catalogue.private_link_services())
