"""Elastic Inference on the laptop's AWS: refused today, taken as of 2020; instances and documents."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws.client import LocalAws
from local.aws.client.errors import LocalAwsError
from local.aws.server.elastic_inference import ElasticInference
from local.aws.server.errors import AwsError
from tests.local.aws.account import Account
from tests.local.aws.ports import free_port_pair

_PROJECT_ROOT = Path(__file__).resolve().parents[4]
_SERVICE = "com.amazonaws.us-east-1.elastic-inference.runtime"
_VARIANT = {"VariantName": "AllTraffic", "AcceleratorType": "ml.eia2.medium"}


def test_today_a_variant_with_an_accelerator_is_refused() -> None:
    """In SageMaker's shape, with the API reference's words."""
    with pytest.raises(AwsError, match=r"Elastic Inference \(EI\) is no longer available") as refused:
        ElasticInference().check_variant(_VARIANT)
    assert refused.value.code == "ValidationException"


def test_today_an_instance_with_accelerators_is_refused() -> None:
    """In EC2's shape."""
    with pytest.raises(AwsError, match="no longer available") as refused:
        ElasticInference().check_instance(["eia2.medium"])
    assert refused.value.code == "UnsupportedOperation"


def test_today_its_vpc_endpoint_is_refused() -> None:
    """In EC2's shape: there is no such service."""
    with pytest.raises(AwsError) as refused:
        ElasticInference().check_service(_SERVICE)
    assert refused.value.code == "InvalidServiceName"
    assert refused.value.message == f"The Vpc Endpoint Service '{_SERVICE}' does not exist"


@pytest.mark.parametrize("as_of", [None, 2020])
def test_without_accelerators_nothing_is_refused(as_of: int | None) -> None:
    """Whatever year it is."""
    offer = ElasticInference(as_of)
    offer.check_variant({"VariantName": "AllTraffic"})
    offer.check_instance([])
    offer.check_service("com.amazonaws.us-east-1.sagemaker.runtime")


def test_in_2020_both_are_taken() -> None:
    """It was sold then."""
    ElasticInference(2020).check_variant(_VARIANT)
    ElasticInference(2020).check_instance(["eia2.medium"])
    ElasticInference(2020).check_service(_SERVICE)


