"""An endpoint in a network of its own: A22."""

from conformance.archives import python_model
from conformance.laboratory import Laboratory
from conformance.policies import network_statement, serving_statements
from conformance.probe import Bench, probe


@probe("A22", bench=Bench.OWN, own_minutes=30, creates="a stack with a VPC, an endpoint that fails")
def isolated_subnet(lab: Laboratory) -> None:
    """An endpoint in a subnet without a way to Amazon S3 fails with the download's sentence."""
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.198.0.0/24"}}
    in_vpc = {"VpcId": {"Ref": "Vpc"}}
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {**in_vpc, "CidrBlock": "10.198.0.0/26"}}
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {**in_vpc, "GroupDescription": "isolated"}}
    stack, _ = lab.stacks.deploy({"Vpc": vpc, "Subnet": subnet, "Group": group})
    group_id = lab.stacks.physical_id(stack, "Group")
    network = {"Subnets": [lab.stacks.physical_id(stack, "Subnet")], "SecurityGroupIds": [group_id]}
    role = lab.new_role(statements=[*serving_statements(lab.bucket()), network_statement()])
    container = {"Image": lab.image, "ModelDataUrl": lab.upload(python_model())}
    model = lab.create_model(ExecutionRoleArn=role, PrimaryContainer=container, VpcConfig=network)
    endpoint = lab.create_endpoint(lab.create_config(lab.variant(model)))
    described = lab.settled(endpoint)
    lab.evidence.holds("status", found=described["EndpointStatus"], believed="Failed")
    lab.evidence.says(
        "FailureReason",
        described.get("FailureReason"),
        r'^Failed to download model data for container "container_1" from URL: "s3://',
    )
    # Before the stack: its subnet holds the endpoint's network interfaces.
    lab.sagemaker.delete_endpoint(EndpointName=endpoint)
    lab.gone("Endpoint", endpoint)
