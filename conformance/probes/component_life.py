"""The life of a component and its copies: A44, A46 to A49, A56, A59, A60, A63, A65, A78, A79, A82."""

from typing import Any

from conformance.archives import python_model
from conformance.benches import component_of, components, specification, unloadable_specification
from conformance.errors import NotSettledError
from conformance.laboratory import SMALL, Laboratory
from conformance.probe import Bench, probe

_LARGE = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 9000}
"""Of which one fits on an ml.m5.xlarge with its 16 GiB, and two on the bench's two instances."""
_UNHEALTHY = (
    r"^The primary container for inference component \S+ did not pass the ping health check\. Please check "
    r"CloudWatch logs for this inference component\."
)
_IDLE_SECONDS = 600.0
_METRIC_SECONDS = 600.0
"""Until a metric is listed; "up to 15 minutes" (CloudWatch API reference, ListMetrics), mostly sooner."""


@probe("A44", "A59", bench=Bench.COMPONENTS, minutes=10, creates="a component")
def component_without_runtime_config(lab: Laboratory) -> None:
    """It is accepted, becomes InService and has one copy; an update without it leaves the desired copies."""
    endpoint, what = components(lab), specification(lab)
    name = lab.evidence.accepted(
        "CreateInferenceComponent",
        lambda: lab.create_component(endpoint, Specification=what, RuntimeConfig=None),
    )
    described = lab.settled_component(name)
    lab.evidence.holds("status", found=described["InferenceComponentStatus"], believed="InService")
    with lab.evidence.about("A44"):
        lab.evidence.holds("copies", found=_copies(described), believed=(1, 1))
        lab.set_copies(name, 2)
        _update(lab, name, specification(lab, 3.0))
        lab.evidence.holds(
            "copies after an update", found=_copies(lab.settled_component(name)), believed=(2, 2)
        )


@probe("A46", bench=Bench.COMPONENTS, minutes=30, creates="a component")
def new_component_that_does_not_fit(lab: Laboratory) -> None:
    """A new component whose copies don't all fit is Failed, with a FailureReason."""
    what = {**specification(lab), "ComputeResourceRequirements": _LARGE}
    name = lab.create_component(components(lab), Specification=what, RuntimeConfig={"CopyCount": 3})
    described = lab.settled_component(name)
    lab.evidence.holds("status", found=described["InferenceComponentStatus"], believed="Failed")
    lab.evidence.says("FailureReason", described.get("FailureReason"), r"\S")


@probe("A46", "A78", bench=Bench.COMPONENTS, minutes=60, creates="a component")
def copies_that_do_not_fit(lab: Laboratory) -> None:
    """One that is scaled out has what fits; a failed update afterwards leaves the desired copies."""
    what = {**specification(lab), "ComputeResourceRequirements": _LARGE}
    name = lab.create_component(components(lab), Specification=what)
    lab.settled_component(name)
    described = lab.set_copies(name, 3)
    with lab.evidence.about("A46"):
        lab.evidence.holds("status", found=described["InferenceComponentStatus"], believed="InService")
        lab.evidence.holds("desired and current copies", found=_copies(described), believed=(3, 2))
        lab.evidence.says("FailureReason", described.get("FailureReason"), r"\S")
    with lab.evidence.about("A78"):
        _update(lab, name, {**unloadable_specification(lab), "ComputeResourceRequirements": _LARGE})
        desired, _ = _copies(lab.settled_component(name))
        lab.evidence.holds("desired copies after a failed update", found=desired, believed=3)


