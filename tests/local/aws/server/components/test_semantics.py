from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.aws.account import IMAGE, Account
from tests.local.aws.component_account import SMALL, ComponentAccount
from tests.local.aws.tiny_models import failing_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def doubling(account: Account) -> str:
    """The address of a model that doubles."""
    return account.upload(scaling_model_archive(2))


@pytest.fixture(scope="module")
def endpoint(hosting: ComponentAccount) -> Iterator[str]:
    name = hosting.create_endpoint()
    yield name
    hosting.delete_endpoint(name)


@pytest.fixture(scope="module")
def component(hosting: ComponentAccount, endpoint: str, doubling: str) -> str:
    """A component that doubles, in service."""
    name = hosting.create(endpoint, doubling, Tags=[{"Key": "team", "Value": "vision"}])
    hosting.wait(name)
    return name


def test_a_component_answers_by_its_name(hosting: ComponentAccount, endpoint: str, component: str) -> None:
    """InvokeEndpoint with InferenceComponentName reaches the component's model."""
    assert hosting.invoke(endpoint, component, 3.0) == 6.0


def test_describe_tells_all_of_a_component(hosting: ComponentAccount, endpoint: str, component: str) -> None:
    """Every member that was asked for is there, beside ARNs, counts and placement."""
    described = hosting.describe(component)
    prefix = "arn:aws:sagemaker:us-east-1:000000000000"
    assert described["InferenceComponentArn"] == f"{prefix}:inference-component/{component}"
    assert described["EndpointArn"] == f"{prefix}:endpoint/{endpoint}"
    assert (described["EndpointName"], described["VariantName"]) == (endpoint, "AllTraffic")
    assert described["InferenceComponentStatus"] == "InService"
    assert described["Specification"]["ComputeResourceRequirements"] == SMALL
    assert described["RuntimeConfig"] == {
        "DesiredCopyCount": 1,
        "CurrentCopyCount": 1,
        "PlacementStatus": [{"InstanceType": "ml.m5.xlarge", "CurrentCopyCount": 1}],
    }
    tags = hosting.sagemaker.list_tags(ResourceArn=described["InferenceComponentArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "vision"}]


def test_a_new_component_is_creating(hosting: ComponentAccount, endpoint: str, doubling: str) -> None:
    """CreateInferenceComponent answers at once; until the copies are there, requests find no capacity."""
    name = hosting.create(endpoint, doubling)
    assert hosting.describe(name)["InferenceComponentStatus"] == "Creating"
    with pytest.raises(ClientError, match="in-progress inference component"):
        hosting.sagemaker.delete_inference_component(InferenceComponentName=name)
    hosting.wait(name)
    hosting.delete(name)


def test_lists_are_filtered_by_endpoint_variant_status_and_name(
    hosting: ComponentAccount, endpoint: str, component: str
) -> None:
    """Each filter finds the component, and none finds it by another value."""
    for found, missing in (
        ({"EndpointNameEquals": endpoint}, {"EndpointNameEquals": "other"}),
        ({"VariantNameEquals": "AllTraffic"}, {"VariantNameEquals": "other"}),
        ({"StatusEquals": "InService"}, {"StatusEquals": "Failed"}),
        ({"NameContains": component}, {"NameContains": "other"}),
    ):
        for filters, expected in ((found, True), (missing, False)):
            listed = hosting.sagemaker.list_inference_components(MaxResults=100, **filters)
            names = [each["InferenceComponentName"] for each in listed["InferenceComponents"]]
            assert (component in names) is expected


def test_without_a_runtime_config_there_is_one_copy(
    hosting: ComponentAccount, endpoint: str, doubling: str
) -> None:
    """A request that says nothing of copies gets one."""
    name = hosting.create(endpoint, doubling, copies=None)
    hosting.wait(name)
    assert hosting.copies(name) == (1, 1)
    hosting.delete(name)


def test_a_container_of_its_own_serves(hosting: ComponentAccount, endpoint: str, doubling: str) -> None:
    """A specification may name an image and an artifact instead of a model; both are described."""
    container = {"Image": IMAGE, "ArtifactUrl": doubling, "Environment": {"A": "b"}}
    specification = {"Container": container, "ComputeResourceRequirements": SMALL}
    name = hosting.create(endpoint, doubling, Specification=specification)
    described = hosting.wait(name)["Specification"]["Container"]
    assert described["DeployedImage"]["SpecifiedImage"] == IMAGE
    assert (described["ArtifactUrl"], described["Environment"]) == (doubling, {"A": "b"})
    assert hosting.invoke(endpoint, name) == 2.0
    hosting.delete(name)


def test_a_component_that_cant_be_healthy_fails_with_the_cause(
    hosting: ComponentAccount, endpoint: str, account: Account
) -> None:
    """The status is Failed, the reason ends with Triton's own, and the component can be deleted."""
    name = hosting.create(endpoint, account.upload(failing_model_archive("no weights")))
    failed = hosting.wait(name, "Failed")
    assert "did not pass the ping health check" in failed["FailureReason"]
    assert "no weights" in failed["FailureReason"]
    with pytest.raises(ClientError, match="with status Failed"):
        hosting.set_copies(name, 1)
    hosting.delete(name)


def test_a_component_that_fits_nowhere_fails_with_what_it_needs(
    hosting: ComponentAccount, endpoint: str, doubling: str
) -> None:
    """More memory than an instance has is the reason, in figures."""
    asked = hosting.specification(doubling, MinMemoryRequiredInMb=999_999)
    failed = hosting.wait(hosting.create(endpoint, doubling, Specification=asked), "Failed")
    assert "999999 MiB of memory" in failed["FailureReason"]
    assert "ml.m5.xlarge" in failed["FailureReason"]
    hosting.delete(failed["InferenceComponentName"])


Edit = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda r: r.update(EndpointName="missing"), "Could not find endpoint"),
        (lambda r: r.update(VariantName="other"), "Variant other not found for endpoint"),
        (lambda r: r.update(RuntimeConfig={"CopyCount": 0}), "copy count must be an integer larger than 0"),
        (lambda r: r.pop("Specification"), "Exactly one of Specification and Specifications"),
        (lambda r: r["Specification"].pop("ModelName"), "Exactly one of ModelName and Container"),
        (lambda r: r["Specification"].update(ModelName="missing"), "Could not find model"),
        (
            lambda r: r["Specification"].pop("ComputeResourceRequirements"),
            "ComputeResourceRequirements is required",
        ),
        (
            lambda r: r["Specification"].update(
                ComputeResourceRequirements={"MinMemoryRequiredInMb": 2048, "MaxMemoryRequiredInMb": 1024}
            ),
            "MaxMemoryRequiredInMb 1024 must not be below",
        ),
        (
            lambda r: r["Specification"].update(BaseInferenceComponentName="base"),
            "ModelName and ComputeResourceRequirements can't be set in the specification of an adapter",
        ),
        (
            lambda r: r["Specification"].update(ModelName=None, Container={"Image": "triton:latest"}),
            "Using non-ECR image",
        ),
        (
            lambda r: r["Specification"].update(
                ModelName=None, Container={"Image": IMAGE, "ArtifactUrl": "s3://nobody/x.tar.gz"}
            ),
            "Could not access model data",
        ),
    ],
)
def test_what_creation_refuses(
    hosting: ComponentAccount, endpoint: str, component: str, edit: Edit, words: str
) -> None:
    """Each wrong request is refused in words that name what is wrong, and creates nothing."""
    model = hosting.describe(component)["Specification"]["ModelName"]
    request: dict[str, Any] = {
        "InferenceComponentName": "refused",
        "EndpointName": endpoint,
        "VariantName": "AllTraffic",
        "Specification": {"ModelName": model, "ComputeResourceRequirements": SMALL},
        "RuntimeConfig": {"CopyCount": 1},
    }
    edit(request)
    specification = request.get("Specification", {})
    for name in [name for name, value in specification.items() if value is None]:
        specification.pop(name)
    with pytest.raises(ClientError, match=words):
        hosting.sagemaker.create_inference_component(**request)
    assert "refused" not in hosting.listed()


