"""CreateEndpointConfig: A12 to A14, A42, A43, A71."""

from functools import partial

from catalogue import instance_types
from conformance.laboratory import Laboratory
from conformance.probe import probe

_KEY = "alias/aws/sagemaker"
_ACCELERATOR = "ml.eia2.medium"


@probe("A12")
def key_beside_local_storage(lab: Laboratory) -> None:
    """CreateEndpointConfig refuses KmsKeyId beside ml.g5.xlarge."""
    model = lab.plain_model()
    lab.evidence.refused(
        lambda: lab.create_config(lab.variant(model, InstanceType="ml.g5.xlarge"), KmsKeyId=_KEY),
        "ValidationException",
    )


@probe("A13", creates="nothing, unless it is refuted")
def families_with_local_storage(lab: Laboratory) -> None:
    """CreateEndpointConfig refuses KmsKeyId for one type of each family that EC2 gives local storage."""
    smallest = {each.family: each.name for each in reversed(instance_types()) if each.local_nvme}
    model = lab.plain_model()
    for name in smallest.values():
        lab.evidence.refused(
            partial(lab.create_config, lab.variant(model, InstanceType=name), KmsKeyId=_KEY),
            "ValidationException",
        )


@probe("A14")
def what_a_variant_must_say(lab: Laboratory) -> None:
    """Two variants of one name, and variants without type, count, or model and role, are refused."""
    variant = lab.variant(lab.plain_model())
    for variants in (
        (variant, variant),
        (lab.variant(lab.plain_model(), InstanceType=None),),
        (lab.variant(lab.plain_model(), InitialInstanceCount=None),),
        (lab.variant(None),),
    ):
        lab.evidence.refused(partial(lab.create_config, *variants), "ValidationException")


@probe("A42")
def managed_scaling_of_a_model(lab: Laboratory) -> None:
    """ManagedInstanceScaling of a variant with a model is refused in the believed words."""
    scaling = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 2}
    lab.evidence.refused(
        lambda: lab.create_config(lab.variant(lab.plain_model(), ManagedInstanceScaling=scaling)),
        "ValidationException",
        r"ManagedInstanceScaling is only supported for inference component endpoints",
    )


@probe("A42")
def missing_component(lab: Laboratory) -> None:
    """A component that isn't there is described and deleted with `Could not find inference component`."""
    name = lab.new_name("missing")
    expected = rf'^Could not find inference component "{lab.arn("inference-component", name)}"\.?$'
    for call in (lab.sagemaker.describe_inference_component, lab.sagemaker.delete_inference_component):
        lab.evidence.refused(partial(call, InferenceComponentName=name), "ValidationException", expected)


@probe("A43", creates="a role")
def variants_with_and_without_models(lab: Laboratory) -> None:
    """A configuration where one variant has a model and another has none is refused."""
    without = {**lab.variant(None), "VariantName": "Other"}
    lab.evidence.refused(
        lambda: lab.create_config(lab.variant(lab.plain_model()), without, ExecutionRoleArn=lab.role_arn()),
        "ValidationException",
    )


@probe("A71")
def accelerator_of_a_variant(lab: Laboratory) -> None:
    """CreateEndpointConfig with AcceleratorType is refused: it is no longer available."""
    lab.evidence.refused(
        lambda: lab.create_config(lab.variant(lab.plain_model(), AcceleratorType=_ACCELERATOR)),
        "ValidationException",
        r"no longer available",
    )