@probe("A47", bench=Bench.COMPONENTS, minutes=30, creates="a component")
def idle_instance(lab: Laboratory) -> None:
    """An instance is there five minutes after its last copy has gone, and gone after ten more."""
    endpoint = components(lab)
    what = {**specification(lab), "ComputeResourceRequirements": _LARGE}
    name = lab.create_component(endpoint, Specification=what, RuntimeConfig={"CopyCount": 2})
    lab.settled_component(name)
    lab.evidence.holds("instances with two copies", found=_instances(lab, endpoint), believed=2)
    lab.set_copies(name, 1)
    lab.account.pace.sleep(_IDLE_SECONDS / 2)
    lab.evidence.holds("instances after five minutes", found=_instances(lab, endpoint), believed=2)
    lab.account.pace.sleep(_IDLE_SECONDS)
    lab.evidence.holds("instances after fifteen minutes", found=_instances(lab, endpoint), believed=1)


@probe("A48", bench=Bench.COMPONENTS, minutes=60, creates="a component")
def rolling_update_that_fails(lab: Laboratory) -> None:
    """Afterwards it is InService with a FailureReason and its old specification, policy or not."""
    name = component_of(lab, copies=2)
    before = lab.settled_component(name)["Specification"]["ModelName"]
    batch = {"Type": "CAPACITY_PERCENT", "Value": 50}
    policy = {"RollingUpdatePolicy": {"MaximumBatchSize": batch, "WaitIntervalInSeconds": 0}}
    for more in ({}, {"DeploymentConfig": policy}):
        _update(lab, name, unloadable_specification(lab), **more)
        described = lab.settled_component(name)
        lab.evidence.holds("status", found=described["InferenceComponentStatus"], believed="InService")
        lab.evidence.says("FailureReason", described.get("FailureReason"), r"\S")
        lab.evidence.holds(
            "model is the old one", found=described["Specification"]["ModelName"] == before, believed=True
        )
        answer = lab.invoke(components(lab), 2.0, InferenceComponentName=name)
        lab.evidence.holds("answer", found=answer, believed=[4.0])


@probe("A49", bench=Bench.COMPONENTS, minutes=30, creates="a component")
def component_that_cant_load(lab: Laboratory) -> None:
    """It is Failed in the believed words."""
    name = lab.create_component(components(lab), Specification=unloadable_specification(lab))
    described = lab.settled_component(name)
    lab.evidence.holds("status", found=described["InferenceComponentStatus"], believed="Failed")
    lab.evidence.says("FailureReason", described.get("FailureReason"), _UNHEALTHY)


@probe("A56", "A60", bench=Bench.COMPONENTS, minutes=15, creates="a component, a scalable target")
def target_above_the_copies(lab: Laboratory) -> None:
    """Registering a target with MinCapacity 2 for one copy starts the second, and says so as believed."""
    name = component_of(lab)
    lab.register_target(name, 2, 3)
    scaling = lab.account.client("application-autoscaling")

    def activities() -> list[dict[str, Any]]:
        answer = scaling.describe_scaling_activities(
            ServiceNamespace="sagemaker", ResourceId=f"inference-component/{name}"
        )
        return list(answer["ScalingActivities"])

    with lab.evidence.about("A60"):
        lab.sooner_or_later(f"copies of {name}", lambda: _copies(lab.settled_component(name)) == (2, 2))
        lab.evidence.note(f"copies: {_copies(lab.settled_component(name))}")
        lab.register_target(name, 2, 3)
        lab.account.pace.sleep(60.0)
        lab.evidence.holds("copies", found=_copies(lab.settled_component(name)), believed=(2, 2))
    with lab.evidence.about("A56"):
        lab.sooner_or_later(
            f"the activity of {name}",
            lambda: any(each["StatusCode"] == "Successful" for each in activities()),
        )
        (activity,) = activities()
        lab.evidence.says("Description", activity["Description"], r"^Setting desired copy count to 2\.$")
        lab.evidence.says("Cause", activity["Cause"], r"minimum capacity was set to 2")
        lab.evidence.says(
            "StatusMessage",
            activity["StatusMessage"],
            r"^Successfully set desired copy count to 2\. Change successfully fulfilled by sagemaker\.$",
        )


