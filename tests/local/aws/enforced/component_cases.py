"""Inference components that SageMaker refuses; their endpoints have instances that nothing runs on."""

from typing import Any

from tests.local.aws.account import IMAGE
from tests.local.aws.enforced.case import Case, merged
from tests.local.aws.enforced.parts import ARTIFACT, endpoint, model, of_components, resource

__all__ = ["COMPONENT_CASES"]

_COMPUTE = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 1024}
_MODEL_NAME = {"Fn::GetAtt": ["Model", "ModelName"]}


def _hosted(**components: dict[str, Any]) -> dict[str, Any]:
    return {
        "Model": model(),
        "Config": of_components(),
        "Endpoint": endpoint(),
        **{name: _component(**each) for name, each in components.items()},
    }


def _component(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - CloudFormation's properties
    properties = {
        "InferenceComponentName": "enforced",
        "EndpointName": {"Fn::GetAtt": ["Endpoint", "EndpointName"]},
        "VariantName": "AllTraffic",
        "Specification": {"ModelName": _MODEL_NAME, "ComputeResourceRequirements": _COMPUTE},
        "RuntimeConfig": {"CopyCount": 1},
    }
    return resource("SageMaker::InferenceComponent", **merged(properties, changes))


def _compute(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return {"Specification": {"ComputeResourceRequirements": changes}}


def _case(rule: str, refused: dict[str, Any], words: str, taken: dict[str, Any] | None = None) -> Case:
    return Case(rule, _hosted(It=refused), words, {"It": _component(**(taken or {}))}, finishes=False)


_INLINE = {"ModelName": None, "Container": {"Image": IMAGE, "ArtifactUrl": ARTIFACT}}
_ADAPTER = {
    "ModelName": None,
    "ComputeResourceRequirements": None,
    "BaseInferenceComponentName": "base",
    "Container": {"ArtifactUrl": ARTIFACT},
}

COMPONENT_CASES = (
    _case("SEA811", _compute(MinMemoryRequiredInMb=None), "minMemoryRequiredInMb"),
    _case("SEA812", _compute(NumberOfCpuCoresRequired=0.1), "numberOfCpuCoresRequired"),
    _case("SEA813", {"RuntimeConfig": {"CopyCount": 0}}, "copy count must be an integer larger than 0"),
    _case("SEA817", {"InferenceComponentName": "n" * 64}, "Member must have length less than or equal to 63"),
    _case(
        "SEA821", _compute(MinMemoryRequiredInMb=64), "Member must have value greater than or equal to 128"
    ),
    _case(
        "SEA822",
        {
            "Specification": {
                **_INLINE,
                "Container": {"Image": IMAGE, "Environment": {f"V{n}": "x" for n in range(17)}},
            }
        },
        "Container/Environment: maximum size: [16], found: [17]",
        {"Specification": _INLINE},
    ),
    _case(
        "SEA823", {"InferenceComponentName": "under_score"}, "Member must satisfy regular expression pattern"
    ),
    _case(
        "SEA833",
        {"Specification": {**_ADAPTER, "ComputeResourceRequirements": _COMPUTE}},
        "ComputeResourceRequirements",
        {"Specification": _ADAPTER},
    ),
)
