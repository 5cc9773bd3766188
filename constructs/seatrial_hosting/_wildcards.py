"""Acknowledging single wildcards of an IAM policy, by the names cdk-nag gives them."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

__all__ = ["acknowledge_wildcards"]


def acknowledge_wildcards(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge AwsSolutions-IAM5 below ``construct`` for exactly these ARNs.

    The constructs need wildcards where AWS offers no narrower resource. Whoever runs cdk-nag over them
    should read the reason once, here, and still be told of every wildcard that is added later.

    Args:
        construct: the role that holds the statements.
        reasons: why AWS leaves no narrower choice, by the ARN with its ``*`` as the statement has it; tokens
            are allowed.
    """
    names = cdk.Stack.of(construct).resolve(list(reasons))
    cdk.Validations.of(construct).acknowledge(
        *(
            cdk.Acknowledgment(id=f"AwsSolutions-IAM5[Resource::{_flattened(name)}]", reason=reason)
            for name, reason in zip(names, reasons.values(), strict=True)
        )
    )


def _flattened(value: Any) -> str:  # noqa: ANN401 - resolved CloudFormation is any JSON
    """Write intrinsic functions as cdk-nag's finding ids do: ``<Ref>`` and ``<Resource.Attribute>``."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(_flattened(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case _:
            return str(value)
