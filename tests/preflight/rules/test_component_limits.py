"""The tables of limits are those of SageMaker's service model, and each one is held in any template."""

from functools import cache
from typing import Any

import pytest
from botocore.loaders import Loader

from preflight import Finding, check_templates
from preflight.rules.component_limits import COUNTS, NUMBERS, TEXTS, Count, Numeric, Text
from preflight.templates import SynthesizedTemplates

COMPONENT = "AWS::SageMaker::InferenceComponent"
CONFIG = "AWS::SageMaker::EndpointConfig"
SHAPES = {
    "InferenceComponent": "CreateInferenceComponentInput",
    "InferenceComponentSpecification": "InferenceComponentSpecification",
    "ProductionVariant": "ProductionVariant",
}
CLOUDFORMATION_ONLY = {"Specifications", "Environment", "MetricsEndpoints"}
"""Counts that CloudFormation narrows."""


@cache
def model() -> dict[str, dict[str, Any]]:
    """Return the shapes of SageMaker's service model."""
    shapes: dict[str, dict[str, Any]] = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    return shapes


def shape(limit: Numeric | Count | Text) -> dict[str, Any]:
    """Return the shape that a limit is about."""
    # CreateInferenceComponent has no DeploymentConfig: CloudFormation hands that to the update.
    owner = "UpdateInferenceComponentInput" if limit.path[0] == "DeploymentConfig" else SHAPES[limit.owner]
    found = model()[owner]
    for part in limit.path:
        if found["type"] == "list":
            found = model()[found["member"]["shape"]]
        found = model()[found["members"][part]["shape"]]
    return found


def within(limit: Numeric | Count | Text, value: object) -> dict[str, Any]:
    """Return what ``value`` stands in at the limit's path."""
    for part in reversed(limit.path):
        value = {part: value}
    assert isinstance(value, dict)
    return value


def found(limit: Numeric | Count | Text, value: object, rule: str) -> list[Finding]:
    """Return what one rule finds in a template with ``value`` where the limit is."""
    data = within(limit, value)
    properties = {
        "InferenceComponent": data,
        "InferenceComponentSpecification": {"Specification": data},
        "ProductionVariant": {"ProductionVariants": [data]},
    }[limit.owner]
    resource_type = CONFIG if limit.owner == "ProductionVariant" else COMPONENT
    document = {"Resources": {"It": {"Type": resource_type, "Properties": properties}}}
    findings = check_templates(SynthesizedTemplates({"a.template.json": document}))
    return [each for each in findings if each.rule == rule]


@pytest.mark.parametrize("limit", NUMBERS, ids=lambda limit: ".".join(limit.path))
def test_sea821_number_outside_its_range(limit: Numeric) -> None:
    """Both ends of every range are the service model's, taken, and nothing beyond them is."""
    said = shape(limit)
    assert (said.get("min"), said.get("max")) == (limit.least, limit.most)
    assert found(limit, limit.least, "SEA821") == []
    [below] = found(limit, limit.least - 1, "SEA821")
    assert below.what == f"{limit.path[-1]} is {limit.least - 1:g}."
    if limit.most is not None:
        assert found(limit, limit.most, "SEA821") == []
        [above] = found(limit, limit.most + 1, "SEA821")
        assert above.allowed == f"{limit.least} to {limit.most}."
    assert found(limit, {"Ref": "Later"}, "SEA821") == []


@pytest.mark.parametrize("limit", COUNTS, ids=lambda limit: ".".join(limit.path))
def test_sea822_count_outside_its_range(limit: Count) -> None:
    """As many entries as the service model takes, or CloudFormation where that takes fewer."""
    said = shape(limit)
    if limit.path[-1] not in CLOUDFORMATION_ONLY:
        assert (said["min"], said["max"]) == (limit.least, limit.most)
    assert limit.most <= said["max"]

    def entries(count: int) -> object:
        if said["type"] == "map":
            return {f"A{number}": "b" for number in range(count)}
        return [{}] * count

    for count in (limit.least, limit.most):
        assert found(limit, entries(count), "SEA822") == []
    [above] = found(limit, entries(limit.most + 1), "SEA822")
    assert above.what == f"{limit.path[-1]} has {limit.most + 1} entries."
    if limit.least > 0:
        assert len(found(limit, entries(limit.least - 1), "SEA822")) == 1


@pytest.mark.parametrize("limit", TEXTS, ids=lambda limit: f"{limit.owner}.{'.'.join(limit.path)}")
def test_sea823_text_refused(limit: Text) -> None:
    """Texts are as long as the service model takes, and of its form."""
    said = shape(limit)
    assert said["max"] == limit.most
    good = "s3://b/a.tar.gz" if limit.path[-1] == "ArtifactUrl" else "good"
    assert found(limit, good, "SEA823") == []
    [wrong] = found(limit, "-bad name-", "SEA823")
    assert wrong.what == f"{limit.path[-1]} is '-bad name-'."
    long = good + "a" * limit.most
    # The length of a component's name is SEA817's.
    assert len(found(limit, long, "SEA823")) == (limit.path != ("InferenceComponentName",))
    assert found(limit, {"Ref": "Later"}, "SEA823") == []


def test_sea824_artifact_not_packed() -> None:
    """What a component itself refers to ends in .tar.gz."""
    limit = next(each for each in TEXTS if each.path[-1] == "ArtifactUrl")
    assert found(limit, "s3://b/a.tar.gz", "SEA824") == []
    [finding] = found(limit, "s3://b/a/", "SEA824")
    assert finding.what == "ArtifactUrl is 's3://b/a/'."


def test_no_limit_of_the_service_model_is_forgotten() -> None:
    """Every range of a number in a specification or a deployment configuration is in the table."""
    known = {(each.owner, each.path) for each in NUMBERS}
    known.add(
        ("InferenceComponentSpecification", ("ComputeResourceRequirements", "NumberOfCpuCoresRequired"))
    )
    for owner, name in (
        ("InferenceComponentSpecification", "InferenceComponentSpecification"),
        ("InferenceComponent", "UpdateInferenceComponentInput"),
    ):
        ranges = set(_ranges(name))
        assert {(owner, path) for path in ranges if path[0] in _TOPS[owner]} <= known


_TOPS = {
    "InferenceComponentSpecification": {
        "ComputeResourceRequirements",
        "StartupParameters",
        "SchedulingConfig",
        "Container",
    },
    "InferenceComponent": {"DeploymentConfig"},
}


def _ranges(name: str) -> list[tuple[str, ...]]:
    """Return the path to every number with a range below a shape."""
    found: list[tuple[str, ...]] = []
    for member, reference in model()[name].get("members", {}).items():
        said = model()[reference["shape"]]
        if said["type"] in {"integer", "float"} and {"min", "max"} & set(said):
            found.append((member,))
        if said["type"] == "structure":
            found += [(member, *path) for path in _ranges(reference["shape"])]
    return found
