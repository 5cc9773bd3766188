"""Whether a resource is what its template says, as far as describe calls can tell."""

from collections.abc import Iterable, Mapping

from tests.end_to_end.description.comparison import Verdict
from tests.end_to_end.description.deployed import Resource

__all__ = ["NOT_RETURNED", "stale_exceptions", "wrong_leaves"]

NOT_RETURNED: Mapping[tuple[str, str], str] = {
    ("AWS::EC2::FlowLog", "ResourceType"): (
        "DescribeFlowLogs answers the resource's id alone (EC2 API reference, FlowLog), whose prefix, here "
        "vpc-, is the type"
    ),
    ("AWS::EC2::Instance", "ElasticInferenceAccelerators.Type"): (
        "an association names the accelerator by its ARN alone (EC2 API reference, "
        "ElasticInferenceAcceleratorAssociation); the service that answered its type is gone"
    ),
    ("AWS::KMS::Key", "PendingWindowInDays"): (
        "CloudFormation keeps it for the day it deletes the key; DescribeKey answers "
        "PendingDeletionWindowInDays only for a multi-Region primary key that waits for its replicas "
        "(KMS API reference, KeyMetadata)"
    ),
    ("AWS::SSM::Document", "UpdateMethod"): (
        "it tells CloudFormation how to update; Systems Manager never sees it"
    ),
}
"""The properties that no describe call returns, by resource type and path, each with the reason."""


def wrong_leaves(resource: Resource) -> list[str]:
    """Return every property that differs, or that is not returned without a reason, in words."""
    return [
        str(leaf)
        for leaf in resource.compare()
        if leaf.verdict is Verdict.DIFFERENT
        or (leaf.verdict is Verdict.NOT_RETURNED and (resource.type, leaf.property_path) not in NOT_RETURNED)
    ]


def stale_exceptions(resources: Iterable[Resource]) -> list[tuple[str, str]]:
    """Return the entries of ``NOT_RETURNED`` that ``resources`` declare and some call returns after all."""
    leaves = [(resource.type, leaf) for resource in resources for leaf in resource.compare()]
    declared = {(kind, leaf.property_path) for kind, leaf in leaves}
    met = {(kind, leaf.property_path) for kind, leaf in leaves if leaf.verdict is Verdict.NOT_RETURNED}
    return sorted(NOT_RETURNED.keys() & declared - met)
