"""Elastic Inference: refused, as AWS refuses it today, unless the server stands for AWS as of 2020.

Sources: SageMaker API reference, ProductionVariant, AcceleratorType, and EC2 API reference, RunInstances: "no
longer available"; error codes of the latter for ``InvalidServiceName``. The words of the refusals, and that
its VPC endpoint service is gone, are assumptions.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.scope import Scope

__all__ = ["ElasticInference"]

_LAST_YEAR = 2022
"""The last whole year in which AWS took new customers."""

_SERVICE = ".elastic-inference.runtime"
"""How the name of its VPC endpoint service ended (Elastic Inference developer guide, AWS PrivateLink)."""

Association = dict[str, str]


@dataclass(frozen=True, slots=True)
class ElasticInference:
    """Whether there is Elastic Inference.

    Attributes:
        as_of: the year that the server stands for; None for today.
    """

    as_of: int | None = None

    @property
    def available(self) -> bool:
        """Whether AWS had it then."""
        return self.as_of is not None and self.as_of <= _LAST_YEAR

    def check_variant(self, variant: Mapping[str, Any]) -> None:
        """Refuse a production variant with an accelerator where there are none.

        Raises:
            AwsError: ``ValidationException``.
        """
        accelerator = variant.get("AcceleratorType")
        if accelerator and not self.available:
            raise validation_exception(
                f"AcceleratorType {accelerator} of variant {variant['VariantName']} is not supported: Amazon "
                "Elastic Inference (EI) is no longer available."
            )

    def check_instance(self, accelerator_types: list[str]) -> None:
        """Refuse an instance with accelerators where there are none.

        Raises:
            AwsError: ``UnsupportedOperation``.
        """
        if accelerator_types and not self.available:
            raise AwsError(
                "UnsupportedOperation",
                "The requested configuration is not supported: Amazon Elastic Inference is no longer "
                f"available ({', '.join(accelerator_types)}).",
            )

    def check_service(self, name: str) -> None:
        """Refuse a VPC endpoint of Elastic Inference's service where there is none.

        Raises:
            AwsError: ``InvalidServiceName``.
        """
        if name.endswith(_SERVICE) and not self.available:
            raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")

    def associate(self, scope: Scope, count: int) -> list[Association]:
        """Return so many new associations, as DescribeInstances answers them."""
        region, account = scope.region, scope.account_id
        prefix = f"arn:aws:elastic-inference:{region}:{account}:elastic-inference-accelerator"
        return [
            {
                "elasticInferenceAcceleratorArn": f"{prefix}/eia-{secrets.token_hex(16)}",
                "elasticInferenceAcceleratorAssociationId": f"eia-assoc-{secrets.token_hex(8)}0",
                "elasticInferenceAcceleratorAssociationState": "associated",
                "elasticInferenceAcceleratorAssociationTime": time.strftime(
                    "%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()
                ),
            }
            for _ in range(count)
        ]