@pytest.mark.integration
class TestToday:
    """The laptop's AWS without ``--as-of``."""

    def test_a_vpc_endpoint_is_refused(self, account: Account) -> None:
        """With EC2's error."""
        ec2 = account.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
        with pytest.raises(ClientError) as caught:
            ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=_SERVICE, VpcEndpointType="Interface")
        assert caught.value.response["Error"] == {
            "Code": "InvalidServiceName",
            "Message": f"The Vpc Endpoint Service '{_SERVICE}' does not exist",
        }

    def test_a_stack_with_its_vpc_endpoint_rolls_back_in_ec2s_words(self, account: Account) -> None:
        """The event says why."""
        endpoint = {"VpcId": {"Ref": "Vpc"}, "ServiceName": _SERVICE, "VpcEndpointType": "Interface"}
        template = {
            "Resources": {
                "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/24"}},
                "Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": endpoint},
            }
        }
        name = account.new_name("accelerated")
        account.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
        assert account.wait_stack(name) == "ROLLBACK_COMPLETE"
        events = account.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        reasons = [event.get("ResourceStatusReason", "") for event in events]
        assert any(f"The Vpc Endpoint Service '{_SERVICE}' does not exist" in reason for reason in reasons)

    def test_run_instances_is_refused(self, account: Account) -> None:
        """With EC2's error."""
        with pytest.raises(ClientError, match="UnsupportedOperation"):
            account.client("ec2").run_instances(
                ImageId="ami-1",
                InstanceType="m5.large",
                MinCount=1,
                MaxCount=1,
                ElasticInferenceAccelerators=[{"Type": "eia2.medium"}],
            )

    def test_a_configuration_is_refused(self, account: Account) -> None:
        """With SageMaker's error."""
        with pytest.raises(ClientError, match="no longer available"):
            account.create_config("none", ProductionVariants=[{**_VARIANT, "ModelName": "none"}])

    def test_answers_have_no_label(self, account: Account) -> None:
        """It is today's AWS."""
        answer = account.sagemaker.list_models()
        assert "x-seatrial-as-of" not in answer["ResponseMetadata"]["HTTPHeaders"]

    def test_an_instance_is_described_as_it_was_asked_for(self, account: Account) -> None:
        """Interface, address, volume, metadata options; a terminated one is terminated."""
        ec2 = account.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/28", AvailabilityZone="us-east-1b")[
            "Subnet"
        ]
        group = ec2.create_security_group(GroupName="client", Description="client", VpcId=vpc)["GroupId"]
        (instance,) = ec2.run_instances(
            ImageId="ami-1",
            InstanceType="m5.large",
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnet["SubnetId"],
                    "Groups": [group],
                    "AssociatePublicIpAddress": False,
                }
            ],
            MetadataOptions={"HttpTokens": "required"},
            BlockDeviceMappings=[
                {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "VolumeSize": 30, "VolumeType": "gp3"}}
            ],
        )["Instances"]
        assert instance["MetadataOptions"]["HttpTokens"] == "required"
        (interface,) = instance["NetworkInterfaces"]
        assert (interface["SubnetId"], interface["PrivateIpAddress"]) == (subnet["SubnetId"], "10.9.0.4")
        assert [each["GroupId"] for each in interface["Groups"]] == [group]
        assert "Association" not in interface
        assert instance["Placement"]["AvailabilityZone"] == "us-east-1b"
        volume_id = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        (volume,) = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"]
        assert (volume["Encrypted"], volume["Size"]) == (True, 30)
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
        (reservation,) = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
        assert reservation["Instances"][0]["State"]["Name"] == "terminated"

    def test_a_stack_that_is_refused_rolls_back_in_ec2s_words(self, account: Account) -> None:
        """The event says why."""
        template = {
            "Resources": {
                "Instance": {
                    "Type": "AWS::EC2::Instance",
                    "Properties": {
                        "ImageId": "ami-1",
                        "InstanceType": "m5.large",
                        "ElasticInferenceAccelerators": [{"Type": "eia2.medium", "Count": 1}],
                    },
                }
            }
        }
        account.cloudformation.create_stack(StackName="refused-ei", TemplateBody=json.dumps(template))
        assert account.wait_stack("refused-ei") == "ROLLBACK_COMPLETE"
        events = account.cloudformation.describe_stack_events(StackName="refused-ei")["StackEvents"]
        reasons = [event.get("ResourceStatusReason", "") for event in events]
        assert any("Elastic Inference is no longer available" in reason for reason in reasons)

    def test_a_document_is_read_back_and_gets_versions(self, account: Account) -> None:
        """Created, changed and deleted by a stack; its content is what the template says."""
        ssm = account.client("ssm")

        def template(description: str) -> str:
            content = {"schemaVersion": "2.2", "description": description, "mainSteps": []}
            properties = {
                "Name": "benchmark",
                "Content": content,
                "DocumentType": "Command",
                "UpdateMethod": "NewVersion",
            }
            resources = {"Document": {"Type": "AWS::SSM::Document", "Properties": properties}}
            return json.dumps({"Resources": resources})

        account.cloudformation.create_stack(StackName="document", TemplateBody=template("one"))
        assert account.wait_stack("document") == "CREATE_COMPLETE"
        assert json.loads(ssm.get_document(Name="benchmark")["Content"])["description"] == "one"
        account.cloudformation.update_stack(StackName="document", TemplateBody=template("two"))
        assert account.wait_stack("document") == "UPDATE_COMPLETE"
        described = ssm.describe_document(Name="benchmark")["Document"]
        assert (described["Description"], described["LatestVersion"]) == ("two", "2")
        account.cloudformation.delete_stack(StackName="document")
        with pytest.raises(ssm.exceptions.InvalidDocument):
            ssm.describe_document(Name="benchmark")

    def test_the_rest_of_systems_manager_is_there(self, account: Account) -> None:
        """Parameters work as before, the images' public ones too."""
        ssm = account.client("ssm")
        ssm.put_parameter(Name="/n", Value="v", Type="String")
        assert ssm.get_parameter(Name="/n")["Parameter"]["Value"] == "v"
        kind = "oss-nvidia-driver-gpu-pytorch-2.9-amazon-linux-2023"
        image = ssm.get_parameter(Name=f"/aws/service/deeplearning/ami/x86_64/{kind}/latest/ami-id")
        assert image["Parameter"]["Value"].startswith("ami-")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running one."""
    port = free_port_pair()
    running = LocalAws(
        _PROJECT_ROOT, tmp_path_factory.mktemp("as_of"), port=port, runtime_port=port + 1, as_of=2020
    )
    assert running.up().as_of == 2020
    yield running
    running.down()


@pytest.fixture(scope="module")
def ec2(aws: LocalAws) -> Any:  # noqa: ANN401 - boto3's clients have no static type
    """Its EC2."""
    return boto3.client(
        "ec2",
        region_name="us-east-1",
        endpoint_url=aws.environment()["AWS_ENDPOINT_URL"],
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the laptop's AWS checks none
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.mark.integration
class TestAsOf2020:
    """A laptop's AWS of its own that stands for 2020's."""

    def test_each_accelerator_has_an_association(self, ec2: Any) -> None:  # noqa: ANN401 - as above
        """As many as were asked for, each with an ARN of its own; all is labelled."""
        answer = ec2.run_instances(
            ImageId="ami-1",
            InstanceType="m5.large",
            MinCount=1,
            MaxCount=1,
            ElasticInferenceAccelerators=[{"Type": "eia2.medium", "Count": 2}],
        )
        (instance,) = answer["Instances"]
        associations = instance["ElasticInferenceAcceleratorAssociations"]
        assert len({each["ElasticInferenceAcceleratorArn"] for each in associations}) == 2
        assert instance["StateTransitionReason"] == "launched with Elastic Inference as of 2020"
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-seatrial-as-of"] == "2020"

    def test_the_same_year_again_is_no_error(self, aws: LocalAws) -> None:
        """Whoever asks for the running year gets it."""
        assert aws.up().as_of == 2020
        assert aws.status().as_of == 2020


@pytest.mark.integration
def test_a_running_server_of_today_does_not_become_2020s(local_aws: LocalAws) -> None:
    """The error says how to get there, and what that costs."""
    state = local_aws.status()
    other = LocalAws(
        _PROJECT_ROOT, state.log_path.parent, port=state.port, runtime_port=state.runtime_port, as_of=2020
    )
    with pytest.raises(LocalAwsError, match=r"runs as of today, not as of 2020: stop it first"):
        other.up()
