"""Many components at once: the same resources as single ones, and every one of them seen."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template
from cdk_nag import HIPAASecurityChecks
from constructs import IConstruct

from seatrial_hosting import (
    ComponentDeclaration,
    ComponentEndpoint,
    ComponentFleet,
    ComponentScaling,
    ComponentSpecification,
    ComputeRequirements,
    DeclaredModel,
    Endpoint,
    HostingError,
    InferenceComponent,
    PrivateNetwork,
    RollingUpdate,
    Scaling,
    ScalingMetric,
    SharedInstances,
    TargetTracking,
    TritonModel,
)

Resources = dict[str, dict[str, Any]]
Find = Callable[[cdk.Stack, str], Resources]

COMPUTE = ComputeRequirements(1024, cpus=1)
SCALING = Scaling(0, 3, TargetTracking(ScalingMetric.INVOCATIONS_PER_COPY, 300))
MODEL = DeclaredModel("image", "s3://b/a.tar.gz", "arn:role", ["subnet-1"], ["sg-1"])


def declaration(name: str = "it", **arguments: Any) -> ComponentDeclaration:  # noqa: ANN401 - passed on
    """Return a declaration; arguments replace the usual ones."""
    usual: dict[str, Any] = {
        "specifications": [ComponentSpecification(model_name="model", compute=COMPUTE)],
        "scaling": SCALING,
    }
    return ComponentDeclaration(name, **(usual | arguments))


@pytest.fixture
def endpoint(stack: cdk.Stack) -> Endpoint:
    """An endpoint that is there already."""
    return Endpoint(stack, "Endpoint", endpoint_name="shared")


@pytest.mark.parametrize("name", ["shared-it", "it"])
def test_a_fleet_and_single_constructs_give_equal_resources(app: cdk.App, find: Find, name: str) -> None:
    """One truth: the properties of components, targets, policies and alarms are the same either way."""
    environment = cdk.Environment(account="123456789012", region="eu-west-1")
    single, many = (cdk.Stack(app, each, env=environment) for each in ("single", "many"))
    endpoints = {each: Endpoint(each, "Endpoint", endpoint_name="shared") for each in (single, many)}
    component = InferenceComponent(
        single,
        "Component",
        component_name=name,
        endpoint=endpoints[single],
        specification=ComponentSpecification(model_name="model", compute=COMPUTE),
    )
    ComponentScaling(single, "Scaling", component=component, scaling=SCALING)
    declared = declaration(name, errors_per_minute=None, log_retention_days=None)
    ComponentFleet(many, "Fleet", endpoint=endpoints[many], components=[declared])

    def comparable(stack: cdk.Stack, resource_type: str) -> list[dict[str, Any]]:
        references = {"ScalingTargetId", "AlarmActions"}
        return [
            {key: value for key, value in each["Properties"].items() if key not in references}
            for each in find(stack, resource_type).values()
        ]

    for resource_type in (
        "AWS::SageMaker::InferenceComponent",
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CloudWatch::Alarm",
    ):
        assert comparable(single, resource_type) == comparable(many, resource_type)


def test_a_component_with_all_that_is_its(stack: cdk.Stack, endpoint: Endpoint, find: Find) -> None:
    """Log group and alarm first, then the component with its Model, then its scaling."""
    model = declaration(specifications=[ComponentSpecification(compute=COMPUTE)], model=MODEL)
    fleet = ComponentFleet(stack, "Fleet", endpoint=endpoint, components=[model])
    assert fleet.resource_count == 8
    [(component_id, component)] = find(stack, "AWS::SageMaker::InferenceComponent").items()
    assert component["DependsOn"] == [f"{component_id}LogGroup", f"{component_id}ServerErrors"]
    served = component["Properties"]["Specification"]["ModelName"]
    assert served == {"Fn::GetAtt": [f"{component_id}Model", "ModelName"]}
    rollback = component["Properties"]["DeploymentConfig"]["AutoRollbackConfiguration"]
    assert rollback == {"Alarms": [{"AlarmName": "shared-it-server-errors"}]}
    [target] = find(stack, "AWS::ApplicationAutoScaling::ScalableTarget").values()
    assert target["DependsOn"] == [component_id]
    [made] = find(stack, "AWS::SageMaker::Model").values()
    assert made["Properties"]["EnableNetworkIsolation"] is True


def test_no_number_of_copies_where_scaling_decides(stack: cdk.Stack, endpoint: Endpoint, find: Find) -> None:
    """An update has no number to set the copies back to."""
    ComponentFleet(stack, "Fleet", endpoint=endpoint, components=[declaration()])
    [component] = find(stack, "AWS::SageMaker::InferenceComponent").values()
    assert "RuntimeConfig" not in component["Properties"]


def test_tokens_come_through(stack: cdk.Stack, model: TritonModel, endpoint: Endpoint, find: Find) -> None:
    """What only CloudFormation knows, alone or within text, is referred to as it would be anywhere."""
    served = ComponentSpecification(model_name=model.model_name, compute=COMPUTE)
    alarm = f"{model.model_name}-alarm"
    declared = declaration(
        specifications=[served], rolling_update=RollingUpdate(rollback_alarm_names=[alarm])
    )
    ComponentFleet(stack, "Fleet", endpoint=endpoint, components=[declared])
    [model_id] = find(stack, "AWS::SageMaker::Model")
    [component] = find(stack, "AWS::SageMaker::InferenceComponent").values()
    name = {"Fn::GetAtt": [model_id, "ModelName"]}
    assert component["Properties"]["Specification"]["ModelName"] == name
    [first, _] = component["Properties"]["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    assert first == {"AlarmName": {"Fn::Join": ["", [name, "-alarm"]]}}


def test_tokens_of_single_properties_come_through(stack: cdk.Stack, endpoint: Endpoint, find: Find) -> None:
    """A log group's key is referred to, not written out."""
    key = kms.Key(stack, "Key")
    ComponentFleet(stack, "Fleet", endpoint=endpoint, components=[declaration()], log_key=key)
    [key_id] = find(stack, "AWS::KMS::Key")
    [group] = find(stack, "AWS::Logs::LogGroup").values()
    assert group["Properties"]["KmsKeyId"] == {"Fn::GetAtt": [key_id, "Arn"]}


