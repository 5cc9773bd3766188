"""Service Quotas: SageMaker's quotas of instances for endpoints, of all instance types that are known here.

A requested value is granted at once, whether it is higher or lower, so that a test can have the quota of a
real account. Source: ListServiceQuotas, GetServiceQuota and others of the Service Quotas API reference. The
codes are made up: AWS's are not derived from anything.
"""

import hashlib
import time
import uuid
from collections.abc import Mapping
from typing import Any

from local.aws.server.components.instance_capacities import known_instance_types
from local.aws.server.endpoint_quotas import UNLIMITED, EndpointQuotas, quota_name
from local.aws.server.errors import AwsError
from local.aws.server.json_api import JsonApi
from local.aws.server.listing import page_of
from local.aws.server.scope import Scope

__all__ = ["ServiceQuotasApi"]

_SERVICE = "sagemaker"
_DEFAULT_PAGE = 100

Quota = dict[str, Any]


class ServiceQuotasApi(JsonApi):
    """The operations that exist on the laptop.

    Args:
        quotas: that are in force.
    """

    def __init__(self, quotas: EndpointQuotas) -> None:
        self._quotas = quotas
        self._types = {_code(name): name for name in known_instance_types()}
        super().__init__(
            "service-quotas",
            "ServiceQuotasV20190624.",
            {
                "ListServiceQuotas": self.list,
                "ListAWSDefaultServiceQuotas": self.list_defaults,
                "GetServiceQuota": self.get,
                "RequestServiceQuotaIncrease": self.request_increase,
            },
        )

    def list(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """ListServiceQuotas."""
        _check_service(request)
        quotas = [self._described(scope, code) for code in self._types]
        return page_of("Quotas", quotas, request, _DEFAULT_PAGE)

    def list_defaults(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """ListAWSDefaultServiceQuotas: what they were before anybody requested another value."""
        _check_service(request)
        quotas = [{**self._described(scope, code), "Value": UNLIMITED} for code in self._types]
        return page_of("Quotas", quotas, request, _DEFAULT_PAGE)

    def get(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """GetServiceQuota."""
        return {"Quota": self._described(scope, self._checked_code(request))}

    def request_increase(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """RequestServiceQuotaIncrease: granted before it answers."""
        code = self._checked_code(request)
        self._quotas.set(scope, self._types[code], float(request["DesiredValue"]))
        quota = self._described(scope, code)
        now = time.time()
        return {
            "RequestedQuota": {
                **{
                    key: quota[key]
                    for key in ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "QuotaArn")
                },
                "Id": uuid.uuid4().hex,
                "DesiredValue": request["DesiredValue"],
                "Status": "APPROVED",
                "Created": now,
                "LastUpdated": now,
                "GlobalQuota": False,
                "Unit": "None",
            }
        }

    def _checked_code(self, request: Mapping[str, Any]) -> str:
        _check_service(request)
        code = str(request["QuotaCode"])
        if code not in self._types:
            raise AwsError(
                "NoSuchResourceException", f"The request failed because quota {code} does not exist."
            )
        return code

    def _described(self, scope: Scope, code: str) -> Quota:
        instance_type = self._types[code]
        return {
            "ServiceCode": _SERVICE,
            "ServiceName": "Amazon SageMaker",
            "QuotaArn": f"arn:aws:servicequotas:{scope.region}:{scope.account_id}:{_SERVICE}/{code}",
            "QuotaCode": code,
            "QuotaName": quota_name(instance_type),
            "Value": self._quotas.value(scope, instance_type),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }


def _code(instance_type: str) -> str:
    return f"L-{hashlib.sha256(quota_name(instance_type).encode()).hexdigest()[:8].upper()}"


def _check_service(request: Mapping[str, Any]) -> None:
    if request["ServiceCode"] != _SERVICE:
        raise AwsError(
            "NoSuchResourceException", f"The quotas of {request['ServiceCode']} aren't there on the laptop."
        )
