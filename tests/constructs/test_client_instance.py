"""A client: unreachable but by Session Manager, and allowed to do nothing but what it is for."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from seatrial_hosting import (
    AttachedAccelerators,
    BenchmarkInput,
    ClientImage,
    ClientInstance,
    ClientPlacement,
    ElasticInference,
    HostingError,
    ModelArtifact,
    PublicClientNetwork,
)
from seatrial_hosting._benchmark_document import BENCHMARK_SCRIPT

_ENVIRONMENT = cdk.Environment(account="123456789012", region="eu-west-1")
_INSIDE = ClientPlacement("vpc-1", "subnet-1", False, "sg-endpoints", None)  # noqa: FBT003 - one of its facts


@pytest.fixture
def stack() -> cdk.Stack:
    """An empty stack with a place."""
    return cdk.Stack(cdk.App(builtin_cloud_formation_validation=False), "Stack", env=_ENVIRONMENT)


def _client(stack: cdk.Stack, **more: Any) -> ClientInstance:  # noqa: ANN401 - the construct's arguments
    arguments = {
        "placement": _INSIDE,
        "instance_type": "m5.large",
        "image": ClientImage.amazon_linux_2023(),
        "endpoint_names": ["Vision-One"],
        **more,
    }
    return ClientInstance(stack, "Client", **arguments)


def _resource(stack: cdk.Stack, resource_type: str) -> dict[str, Any]:
    (found,) = assertions.Template.from_stack(stack).find_resources(resource_type).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def _statements(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    document = _resource(stack, "AWS::IAM::Policy")["PolicyDocument"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_the_instance_has_no_way_in(stack: cdk.Stack) -> None:
    """No public address, no key pair, no ingress rule; IMDSv2 and an encrypted volume."""
    _client(stack)
    instance = _resource(stack, "AWS::EC2::Instance")
    assert instance["NetworkInterfaces"][0]["AssociatePublicIpAddress"] is False
    assert "KeyName" not in instance
    assert "UserData" not in instance
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert instance["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert "SecurityGroupIngress" not in _resource(stack, "AWS::EC2::SecurityGroup")


def test_it_leaves_by_tls_alone(stack: cdk.Stack) -> None:
    """And reaches the interface endpoints by a rule of its own."""
    _client(stack)
    (egress,) = _resource(stack, "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    assert (egress["FromPort"], egress["ToPort"], egress["IpProtocol"]) == (443, 443, "tcp")
    rule = _resource(stack, "AWS::EC2::SecurityGroupIngress")
    assert (rule["GroupId"], rule["FromPort"]) == ("sg-endpoints", 443)


def test_the_latest_image_is_cloudformations_to_find(stack: cdk.Stack) -> None:
    """The stack's parameter names the SSM parameter; nothing is looked up at synth."""
    _client(stack)
    parameters = assertions.Template.from_stack(stack).find_parameters("*")
    (image,) = (each for name, each in parameters.items() if name.startswith("ClientImageId"))
    assert image["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    assert image["Default"] == "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


def test_one_image_is_named_outright(stack: cdk.Stack) -> None:
    """And stays."""
    _client(stack, image=ClientImage.from_ami_id("ami-0123456789abcdef0"))
    assert _resource(stack, "AWS::EC2::Instance")["ImageId"] == "ami-0123456789abcdef0"


def test_it_may_invoke_exactly_the_named(stack: cdk.Stack) -> None:
    """Endpoints and components, by their ARNs in lower case."""
    _client(stack, component_names=["Shared-A"])
    statement = _statements(stack)["InvokeEndpoints"]
    prefix = "arn:aws:sagemaker:eu-west-1:123456789012"
    assert statement["Action"] == "sagemaker:InvokeEndpoint"
    assert statement["Resource"] == [
        f"{prefix}:endpoint/vision-one",
        f"{prefix}:inference-component/shared-a",
    ]


def test_it_may_have_exactly_the_named_stream(stack: cdk.Stack) -> None:
    """Another action, for those whose answers come in parts."""
    _client(stack, streaming_endpoint_names=["Vision-Chat"], streaming_component_names=["Shared-A"])
    statement = _statements(stack)["StreamAnswers"]
    prefix = "arn:aws:sagemaker:eu-west-1:123456789012"
    assert statement["Action"] == "sagemaker:InvokeEndpointWithResponseStream"
    assert statement["Resource"] == [
        f"{prefix}:endpoint/vision-chat",
        f"{prefix}:inference-component/shared-a",
    ]


def test_without_endpoints_it_may_invoke_none(stack: cdk.Stack) -> None:
    """Systems Manager is all that is left."""
    _client(stack, endpoint_names=[])
    assert set(_statements(stack)) == {"Register", "OpenChannels", "TakeCommands"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"instance_type": "ml.m5.large"}, "SageMaker's name"),
        ({"instance_type": "m7g.large"}, "arm64"),
        ({"instance_type": "c7gn.xlarge"}, "arm64"),
        ({"volume_gib": -1}, "at least 1"),
        ({"accelerators": AttachedAccelerators("eia2.medium", 0)}, "attach at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(stack: cdk.Stack, arguments: dict[str, Any], words: str) -> None:
    """In words, with what is allowed."""
    with pytest.raises(HostingError, match=words):
        _client(stack, **arguments)


@pytest.mark.parametrize("instance_type", ["m5.2xlarge", "g4dn.xlarge", "g5.xlarge"])
def test_x86_types_are_taken(stack: cdk.Stack, instance_type: str) -> None:
    """A g before the generation is a GPU, not Graviton."""
    _client(stack, instance_type=instance_type)
    assert _resource(stack, "AWS::EC2::Instance")["InstanceType"] == instance_type


@pytest.mark.parametrize(
    ("instance_type", "asked"),
    [("m5.2xlarge", {"EbsOptimized": True}), ("t3.small", {"EbsOptimized": True}), ("t2.micro", {})],
)
def test_ebs_optimization_is_asked_for_where_there_is_one(
    stack: cdk.Stack, instance_type: str, asked: dict[str, bool]
) -> None:
    """RunInstances refuses a T2 that asks for it."""
    _client(stack, instance_type=instance_type)
    instance = _resource(stack, "AWS::EC2::Instance")
    assert {name: value for name, value in instance.items() if name == "EbsOptimized"} == asked


def test_a_public_client_has_a_network_with_no_way_in(stack: cdk.Stack) -> None:
    """One subnet, a route out, a flow log; the address is the instance's own wish."""
    network = PublicClientNetwork(stack, "Network", availability_zone="eu-west-1a")
    _client(stack, placement=network.placement)
    template = assertions.Template.from_stack(stack)
    assert _resource(stack, "AWS::EC2::Instance")["NetworkInterfaces"][0]["AssociatePublicIpAddress"] is True
    assert _resource(stack, "AWS::EC2::Subnet")["MapPublicIpOnLaunch"] is False
    template.resource_count_is("AWS::EC2::FlowLog", 1)
    template.resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


def _accelerated(stack: cdk.Stack, tmp_path: Path) -> None:
    archive = tmp_path / "model.tar.gz"
    archive.write_bytes(b"an archive")
    client = _client(stack, accelerators=AttachedAccelerators("eia2.xlarge"), ingress_cidrs=["10.0.0.0/16"])
    ElasticInference(
        stack,
        "ElasticInference",
        client=client,
        artifact=ModelArtifact.from_file(stack, archive, content_key="0" * 64),
        model_file="gpt/1/model.pt",
        inputs=[BenchmarkInput("INT64", (1, -1)), BenchmarkInput("FP32", (1, 3))],
    )


def test_accelerators_come_with_their_permission(stack: cdk.Stack, tmp_path: Path) -> None:
    """Connecting to accelerators of this account, and reading exactly the artifact."""
    _accelerated(stack, tmp_path)
    instance = _resource(stack, "AWS::EC2::Instance")
    assert instance["ElasticInferenceAccelerators"] == [{"Type": "eia2.xlarge", "Count": 1}]
    statements = _statements(stack)
    assert statements["UseAccelerators"]["Action"] == "elastic-inference:Connect"
    assert statements["UseAccelerators"]["Resource"] == (
        "arn:aws:elastic-inference:eu-west-1:123456789012:elastic-inference-accelerator/*"
    )
    assert statements["ReadArtifact"]["Resource"].endswith("0.tar.gz")


def test_ports_are_open_to_the_declared_addresses_alone(stack: cdk.Stack, tmp_path: Path) -> None:
    """22 and 443, as the post has them, but not to the world."""
    _accelerated(stack, tmp_path)
    rules = _resource(stack, "AWS::EC2::SecurityGroup")["SecurityGroupIngress"]
    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in rules] == [
        ("10.0.0.0/16", 22, 22),
        ("10.0.0.0/16", 443, 443),
    ]