def test_a_taken_name_is_refused(
    hosting: ComponentAccount, endpoint: str, component: str, doubling: str
) -> None:
    """Names are unique in an account and region."""
    with pytest.raises(ClientError, match="Cannot create already existing inference component"):
        hosting.sagemaker.create_inference_component(
            InferenceComponentName=component,
            EndpointName=endpoint,
            Specification=hosting.specification(doubling),
        )


def test_an_endpoint_with_a_model_hosts_no_components(
    hosting: ComponentAccount, account: Account, doubling: str
) -> None:
    """A component on a variant that has a model is refused in AWS's words."""
    name = account.new_name("dedicated")
    config = account.create_config(account.create_model(doubling))
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    account.wait_endpoint(name, "InService")
    with pytest.raises(ClientError, match="Inference Components are not supported in this Endpoint"):
        hosting.create(name, doubling)
    account.sagemaker.delete_endpoint(EndpointName=name)


def test_an_endpoint_with_components_is_not_deleted(
    hosting: ComponentAccount, endpoint: str, component: str
) -> None:
    """DeleteEndpoint is refused, and names what is to be deleted first."""
    with pytest.raises(ClientError, match=rf"it hosts inference components \(.*{component}"):
        hosting.sagemaker.delete_endpoint(EndpointName=endpoint)


