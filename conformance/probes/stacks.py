"""What CloudFormation makes of it: A30 to A33, A66, A70, A83, A92."""

from typing import Any

from conformance.benches import components, specification
from conformance.laboratory import SMALL, VARIANT, Laboratory
from conformance.probe import Bench, probe

_CIDR = "10.199.0.0/24"


def _network(dns: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 - one switch
    properties = {"CidrBlock": _CIDR, "EnableDnsSupport": True, "EnableDnsHostnames": dns}
    return {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": properties}}


def _gateway(lab: Laboratory, **more: object) -> dict[str, Any]:
    service = f"com.amazonaws.{lab.account.region}.s3"
    properties = {
        "VpcId": {"Ref": "Vpc"},
        "ServiceName": service,
        "VpcEndpointType": "Gateway",
        "RouteTableIds": [{"Ref": "Table"}],
    }
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties, **more}


_TABLE = {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}}


@probe("A30", creates="a stack that rolls back")
def reason_of_a_refusal(lab: Laboratory) -> None:
    """Where SageMaker refuses, the event says `Resource handler returned message: ... InvalidRequest`."""
    variant = lab.variant(lab.new_name("missing"))
    config = {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [variant]}}
    name, status = lab.stacks.deploy({"Config": config})
    lab.evidence.holds("status", found=status, believed="ROLLBACK_COMPLETE")
    lab.evidence.says(
        "reason",
        lab.stacks.reasons(name),
        r'^Resource handler returned message: "Could not find model .+\(HandlerErrorCode: InvalidRequest\)',
    )


@probe("A32", creates="a stack with a VPC that rolls back")
def flow_log_without_a_role(lab: Laboratory) -> None:
    """A flow log to CloudWatch Logs without DeliverLogsPermissionArn is refused when it is created."""
    log = {
        "Type": "AWS::EC2::FlowLog",
        "Properties": {
            "ResourceId": {"Ref": "Vpc"},
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": f"/aws/sagemaker/Endpoints/{lab.new_name('flow')}",
        },
    }
    name, status = lab.stacks.deploy({**_network(), "Log": log})
    lab.evidence.holds("status", found=status, believed="ROLLBACK_COMPLETE")
    lab.evidence.says("reason", lab.stacks.reasons(name), r"DeliverLogsPermissionArn")