def test_the_benchmark_has_the_posts_steps(stack: cdk.Stack, tmp_path: Path) -> None:
    """Describe, fetch, measure 1,000; what varies in a shape is seven, the post's tokens."""
    _accelerated(stack, tmp_path)
    document = _resource(stack, "AWS::SSM::Document")
    content = document["Content"]
    assert [step["name"] for step in content["mainSteps"]] == [
        "describeAccelerators",
        "fetchModel",
        "traceAndMeasureInferences",
    ]
    assert content["parameters"]["Inferences"]["default"] == "1000"
    measure = content["mainSteps"][2]["inputs"]["runCommand"]
    assert measure[-1].endswith("""'[["INT64", [1, 7]], ["FP32", [1, 3]]]'""")
    # Run Command runs as root, without the login shell that puts conda into the path of the AMI's user.
    assert measure.index("for folder in /home/*/anaconda3/bin; do PATH=$folder:$PATH; done") < measure.index(
        "source activate {{ CondaEnvironment }}"
    )
    # Systems Manager takes what stands in double braces for a parameter.
    assert "{{" not in BENCHMARK_SCRIPT


@pytest.mark.integration
def test_the_script_traces_runs_and_leaves_the_first_out(tmp_path: Path) -> None:
    """On a PyTorch whose context takes the accelerator, as that of Elastic Inference did."""
    shim = (
        "import contextlib, torch\n"
        "class Two(torch.nn.Module):\n"
        "    def forward(self, ids: torch.Tensor, values: torch.Tensor) -> torch.Tensor:\n"
        "        return values + ids.sum()\n"
        "example = (torch.ones(1, 7, dtype=torch.int64), torch.rand(1, 3))\n"
        "torch.jit.save(torch.jit.trace(Two(), example), 'model.pt')\n"
        "torch.jit.optimized_execution = lambda on, options: contextlib.nullcontext()\n"
        "exec(open('benchmark.py').read())\n"
    )
    (tmp_path / "benchmark.py").write_text(BENCHMARK_SCRIPT)
    inputs = json.dumps([["INT64", [1, 7]], ["FP32", [1, 3]]])
    finished = subprocess.run(
        [sys.executable, "-c", shim, "model.pt", "5", "eia:0", inputs],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[:2] == ["Traced for eia:0", "Inferences measured: 4"]
    assert [line.split(" latency")[0] for line in lines[2:]] == ["Mean", "P50", "P90", "P95"]