@probe("A63", bench=Bench.COMPONENTS, minutes=30, creates="a component, an endpoint configuration")
def retained_instances(lab: Laboratory) -> None:
    """An update with RetainAllVariantProperties keeps two instances where managed scaling has set them."""
    endpoint = components(lab)
    what = {**specification(lab), "ComputeResourceRequirements": _LARGE}
    name = lab.create_component(endpoint, Specification=what, RuntimeConfig={"CopyCount": 2})
    lab.settled_component(name)
    config = lab.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    lab.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=config, RetainAllVariantProperties=True
    )
    lab.in_service(endpoint)
    lab.evidence.holds("instances", found=_instances(lab, endpoint), believed=2)


@probe("A79", bench=Bench.COMPONENTS, minutes=10, creates="a component")
def update_while_copies_start(lab: Laboratory) -> None:
    """UpdateInferenceComponent is refused while copies start."""
    name = lab.create_component(components(lab), Specification=_slow_specification(lab))
    lab.settled_component(name)
    lab.sagemaker.update_inference_component_runtime_config(
        InferenceComponentName=name, DesiredRuntimeConfig={"CopyCount": 2}
    )
    what = specification(lab, 3.0)
    lab.evidence.refused(
        lambda: _update(lab, name, what), "ValidationException", r"^Cannot update in-progress "
    )
    lab.settled_component(name)


@probe("A82", bench=Bench.COMPONENTS, minutes=15, creates="a component, roles, an endpoint configuration")
def container_without_a_model(lab: Laboratory) -> None:
    """A component with a Container is served with the role of its endpoint's configuration."""
    container = lab.with_variables({"Image": lab.image, "ArtifactUrl": lab.upload(python_model(5.0))})
    name = lab.create_component(
        components(lab), Specification={"Container": container, "ComputeResourceRequirements": SMALL}
    )
    described = lab.settled_component(name)
    lab.evidence.holds("status", found=described["InferenceComponentStatus"], believed="InService")
    answer = lab.invoke(components(lab), 1.0, InferenceComponentName=name)
    lab.evidence.holds("answer", found=answer, believed=[5.0])


def _slow_specification(lab: Laboratory) -> dict[str, object]:
    seconds = lab.account.pace.request_seconds
    model = lab.model_of(python_model(initialize=f"time.sleep({seconds})"))
    return {"ModelName": model, "ComputeResourceRequirements": SMALL}


def _update(lab: Laboratory, name: str, what: dict[str, object], **more: object) -> None:
    lab.sagemaker.update_inference_component(InferenceComponentName=name, Specification=what, **more)


def _copies(described: dict[str, Any]) -> tuple[int, int]:
    runtime = described["RuntimeConfig"]
    return runtime["DesiredCopyCount"], runtime["CurrentCopyCount"]


def _instances(lab: Laboratory, endpoint: str) -> int:
    (variant,) = lab.sagemaker.describe_endpoint(EndpointName=endpoint)["ProductionVariants"]
    return int(variant["CurrentInstanceCount"])


@probe("A65", bench=Bench.COMPONENTS, minutes=15, creates="a component")
def metrics_of_a_component(lab: Laboratory) -> None:
    """No metric of a component that has answered counts its copies."""
    name = component_of(lab)
    lab.invoke(components(lab), 1.0, InferenceComponentName=name)
    lab.account.pace.sleep(_METRIC_SECONDS)
    dimensions = [{"Name": "InferenceComponentName", "Value": name}]
    listed = lab.account.client("cloudwatch").list_metrics(Namespace="AWS/SageMaker", Dimensions=dimensions)
    found = sorted({each["MetricName"] for each in listed["Metrics"]})
    lab.evidence.note(f"metrics: {', '.join(found)}")
    if not found:
        raise NotSettledError("CloudWatch lists no metric of the component yet")
    counting = [each for each in found if each.endswith(("Copies", "CopyCount"))]
    lab.evidence.holds("metrics that count copies", found=counting, believed=[])