@pytest.mark.usefixtures("component")
def test_a_request_without_a_component_is_refused(account: Account, endpoint: str) -> None:
    """The words are those that users report of the service."""
    with pytest.raises(ClientError, match="Inference Component Name header is required") as refused:
        account.invoke(endpoint)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_a_request_to_an_unknown_component_is_refused(hosting: ComponentAccount, endpoint: str) -> None:
    """The words name both."""
    with pytest.raises(ClientError, match=f"nobody not found for endpoint {endpoint}"):
        hosting.invoke(endpoint, "nobody")


def test_without_copies_a_request_finds_no_capacity(
    hosting: ComponentAccount, endpoint: str, doubling: str
) -> None:
    """At zero copies the answer is the service's; with a copy again, the component answers again."""
    name = hosting.create(endpoint, doubling)
    hosting.wait(name)
    assert hosting.set_copies(name, 0)["RuntimeConfig"] == {"DesiredCopyCount": 0, "CurrentCopyCount": 0}
    with pytest.raises(ClientError, match="Inference Component has no capacity to process this request"):
        hosting.invoke(endpoint, name)
    hosting.set_copies(name, 1)
    assert hosting.invoke(endpoint, name) == 2.0
    hosting.delete(name)


def test_instances_follow_the_copies(hosting: ComponentAccount, doubling: str) -> None:
    """An instance is launched for the copy that fits on none, and idle ones go after a while."""
    endpoint = hosting.create_endpoint(least=0, most=2)
    name = hosting.create(endpoint, doubling)
    hosting.wait(name)
    assert hosting.instances(endpoint) == 1
    assert hosting.set_copies(name, 5)["RuntimeConfig"]["CurrentCopyCount"] == 5
    assert hosting.instances(endpoint) == 2
    described = hosting.set_copies(name, 9)
    assert hosting.copies(name) == (9, 8)
    assert "1 of the copies" in described["FailureReason"]
    hosting.set_copies(name, 0)
    assert hosting.instances(endpoint) == 2
    hosting.local_aws.advance_clock(660)
    assert hosting.instances(endpoint) == 0
    hosting.delete_endpoint(endpoint)
