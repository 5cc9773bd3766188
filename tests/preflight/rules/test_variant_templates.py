"""The rules about variants of endpoint configurations in any template."""

from typing import Any

import pytest
from botocore.loaders import Loader
from sagemaker.core.common_utils import volume_size_supported

import catalogue
from preflight.rules.variant_templates import COUNTS, NUMBERS, Limit
from tests.preflight.rules.template_findings import findings, rules_in

MODEL, CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
INPUTS = {CONFIG: "CreateEndpointConfigInput", MODEL: "CreateModelInput"}
VARIANT = {"VariantName": "All", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


def config(*variants: dict[str, Any], **properties: object) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return a configuration with these variants."""
    return {"Config": (CONFIG, {"ProductionVariants": list(variants or (VARIANT,)), **properties})}


def within(limit: Limit, value: object) -> dict[str, Any]:
    """Return properties with ``value`` where the limit is."""
    for part in reversed(limit.path):
        value = {part: value}
    assert isinstance(value, dict)
    return value


def shape(limit: Limit) -> dict[str, Any]:
    """Return the shape of SageMaker's service model that a limit is about."""
    shapes = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    found = shapes[INPUTS[limit.owner]]
    for part in limit.path:
        found = shapes[found["member"]["shape"]] if found["type"] == "list" else found
        found = shapes[found["members"][part]["shape"]]
    return dict(found)


@pytest.mark.parametrize("limit", [*NUMBERS, *COUNTS], ids=lambda each: ".".join(each.path))
def test_limits_are_the_service_models(limit: Limit) -> None:
    """Each range stands in SageMaker's service model."""
    assert (shape(limit)["min"], shape(limit)["max"]) == (limit.least, limit.most)


@pytest.mark.parametrize("limit", NUMBERS, ids=lambda each: each.path[-1])
def test_sea883_holds_each_number(limit: Limit) -> None:
    """A number at either end passes, one beyond is found, and a function is left alone."""
    for value in (limit.least, limit.most, {"Ref": "Parameter"}):
        assert rules_in({"It": (limit.owner, within(limit, value))}, "SEA883") == []
    for value in (limit.least - 1, limit.most + 1):
        [finding] = findings({"It": (limit.owner, within(limit, value))}, "SEA883")
        assert finding.what == f"{limit.path[-1]} is {value}."
        assert finding.allowed == f"{limit.least} to {limit.most}."


@pytest.mark.parametrize("limit", COUNTS, ids=lambda each: f"{each.owner[16:]}.{'.'.join(each.path)}")
def test_sea884_holds_each_count(limit: Limit) -> None:
    """As many entries as SageMaker takes pass, one more is found, and a function is left alone."""
    kind: Any = (lambda n: {f"K{i}": "v" for i in range(n)}) if limit.path[-1] == "Environment" else list
    entries = kind(limit.most) if limit.path[-1] == "Environment" else [{}] * limit.most
    more = kind(limit.most + 1) if limit.path[-1] == "Environment" else [{}] * (limit.most + 1)
    assert rules_in({"It": (limit.owner, within(limit, entries))}, "SEA884") == []
    assert rules_in({"It": (limit.owner, within(limit, {"Fn::FindInMap": ["a", "b", "c"]}))}, "SEA884") == []
    [finding] = findings({"It": (limit.owner, within(limit, more))}, "SEA884")
    assert finding.what == f"{limit.path[-1]} has {limit.most + 1} entries."


def test_sea880_two_variants_of_one_name() -> None:
    """Production and shadow variants share their names' room."""
    [finding] = findings(config(VARIANT, VARIANT), "SEA880")
    assert finding.what == "2 variants are called 'All'."
    assert rules_in(config(VARIANT, ShadowProductionVariants=[VARIANT]), "SEA880") == ["Config"]
    assert rules_in(config(VARIANT, {**VARIANT, "VariantName": "Other"}), "SEA880") == []
    unknown = {**VARIANT, "VariantName": {"Ref": "Name"}}
    assert rules_in(config(unknown, unknown), "SEA880") == []


def test_sea881_shadows() -> None:
    """A shadow has one variant that it shadows."""
    other = {**VARIANT, "VariantName": "Other"}
    [finding] = findings(config(VARIANT, other, ShadowProductionVariants=[VARIANT]), "SEA881")
    assert finding.what == "There are 1 shadow variants and 2 production variants."
    assert rules_in(config(VARIANT, ShadowProductionVariants=[other, other]), "SEA881") == ["Config"]
    assert rules_in(config(VARIANT, ShadowProductionVariants=[other]), "SEA881") == []
    assert rules_in(config(VARIANT, other), "SEA881") == []


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ({}, "none of the three"),
        ({"InstanceType": "ml.m5.large", "ServerlessConfig": {}}, "InstanceType and ServerlessConfig"),
        ({"InstanceType": "ml.m5.large", "InstancePools": []}, "InstanceType and InstancePools"),
        ({"ServerlessConfig": {}, "InitialInstanceCount": 1}, "ServerlessConfig and InitialInstanceCount"),
    ],
)
def test_sea882_what_a_variant_runs_on(variant: dict[str, Any], words: str) -> None:
    """Neither nothing nor two kinds."""
    [finding] = findings(config({"VariantName": "All", **variant}), "SEA882")
    assert finding.what == f"The variant 'All' has {words}."


@pytest.mark.parametrize(
    "variant",
    [
        {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1},
        {"InstancePools": [{"InstanceType": "ml.m5.large", "Priority": 1}]},
        {"ServerlessConfig": {"MemorySizeInMB": 1024}},
        {"Fn::If": ["A", {}, {}]},
    ],
)
def test_sea882_lets_one_kind_pass(variant: dict[str, Any]) -> None:
    """One kind of instances, or a function that says it at deployment."""
    assert rules_in(config({"VariantName": "All", **variant}), "SEA882") == []


def test_sea885_a_volume_beside_local_disks() -> None:
    """Instance types with local disks get no volume, those of pools neither."""
    [finding] = findings(config({**VARIANT, "InstanceType": "ml.g5.xlarge", "VolumeSizeInGB": 100}), "SEA885")
    assert finding.what == "VolumeSizeInGB is given, and ml.g5.xlarge has local disks instead of a volume."
    pool = {"VariantName": "All", "InstancePools": [{"InstanceType": "ml.g4dn.xlarge"}], "VolumeSizeInGB": 9}
    assert rules_in(config(pool), "SEA885") == ["Config"]
    assert rules_in(config({**VARIANT, "VolumeSizeInGB": 100}), "SEA885") == []
    assert rules_in(config({**VARIANT, "InstanceType": "ml.g5.xlarge"}), "SEA885") == []


def test_sea885_agrees_with_the_sdk() -> None:
    """Each type of the catalogue is judged as the SageMaker SDK judges it."""
    for each in catalogue.instance_types():
        found = rules_in(config({**VARIANT, "InstanceType": each.name, "VolumeSizeInGB": 1}), "SEA885")
        assert bool(found) is not volume_size_supported(each.name), each.name


def test_sea886_weights() -> None:
    """A weight of 0 beside another takes no traffic, and all of 0 share none."""
    nothing = {**VARIANT, "InitialVariantWeight": 0}
    [finding] = findings(config(nothing), "SEA886")
    assert finding.what == "Every InitialVariantWeight is 0."
    assert rules_in(config(nothing, {**VARIANT, "VariantName": "Other"}), "SEA886") == []
    assert rules_in(config(VARIANT, ShadowProductionVariants=[nothing]), "SEA886") == []