def test_components_keep_their_own_and_share_the_rest(
    stack: cdk.Stack, endpoint: Endpoint, find: Find
) -> None:
    """What is equal in several components, and handed over once, stands in each; and no parameter is left."""
    sizes = {"one": 1024, "two": 2048, "three": 1024}
    components = [
        declaration(
            name,
            specifications=[ComponentSpecification(model_name="model", compute=ComputeRequirements(size))],
        )
        for name, size in sizes.items()
    ]
    ComponentFleet(stack, "Fleet", endpoint=endpoint, components=components)
    found = [each["Properties"] for each in find(stack, "AWS::SageMaker::InferenceComponent").values()]
    memory = {
        each["InferenceComponentName"]: each["Specification"]["ComputeResourceRequirements"] for each in found
    }
    assert memory == {name: {"MinMemoryRequiredInMb": size} for name, size in sizes.items()}
    policy = {"MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 25}, "WaitIntervalInSeconds": 60}
    assert [each["DeploymentConfig"]["RollingUpdatePolicy"] for each in found] == [policy] * 3
    assert list(Template.from_stack(stack).to_json()["Parameters"]) == ["BootstrapVersion"]


@jsii.implements(cdk.IAspect)
class _Visited:
    """An Aspect that notes the type of each resource it sees, by its path."""

    def __init__(self) -> None:
        self.types: dict[str, str] = {}

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.CfnResource):
            self.types[node.node.path] = node.cfn_resource_type


def test_aspects_see_every_resource(app: cdk.App, stack: cdk.Stack, endpoint: Endpoint) -> None:
    """Each is a construct with a path of its own under the fleet, of its resource's type."""
    model = declaration(specifications=[ComponentSpecification(compute=COMPUTE)], model=MODEL)
    fleet = ComponentFleet(stack, "Fleet", endpoint=endpoint, components=[model, declaration("other")])
    visited = _Visited()
    cdk.Aspects.of(app).add(visited)
    resources = app.synth().get_stack_by_name("trial").template["Resources"]
    assert len(resources) == fleet.resource_count
    assert visited.types == {
        f"trial/Fleet/Components/{logical_id}": each["Type"] for logical_id, each in resources.items()
    }


def test_cdk_nag_sees_every_log_group(app: cdk.App, stack: cdk.Stack, endpoint: Endpoint, find: Find) -> None:
    """A pack that wants a key for each finds those of the fleet that have none, by their paths."""
    declared = [declaration("one"), declaration("two")]
    ComponentFleet(stack, "Fleet", endpoint=endpoint, components=declared)
    report = HIPAASecurityChecks(app).validate_scope(app)
    seen = {
        resource.construct_path
        for violation in report.violations
        if violation.rule_name.startswith("HIPAA.Security-CloudWatchLogGroupEncrypted")
        for resource in violation.violating_resources
    }
    groups = find(stack, "AWS::Logs::LogGroup")
    assert seen == {f"trial/Fleet/Components/{logical_id}" for logical_id in groups}


def test_components_go_before_their_endpoint(
    app: cdk.App, stack: cdk.Stack, network: PrivateNetwork, find: Find
) -> None:
    """In one stack by dependencies of the resources, over two by one of the stacks."""
    shared = ComponentEndpoint(
        stack,
        "Shared",
        endpoint_name="shared",
        network=network,
        instances=SharedInstances(["ml.g5.2xlarge"], 0, 1),
    )
    ComponentFleet(stack, "Fleet", endpoint=shared, components=[declaration("one")], log_key=shared.key)
    second = cdk.Stack(app, "second", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    ComponentFleet(second, "Fleet", endpoint=shared, components=[declaration("two")], log_key=shared.key)
    [endpoint_id] = find(stack, "AWS::SageMaker::Endpoint")
    [component] = find(stack, "AWS::SageMaker::InferenceComponent").values()
    assert endpoint_id in component["DependsOn"]
    assert [each.stack_name for each in second.dependencies] == ["trial"]


def test_a_component_can_be_found(stack: cdk.Stack, endpoint: Endpoint) -> None:
    """Its construct is there to acknowledge findings at."""
    fleet = ComponentFleet(stack, "Fleet", endpoint=endpoint, components=[declaration()])
    assert fleet.component("it").node.path.startswith("trial/Fleet/")


@pytest.mark.parametrize(
    ("components", "problem"),
    [
        ([], "there is no component; give one"),
        ([declaration("a"), declaration("A")], "two components have one name"),
        ([declaration("a_b")], "a_b: component_name is 'a_b'"),
        ([declaration(scaling=None)], "it: neither scaling nor copy_count says how many copies there are"),
        ([declaration(model=MODEL)], "it: both model and model_name say what is served"),
        ([declaration(scaling=Scaling(2, 1, SCALING.target_tracking))], "it: scaling goes from 2 to 1"),
    ],
)
def test_what_does_not_fit_is_refused(
    stack: cdk.Stack, endpoint: Endpoint, components: list[ComponentDeclaration], problem: str
) -> None:
    """Each problem names its component."""
    with pytest.raises(HostingError) as refused:
        ComponentFleet(stack, "Fleet", endpoint=endpoint, components=components)
    assert problem in str(refused.value)