@probe("A33", creates="a stack with a VPC and a gateway endpoint")
def default_policy_of_a_vpc_endpoint(lab: Laboratory) -> None:
    """It is described with version 2008-10-17 and one statement that allows everything."""
    name, status = lab.stacks.deploy({**_network(), "Table": _TABLE, "Gateway": _gateway(lab)})
    lab.evidence.holds("status", found=status, believed="CREATE_COMPLETE")
    endpoint = lab.stacks.physical_id(name, "Gateway")
    ec2 = lab.account.client("ec2")
    (described,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    everything = r'"Effect"\s*:\s*"Allow"'
    lab.evidence.says("policy", described["PolicyDocument"], r'"Version"\s*:\s*"2008-10-17"')
    lab.evidence.says("policy", described["PolicyDocument"], everything)
    for key in ("Action", "Principal", "Resource"):
        lab.evidence.says("policy", described["PolicyDocument"], rf'"{key}"\s*:\s*"\*"')


@probe("A66", creates="a stack with a model")
def generated_names(lab: Laboratory) -> None:
    """CloudFormation's name of a model begins with 24 characters of its stack's."""
    properties = {"ExecutionRoleArn": lab.role_arn(), "PrimaryContainer": {"Image": lab.image}}
    name, status = lab.stacks.deploy({"Model": {"Type": "AWS::SageMaker::Model", "Properties": properties}})
    lab.evidence.holds("status", found=status, believed="CREATE_COMPLETE")
    found = lab.stacks.physical_id(name, "Model").rpartition("/")[2]
    lab.evidence.note(f"stack {name}: model {found}")
    lab.evidence.holds("begins with the stack's name", found=found.startswith(name[:24]), believed=True)


@probe("A70", creates="a stack with a VPC and a gateway endpoint that rolls back")
def second_gateway(lab: Laboratory) -> None:
    """A second gateway to Amazon S3 in one route table is refused as RouteAlreadyExists."""
    second = _gateway(lab, DependsOn="Gateway")
    name, status = lab.stacks.deploy(
        {**_network(), "Table": _TABLE, "Gateway": _gateway(lab), "Second": second}
    )
    lab.evidence.holds("status", found=status, believed="ROLLBACK_COMPLETE")
    lab.evidence.says("reason", lab.stacks.reasons(name), r"RouteAlreadyExists")


@probe("A70", creates="a stack with a VPC and an interface endpoint that rolls back")
def second_private_dns(lab: Laboratory) -> None:
    """A second private DNS of a service in one VPC is refused in the believed words."""
    properties = {
        "VpcId": {"Ref": "Vpc"},
        "ServiceName": f"com.amazonaws.{lab.account.region}.logs",
        "VpcEndpointType": "Interface",
        "PrivateDnsEnabled": True,
    }
    first = {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}
    name, status = lab.stacks.deploy(
        {**_network(), "First": first, "Second": {**first, "DependsOn": "First"}}
    )
    lab.evidence.holds("status", found=status, believed="ROLLBACK_COMPLETE")
    lab.evidence.says(
        "reason",
        lab.stacks.reasons(name),
        r"private-dns-enabled cannot be set because there is already a conflicting DNS domain for ",
    )


@probe("A92", creates="a stack with a VPC that rolls back")
def endpoint_of_elastic_inference(lab: Laboratory) -> None:
    """Elastic Inference has no VPC endpoint: `The Vpc Endpoint Service '...' does not exist`."""
    service = f"com.amazonaws.{lab.account.region}.elastic-inference.runtime"
    properties = {"VpcId": {"Ref": "Vpc"}, "ServiceName": service, "VpcEndpointType": "Interface"}
    name, status = lab.stacks.deploy(
        {**_network(), "Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}}
    )
    lab.evidence.holds("status", found=status, believed="ROLLBACK_COMPLETE")
    expected = rf"The Vpc Endpoint Service '{service}' does not exist"
    lab.evidence.says("reason", lab.stacks.reasons(name), expected)


@probe(
    "A83",
    creates="a stack that rolls back",
    account_only="the laptop's CloudFormation doesn't compare properties with the registry's schemas",
)
def seventeen_variables(lab: Laboratory) -> None:
    """CloudFormation refuses a component's container with 17 variables before it creates anything."""
    variables = {f"NAME_{i}": "value" for i in range(17)}
    properties = {
        "EndpointName": lab.new_name("missing"),
        "VariantName": VARIANT,
        "Specification": {
            "Container": {"Image": lab.image, "Environment": variables},
            "ComputeResourceRequirements": SMALL,
        },
    }
    name, _ = lab.stacks.deploy(
        {"Component": {"Type": "AWS::SageMaker::InferenceComponent", "Properties": properties}}
    )
    lab.evidence.says("reason", lab.stacks.reasons(name), r"Environment.*(16|maximum size)")


def _endpoint_resources(lab: Laboratory, endpoint: str) -> dict[str, Any]:
    """Return the resources of an endpoint that fails soon: its artifact is no archive."""
    config = lab.create_config(lab.variant(lab.model_of(b"not an archive")))
    properties = {"EndpointName": endpoint, "EndpointConfigName": config}
    return {"Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": properties}}


def _component_resources(lab: Laboratory, component: str, **more: object) -> dict[str, Any]:
    properties = {
        "InferenceComponentName": component,
        "EndpointName": components(lab),
        "VariantName": VARIANT,
        "Specification": specification(lab),
        **more,
    }
    return {"Component": {"Type": "AWS::SageMaker::InferenceComponent", "Properties": properties}}


@probe("A31", bench=Bench.OWN, own_minutes=90, creates="a stack with an endpoint that fails, twice")
def stack_whose_endpoint_fails(lab: Laboratory) -> None:
    """It says NotStabilized, deletes the endpoint when it rolls back, and can be deployed again."""
    endpoint = lab.enter_endpoint()
    resources = _endpoint_resources(lab, endpoint)
    for _ in range(2):
        name, status = lab.stacks.deploy(resources)
        lab.evidence.holds("status", found=status, believed="ROLLBACK_COMPLETE")
        lab.evidence.says("reason", lab.stacks.reasons(name), r"NotStabilized")
        listed = lab.sagemaker.list_endpoints(NameContains=endpoint)["Endpoints"]
        lab.evidence.holds("endpoints of that name", found=len(listed), believed=0)


@probe("A53", "A58", bench=Bench.COMPONENTS, minutes=40, creates="stacks with a component")
def stacks_of_components(lab: Laboratory) -> None:
    """An update puts a template's CopyCount back, and leaves the copies alone where there is none."""
    for assumption, runtime, believed in (("A58", {}, 2), ("A53", {"RuntimeConfig": {"CopyCount": 1}}, 1)):
        component = lab.enter_component()
        resources = _component_resources(lab, component, **runtime)
        name, status = lab.stacks.deploy(resources)
        lab.evidence.holds("status", found=status, believed="CREATE_COMPLETE")
        lab.set_copies(component, 2)
        resources["Component"]["Properties"]["Tags"] = [{"Key": "another", "Value": "tag"}]
        lab.evidence.holds(
            "status of an update", found=lab.stacks.redeploy(name, resources), believed="UPDATE_COMPLETE"
        )
        described = lab.settled_component(component)
        with lab.evidence.about(assumption):
            found = described["RuntimeConfig"]["DesiredCopyCount"]
            lab.evidence.holds(f"desired copies, template with {runtime}", found=found, believed=believed)
