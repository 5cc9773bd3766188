"""What is refused about inference components: A42, A43, A45, A50, A61, A134, A136."""

from functools import partial
from typing import Any

from conformance.benches import component_of, components, specification
from conformance.laboratory import SMALL, VARIANT, Laboratory
from conformance.probe import Bench, probe


def _refuses(lab: Laboratory, words: str = "", **members: Any) -> None:  # noqa: ANN401 - API members
    endpoint = components(lab)
    lab.evidence.refused(lambda: lab.create_component(endpoint, **members), "ValidationException", words)


@probe("A42", "A134", bench=Bench.COMPONENTS, minutes=8, creates="a component")
def taken_component_name(lab: Laboratory) -> None:
    """A second component of a name, also in capitals, is refused, and nothing interrupts a change."""
    endpoint, what = components(lab), specification(lab)
    name = lab.create_component(endpoint, Specification=what)
    in_progress = r"^Cannot update in-progress inference component "
    lab.evidence.refused(
        lambda: lab.sagemaker.delete_inference_component(InferenceComponentName=name),
        "ValidationException",
        in_progress,
    )
    lab.settled_component(name)
    for assumption, taken in (("A42", name), ("A134", name.replace("component", "COMPONENT"))):
        with lab.evidence.about(assumption):
            lab.evidence.refused(
                partial(lab.create_component, endpoint, taken, Specification=what),
                "ValidationException",
                r"^Cannot create already existing inference component ",
            )


@probe("A42", bench=Bench.COMPONENTS, minutes=1, creates="a model")
def no_copies_at_creation(lab: Laboratory) -> None:
    """CopyCount 0 is refused at creation: it must be larger than 0."""
    _refuses(
        lab,
        r"^Inference components copy count must be an integer larger than 0",
        Specification=specification(lab),
        RuntimeConfig={"CopyCount": 0},
    )


@probe("A43", bench=Bench.COMPONENTS, minutes=1, creates="a model")
def what_excludes_what_in_a_component(lab: Laboratory) -> None:
    """No specification, one with model and container, with neither, and one without compute are refused."""
    model = specification(lab)["ModelName"]
    compute = {"ComputeResourceRequirements": SMALL}
    container = {"Container": {"Image": lab.image}}
    for members in (
        {},
        {"Specification": {"ModelName": model, **container, **compute}},
        {"Specification": compute},
        {"Specification": {"ModelName": model}},
    ):
        _refuses(lab, **members)


@probe("A45", bench=Bench.COMPONENTS, minutes=8, creates="a component, an endpoint configuration")
def endpoint_that_hosts_components(lab: Laboratory) -> None:
    """It can't be deleted, nor updated so that a component would lose its variant."""
    endpoint = components(lab)
    component_of(lab)
    lab.evidence.refused(lambda: lab.sagemaker.delete_endpoint(EndpointName=endpoint), "ValidationException")
    other = lab.create_config({**lab.variant(None), "VariantName": "Other"}, ExecutionRoleArn=lab.role_arn())
    lab.evidence.refused(
        lambda: lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=other),
        "ValidationException",
    )


@probe("A50", bench=Bench.COMPONENTS, minutes=1)
def requests_that_name_no_component(lab: Laboratory) -> None:
    """Without the header, and with an unknown component, a request is a ValidationError."""
    endpoint = components(lab)
    lab.evidence.refused(
        lambda: lab.invoke(endpoint, 1.0),
        "ValidationError",
        r"^Inference Component Name header is required for endpoints to which you plan to deploy inference "
        r"components\.",
    )
    name = lab.new_name("missing")
    lab.evidence.refused(lambda: lab.invoke(endpoint, 1.0, InferenceComponentName=name), "ValidationError")


@probe("A50", bench=Bench.COMPONENTS, minutes=10, creates="a component")
def component_without_copies(lab: Laboratory) -> None:
    """A request to it is a ValidationError, `Inference Component has no capacity to ...`."""
    name = component_of(lab)
    lab.set_copies(name, 0)
    lab.evidence.refused(
        lambda: lab.invoke(components(lab), 1.0, InferenceComponentName=name),
        "ValidationError",
        r"^Inference Component has no capacity to process this request\.",
    )


@probe("A61", bench=Bench.COMPONENTS, minutes=8, creates="a component")
def batches_beyond_half(lab: Laboratory) -> None:
    """Of one copy a batch of 1 is accepted, one of 2 and one of 60 per cent are refused."""
    name = component_of(lab)

    def update(kind: str, value: int) -> object:
        return lab.sagemaker.update_inference_component(
            InferenceComponentName=name,
            Specification=specification(lab, 3.0),
            DeploymentConfig={
                "RollingUpdatePolicy": {
                    "MaximumBatchSize": {"Type": kind, "Value": value},
                    "WaitIntervalInSeconds": 0,
                }
            },
        )

    lab.evidence.refused(lambda: update("COPY_COUNT", 2), "ValidationException")
    lab.evidence.refused(lambda: update("CAPACITY_PERCENT", 60), "ValidationException")
    lab.evidence.accepted("one copy", lambda: update("COPY_COUNT", 1))
    described = lab.settled_component(name)
    lab.evidence.holds("variant", found=described["VariantName"], believed=VARIANT)


@probe("A136", bench=Bench.COMPONENTS, minutes=8, creates="a component")
def adapter_with_a_model_or_compute(lab: Laboratory) -> None:
    """A component with BaseInferenceComponentName is refused for compute, and for a model, of its own."""
    adapter = {
        "BaseInferenceComponentName": component_of(lab),
        "Container": {"ArtifactUrl": lab.upload(b"x")},
    }
    compute = {"ComputeResourceRequirements": SMALL}
    _refuses(lab, r"ComputeResourceRequirements|[Cc]ompute", Specification={**adapter, **compute})
    model = {"ModelName": lab.plain_model()}
    _refuses(lab, r"[Mm]odel", Specification={**adapter, **model})
