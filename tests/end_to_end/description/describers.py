"""Which describe calls tell everything about a resource, by its type."""

from collections.abc import Mapping

from tests.end_to_end.description._clients import CLIENT_DESCRIBERS
from tests.end_to_end.description._cloudwatch import CLOUDWATCH_DESCRIBERS
from tests.end_to_end.description._ec2 import EC2_DESCRIBERS
from tests.end_to_end.description._identity import IDENTITY_DESCRIBERS
from tests.end_to_end.description._logs import LOGS_DESCRIBERS
from tests.end_to_end.description._sagemaker import SAGEMAKER_DESCRIBERS
from tests.end_to_end.description.description import Describer

__all__ = ["DESCRIBERS"]

DESCRIBERS: Mapping[str, Describer] = {
    **CLIENT_DESCRIBERS,
    **CLOUDWATCH_DESCRIBERS,
    **EC2_DESCRIBERS,
    **IDENTITY_DESCRIBERS,
    **LOGS_DESCRIBERS,
    **SAGEMAKER_DESCRIBERS,
}
"""By CloudFormation type. Every call is the type's own service's; none is CloudFormation's."""
