"""The environment variables that point AWS's own tools at the laptop."""

import os

__all__ = ["aws_variables"]

_REGION = "us-east-1"


def aws_variables(port: int, runtime_port: int) -> dict[str, str]:
    """Return the variables for the CDK CLI, the AWS CLI and boto3.

    Args:
        port: of the gateway, on 127.0.0.1.
        runtime_port: of ``sagemaker-runtime``, on 127.0.0.1.
    """
    gateway = f"http://127.0.0.1:{port}"
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": _REGION,
        "AWS_DEFAULT_REGION": _REGION,
        "CDK_DEFAULT_REGION": _REGION,
        "AWS_ENDPOINT_URL": gateway,
        "AWS_ENDPOINT_URL_S3": gateway,
        # Else the template's address that CloudFormation is given names bucket "127".
        "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION": f"https://s3.{_REGION}.amazonaws.com",
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": f"http://127.0.0.1:{runtime_port}",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1"))),
    }
