"""The resources of one declared component, as a template has them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from seatrial_hosting import _scaling_properties as scaling_json
from seatrial_hosting._component_properties import COMPONENT_TYPE, component_properties
from seatrial_hosting._observability_properties import (
    LOG_GROUP_TYPE,
    alarm_prefix,
    log_group_properties,
    server_errors_alarm_properties,
)
from seatrial_hosting._template_json import Properties, present, resource
from seatrial_hosting.component_declaration import ComponentDeclaration, DeclaredModel
from seatrial_hosting.endpoint import Endpoint
from seatrial_hosting.scaling_settings import Scaling

__all__ = ["component_resources", "logical_id"]

_LETTERS_AND_DIGITS = re.compile(r"[^a-zA-Z0-9]")
_READABLE_CHARACTERS = 40


def logical_id(component_name: str) -> str:
    """Return what the logical ids of a component's resources begin with: a function of its name alone."""
    digest = hashlib.sha256(component_name.encode()).hexdigest()[:8].upper()
    return f"{_LETTERS_AND_DIGITS.sub('', component_name)[-_READABLE_CHARACTERS:]}{digest}"


def component_resources(
    declared: ComponentDeclaration, endpoint: Endpoint, log_key_arn: str | None
) -> dict[str, Properties]:
    """Return all resources of a component by logical id."""
    name, base = declared.component_name, logical_id(declared.component_name)
    alarms = alarm_prefix(endpoint.endpoint_name, name)
    resources: dict[str, Properties] = {}
    rolling = declared.rolling_update
    if declared.log_retention_days is not None:
        group = log_group_properties(name, declared.log_retention_days, log_key_arn)
        resources[f"{base}LogGroup"] = resource(LOG_GROUP_TYPE, group, delete=True)
    if declared.errors_per_minute is not None:
        alarm_name = f"{alarms}-server-errors"
        alarm = server_errors_alarm_properties(alarm_name, name, declared.errors_per_minute)
        resources[f"{base}ServerErrors"] = resource(scaling_json.ALARM_TYPE, alarm)
        rolling = replace(rolling, rollback_alarm_names=(*rolling.rollback_alarm_names, alarm_name))
    before = tuple(resources)
    properties = component_properties(
        component_name=name,
        endpoint_name=endpoint.endpoint_name,
        variant_name=endpoint.variant_name,
        specifications=declared.specifications,
        copy_count=declared.copy_count,
        rolling_update=rolling,
    )
    if declared.model is not None:
        resources[f"{base}Model"] = resource("AWS::SageMaker::Model", _model(declared.model))
        _serve(properties, {"Fn::GetAtt": [f"{base}Model", "ModelName"]})
    resources[base] = resource(COMPONENT_TYPE, properties, depends_on=before)
    if declared.scaling is not None:
        resources |= _scaling(declared.scaling, name, base, alarms)
    return resources


def _scaling(scaling: Scaling, name: str, base: str, alarms: str) -> dict[str, Properties]:
    target = scaling_json.target_properties(
        f"inference-component/{name}", scaling_json.COPIES_DIMENSION, scaling
    )
    resources = {f"{base}Target": resource(scaling_json.TARGET_TYPE, target, depends_on=(base,))}
    target_id = {"Ref": f"{base}Target"}
    if scaling.target_tracking is not None:
        tracking = scaling_json.tracking_properties(f"{name}-tracking", target_id, scaling.target_tracking)
        resources[f"{base}Tracking"] = resource(scaling_json.POLICY_TYPE, tracking)
    if scaling.minimum == 0:
        policy = scaling_json.from_zero_policy_properties(f"{name}-from-zero", target_id)
        resources[f"{base}FromZero"] = resource(scaling_json.POLICY_TYPE, policy)
        alarm = scaling_json.from_zero_alarm_properties(
            f"{alarms}-no-capacity", name, {"Ref": f"{base}FromZero"}
        )
        resources[f"{base}NoCapacity"] = resource(scaling_json.ALARM_TYPE, alarm)
    return resources


def _serve(properties: Properties, model_name: Properties) -> None:
    for specification in properties.get("Specifications", [properties.get("Specification")]):
        specification["ModelName"] = model_name


def _model(model: DeclaredModel) -> Properties:
    container = {
        "Image": model.image,
        "ModelDataUrl": model.artifact_url,
        "Environment": dict(model.environment),
    }
    return {
        "ExecutionRoleArn": model.role_arn,
        "EnableNetworkIsolation": True,
        "PrimaryContainer": present(container),
        "VpcConfig": {
            "SecurityGroupIds": list(model.security_group_ids),
            "Subnets": list(model.subnet_ids),
        },
    }
