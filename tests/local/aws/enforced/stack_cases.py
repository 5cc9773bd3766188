"""Templates that CloudFormation refuses as a whole, and tags."""

from typing import Any

from tests.local.aws.enforced.case import Case
from tests.local.aws.enforced.parts import model, resource

__all__ = ["STACK_CASES"]

_GROUP = resource("Logs::LogGroup", RetentionInDays=7)


def _tagged(*keys: str) -> dict[str, Any]:
    return model(Tags=[{"Key": key, "Value": "x"} for key in keys])


STACK_CASES = (
    Case(
        "SEA843",
        {
            "Group": _GROUP,
            "Fleet": resource(
                "SageMaker::DeviceFleet",
                DeviceFleetName="cameras",
                RoleArn="arn:aws:iam::000000000000:role/serving",
                OutputConfig={"S3OutputLocation": "s3://artifacts/edge"},
            ),
        },
        "Unrecognized resource types: [AWS::SageMaker::DeviceFleet]",
        {"Fleet": None},
    ),
    Case(
        "SEA877",
        {f"Group{number}": _GROUP for number in range(501)},
        "is greater than maximum allowed, 500",
        {f"Group{number}": None for number in range(1, 501)},
    ),
    Case(
        "SEA877",
        {"Group": _GROUP},
        "Template description may not exceed 1024 bytes",
        {},
        sections={"Description": "d" * 1025},
    ),
    Case(
        "SEA877",
        {"Group": _GROUP},
        "1000000",
        {},
        sections={"Metadata": {"Note": "n" * 1_000_001}},
    ),
    Case(
        "SEA879", {"Model": _tagged("aws:owner")}, "aws: prefixed tag key names", {"Model": _tagged("owner")}
    ),
    Case(
        "SEA879", {"Model": _tagged("owner", "owner")}, "Duplicate tag", {"Model": _tagged("owner", "team")}
    ),
    Case(
        "SEA884",
        {"Model": _tagged(*(f"tag-{number}" for number in range(51)))},
        "Member must have length less than or equal to 50",
        {"Model": _tagged("owner")},
    ),
)
