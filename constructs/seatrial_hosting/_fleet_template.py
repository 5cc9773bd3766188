"""The resources of declared components, as a template has them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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

__all__ = ["component_resources", "logical_id", "shared_template"]

_LETTERS_AND_DIGITS = re.compile(r"[^a-zA-Z0-9]")
_READABLE_CHARACTERS = 40
_REFERENCES = ("Ref", "Fn::GetAtt")


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


def shared_template(resources: Mapping[str, Properties]) -> tuple[Properties, Properties]:
    """Return a template of ``resources``, and the values of its parameters.

    Every object and list in a property becomes a parameter, equal ones the same, except around references
    to other resources. Components of one endpoint have most of them in common, and CfnInclude reads its file
    by a YAML parser, whatever the form: with all written out, that took a quarter of a synth.
    """
    parameters: Properties = {}
    names: dict[str, str] = {}

    def written(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict | list) or _is_reference(value):
            return value
        if _has_reference(value):
            if isinstance(value, dict):
                return {name: written(each) for name, each in value.items()}
            return [written(each) for each in value]
        text = json.dumps(value)
        if text not in names:
            names[text] = f"Shared{len(names)}"
            parameters[names[text]] = value
        return {"Ref": names[text]}

    template_resources = {
        name: {**each, "Properties": {key: written(value) for key, value in each["Properties"].items()}}
        for name, each in resources.items()
    }
    declared = {name: {"Type": "String"} for name in parameters}
    return {"Parameters": declared, "Resources": template_resources}, parameters


def _has_reference(value: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return _is_reference(value) or any(map(_has_reference, value.values()))
    return isinstance(value, list) and any(map(_has_reference, value))


def _is_reference(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _REFERENCES


def _scaling(scaling: Scaling, name: str, base: str, alarms: str) -> dict[str, Properties]:
    target = scaling_json.target_properties(
        f"inference-component/{name}", scaling_json.COPIES_DIMENSION, scaling
    )
    resources = {f"{base}Target": resource(scaling_json.TARGET_TYPE, target, depends_on=(base,))}
    target_id = {"Ref": f"{base}Target"}
    if scaling.target_tracking is not None:
        tracking = scaling_json.tracking_properties(f"{name}-tracking", target_id, scaling.target_tracking)
        resources[f"{base}Tracking"] = resource(scaling_json.POLICY_TYPE, tracking)
    if scaling.reaches_zero:
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
