"""What the stack of a deployment's builds says."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from model_packaging.remote.build_place import BuildPlace
from model_packaging.remote.errors import BuildStackError

_OUTPUTS = {
    "BucketName": "bucket",
    "Prefix": "builds/",
    "JobRoleArn": "arn:role",
    "ProjectName": "vision-build",
    "VolumeKeyArn": "arn:key",
}


@pytest.fixture
def cloudformation() -> Any:  # noqa: ANN401 - boto3's clients have no static type
    """A client that reaches nobody."""
    return boto3.client(
        "cloudformation",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - nobody's
    )


def _described(outputs: dict[str, str]) -> dict[str, Any]:
    stack = {
        "StackName": "vision-build",
        "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
        "StackStatus": "ROLLBACK_COMPLETE",
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
    }
    return {"Stacks": [stack]}


def test_outputs_are_read(cloudformation: Any) -> None:  # noqa: ANN401 - see above
    """Each has its place."""
    with Stubber(cloudformation) as stub:
        stub.add_response("describe_stacks", _described(_OUTPUTS), {"StackName": "vision-build"})
        place = BuildPlace.of_stack(cloudformation, "vision")
    assert place == BuildPlace("bucket", "builds/", "arn:role", "vision-build", "arn:key")


def test_missing_stack_is_told_with_what_makes_it(cloudformation: Any) -> None:  # noqa: ANN401 - see above
    """The section and the command."""
    with Stubber(cloudformation) as stub:
        stub.add_client_error("describe_stacks", "ValidationError", "Stack vision-build does not exist")
        with pytest.raises(BuildStackError) as missing:
            BuildPlace.of_stack(cloudformation, "vision")
    assert "the stack vision-build can't be read" in missing.value.cause
    assert "Stack vision-build does not exist" in missing.value.cause
    assert missing.value.fix == (
        "add `build: {type: account}` to the deployment file where it is missing, and run "
        "`cdk deploy vision-build -c only=build`."
    )


def test_stack_without_its_outputs_is_told_with_its_status(cloudformation: Any) -> None:  # noqa: ANN401 - see above
    """A deploy that failed, or a stack of another kind."""
    outputs = {key: value for key, value in _OUTPUTS.items() if key not in {"Prefix", "ProjectName"}}
    with Stubber(cloudformation) as stub:
        stub.add_response("describe_stacks", _described(outputs))
        with pytest.raises(
            BuildStackError, match="has no output Prefix, ProjectName; it is ROLLBACK_COMPLETE"
        ):
            BuildPlace.of_stack(cloudformation, "vision")
