"""What the runtime and updates refuse of a component that serves."""

from tests.local.aws.account import BUCKET
from tests.local.aws.component_account import SMALL, ComponentAccount
from tests.local.aws.enforced.case import CallCase
from tests.local.aws.enforced.parts import ARTIFACT
from tests.local.aws.enforced.requests import endpoint_of

__all__ = ["SERVING_CASES"]

_BEYOND = "must be between 5% to 50% of the copy count"


def _create_twice(hosting: ComponentAccount, second: str) -> None:
    endpoint = endpoint_of(hosting, 1)
    try:
        for name in ("Enforced-Twice", second):
            hosting.sagemaker.create_inference_component(
                InferenceComponentName=name,
                EndpointName=endpoint,
                VariantName="AllTraffic",
                Specification=hosting.specification(ARTIFACT),
                RuntimeConfig={"CopyCount": 1},
            )
    finally:
        hosting.delete_endpoint(endpoint)


def _served(hosting: ComponentAccount) -> tuple[str, str]:
    """Return an endpoint and a component of one copy on it, which all cases share."""
    if "served" not in hosting.listed():
        endpoint = endpoint_of(hosting, 1)
        hosting.sagemaker.create_inference_component(
            InferenceComponentName="served",
            EndpointName=endpoint,
            VariantName="AllTraffic",
            Specification=hosting.specification(f"s3://{BUCKET}/serving.tar.gz"),
            RuntimeConfig={"CopyCount": 1},
        )
    described = hosting.wait("served")
    return str(described["EndpointName"]), "served"


def _update_batch(hosting: ComponentAccount, kind: str, value: int) -> None:
    """Update the component by a batch of a size, to more or less memory than it has."""
    _, component = _served(hosting)
    specification = hosting.describe(component)["Specification"]
    memory = specification["ComputeResourceRequirements"]["MinMemoryRequiredInMb"] ^ 1
    hosting.sagemaker.update_inference_component(
        InferenceComponentName=component,
        Specification={
            **specification,
            "ComputeResourceRequirements": {**SMALL, "MinMemoryRequiredInMb": memory},
        },
        DeploymentConfig={
            "RollingUpdatePolicy": {
                "MaximumBatchSize": {"Type": kind, "Value": value},
                "WaitIntervalInSeconds": 0,
            }
        },
    )
    hosting.wait(component)


def _invoke(hosting: ComponentAccount, columns: int) -> None:
    """Send so many ones to the component, which answers a text for each that is twice as long."""
    endpoint, component = _served(hosting)
    data = ("1," * columns).encode()[:-1]
    head = b'{"inputs":[{"name":"x","shape":[1,%d],"datatype":"FP32","data":[' % columns
    hosting.account.runtime.invoke_endpoint(
        EndpointName=endpoint,
        InferenceComponentName=component,
        ContentType="application/json",
        Body=head + data + b"]}]}",
    )["Body"].read()


SERVING_CASES = (
    CallCase(
        "SEA511",
        lambda hosting: _invoke(hosting, 3_200_000),
        "413",
        lambda hosting: _invoke(hosting, 1000),
    ),
    CallCase(
        "SEA513",
        lambda hosting: _invoke(hosting, 3_000_000),
        "Connection was closed before we received a valid response",
        lambda hosting: _invoke(hosting, 1000),
    ),
    CallCase(
        "SEA526",
        lambda hosting: _update_batch(hosting, "COPY_COUNT", 2),
        _BEYOND,
        lambda hosting: _update_batch(hosting, "COPY_COUNT", 1),
    ),
    CallCase(
        "SEA814",
        lambda hosting: _update_batch(hosting, "CAPACITY_PERCENT", 60),
        _BEYOND,
        lambda hosting: _update_batch(hosting, "CAPACITY_PERCENT", 50),
    ),
    CallCase(
        "SEA831",
        lambda hosting: _create_twice(hosting, "enforced-twice"),
        "Cannot create already existing inference component",
        lambda hosting: _create_twice(hosting, "enforced-other"),
    ),
)
