"""The rules about logs, alarms, services and drivers in any template."""

from typing import Any

import pytest

from preflight import check_templates
from preflight.templates import SynthesizedTemplates
from tests.preflight.rules.template_findings import findings, rules_in

ENDPOINT, CONFIG, MODEL = (f"AWS::SageMaker::{name}" for name in ("Endpoint", "EndpointConfig", "Model"))
COMPONENT, ALARM, LOGS = "AWS::SageMaker::InferenceComponent", "AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup"

Resources = dict[str, tuple[str, dict[str, Any]]]


def hosted(**variant: object) -> Resources:
    """Return an endpoint with its config, whose variant has these properties, and a model."""
    image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-tritonserver:25.09-py3"
    given = {"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}, "InstanceType": "ml.g5.xlarge", **variant}
    name = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    return {
        "Model": (MODEL, {"PrimaryContainer": {"Image": image}}),
        "Config": (CONFIG, {"ProductionVariants": [given]}),
        "Endpoint": (ENDPOINT, {"EndpointName": "fast", "EndpointConfigName": name}),
    }


def alarm(
    value: object, name: str = "EndpointName", namespace: str = "AWS/SageMaker"
) -> tuple[str, dict[str, Any]]:
    """Return an alarm on a metric of one dimension."""
    return ALARM, {"Namespace": namespace, "Dimensions": [{"Name": name, "Value": value}]}


def test_sea841_logs_kept_for_ever() -> None:
    """A group without retention keeps everything."""
    assert rules_in({"It": (LOGS, {}), "Other": (LOGS, {"RetentionInDays": 30})}, "SEA841") == ["It"]


def test_sea842_nobody_watches_an_endpoint() -> None:
    """No alarm, one of another namespace, and one of another endpoint leave it unwatched."""
    assert rules_in(hosted(), "SEA842") == ["Endpoint"]
    assert rules_in(hosted() | {"Alarm": alarm("fast", namespace="AWS/EC2")}, "SEA842") == ["Endpoint"]
    assert rules_in(hosted() | {"Alarm": alarm("slow")}, "SEA842") == ["Endpoint"]


@pytest.mark.parametrize(
    "value", ["fast", {"Fn::GetAtt": ["Endpoint", "EndpointName"]}, {"Ref": "Parameter"}]
)
def test_sea842_an_alarm_by_name_or_reference(value: object) -> None:
    """However the alarm names it; what is known at deployment only may be the endpoint."""
    assert rules_in(hosted() | {"Alarm": alarm(value)}, "SEA842") == []


def test_sea842_an_alarm_on_an_expression() -> None:
    """Metric math counts by the metrics it is made of."""
    metric = alarm("fast")[1]
    math = {"Metrics": [{"Id": "a", "MetricStat": {"Metric": metric}}, {"Id": "b", "Expression": "a"}]}
    assert rules_in(hosted() | {"Alarm": (ALARM, math)}, "SEA842") == []


def test_sea842_an_alarm_in_another_stack() -> None:
    """A reference over an export leads to the endpoint."""
    resources = {name: {"Type": kind, "Properties": each} for name, (kind, each) in hosted().items()}
    output = {"Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}, "Export": {"Name": "A:Fast"}}
    hosting = {"Resources": resources, "Outputs": {"Fast": output}}
    kind, watching = alarm({"Fn::ImportValue": "A:Fast"})
    documents = {"a": hosting, "b": {"Resources": {"Alarm": {"Type": kind, "Properties": watching}}}}
    found = check_templates(SynthesizedTemplates(documents))
    assert "SEA842" not in [finding.rule for finding in found]


def test_sea842_components_are_watched_by_themselves() -> None:
    """An endpoint for components needs no alarm; each component does, and adapters share their base's."""
    shared = hosted()
    shared["Config"] = (CONFIG, {"ProductionVariants": [{"InstanceType": "ml.g5.xlarge"}]})
    component = (COMPONENT, {"InferenceComponentName": "chat", "Specification": {}})
    adapter = (COMPONENT, {"Specification": {"BaseInferenceComponentName": "chat"}})
    assert rules_in(shared, "SEA842") == []
    assert rules_in(shared | {"Chat": component, "Tuned": adapter}, "SEA842") == ["Chat"]
    watched = shared | {"Chat": component, "Alarm": alarm("chat", "InferenceComponentName")}
    assert rules_in(watched, "SEA842") == []


@pytest.mark.parametrize("kind", ["AWS::SageMaker::Device", "AWS::SageMaker::DeviceFleet"])
def test_sea843_retired_service(kind: str) -> None:
    """Edge Manager's resources can't be created any more."""
    [finding] = findings({"It": (kind, {})}, "SEA843")
    assert finding.what == f"{kind} can't be created any more."
    assert rules_in(hosted(), "SEA843") == []


def test_sea844_driver_too_old() -> None:
    """Triton 25.09 has CUDA 13, for which NVIDIA names neither 550 nor anything between 545 and 575."""
    variant = {"InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-3-1"}
    [finding] = findings(hosted(**variant), "SEA844")
    assert finding.subject == "Config"
    assert finding.what == "The instances have the driver 550; Triton 25.09 has CUDA 13."
    assert finding.allowed == "575 or newer, or one of R470, R525, R535, R545."


@pytest.mark.parametrize(
    "variant",
    [
        {"InferenceAmiVersion": "al2023-ami-sagemaker-inference-gpu-4-1"},
        {"InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-2-1"},
        {"InferenceAmiVersion": {"Ref": "Ami"}},
        {"InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-3-1", "InstanceType": "ml.m5.large"},
        {"InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-3-1", "InstanceType": {"Ref": "Type"}},
        {"InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-3-1", "ModelName": "made-elsewhere"},
        {},
    ],
)
def test_sea844_lets_fitting_and_unknown_drivers_pass(variant: dict[str, object]) -> None:
    """Newer or named drivers fit; without a GPU, an image or a driver that is known, nothing is guessed."""
    assert rules_in(hosted(**variant), "SEA844") == []


def test_sea844_sees_every_container() -> None:
    """Each release of several containers, once."""
    resources = hosted(InferenceAmiVersion="al2-ami-sagemaker-inference-gpu-3-1")
    container = resources["Model"][1]["PrimaryContainer"]
    own = {"Image": "1.dkr.ecr.eu-west-1.amazonaws.com/mine:1"}
    resources["Model"] = (MODEL, {"Containers": [own, container, container]})
    assert rules_in(resources, "SEA844") == ["Config"]


def test_sea844_other_images() -> None:
    """An image of one's own may bring what it needs."""
    resources = hosted(InferenceAmiVersion="al2-ami-sagemaker-inference-gpu-3-1")
    resources["Model"] = (MODEL, {"PrimaryContainer": {"Image": "1.dkr.ecr.eu-west-1.amazonaws.com/mine:1"}})
    assert rules_in(resources, "SEA844") == []
