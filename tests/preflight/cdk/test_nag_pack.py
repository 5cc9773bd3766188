"""The nag pack in an app that knows nothing of deployment files and uses no construct of Seatrial's."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker

from preflight.cdk import SeatrialNagPack
from preflight.registry import REGISTRY
from preflight.rule import TEMPLATE

REASON = "calls a licence server; its security group allows that alone"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


_ARN = "arn:aws:{}:eu-west-1:123456789012:{}"
NEEDED = [
    (
        [
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission",
        ],
        _ARN.format("ec2", "*/*"),
    ),
    (
        [
            *(f"ec2:Describe{each}" for each in ("DhcpOptions", "NetworkInterfaces", "SecurityGroups")),
            *(f"ec2:Describe{each}" for each in ("Subnets", "Vpcs")),
            "ecr:GetAuthorizationToken",
            "cloudwatch:PutMetricData",
        ],
        "*",
    ),
    (["kms:CreateGrant", "kms:DescribeKey"], KEY),
    (
        [
            f"logs:{each}"
            for each in ("CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents")
        ],
        _ARN.format("logs", "log-group:/aws/sagemaker/Endpoints/fast*"),
    ),
]
"""What serving takes, as the role of a hardened app allows it."""


class ForeignStack(cdk.Stack):
    """An endpoint as tutorials build it: a broad role, no isolation, no network, no key, no alarm."""

    def __init__(self, scope: cdk.App, *, hardened: bool = False) -> None:
        super().__init__(scope, "Foreign", env=cdk.Environment(account="123456789012", region="eu-west-1"))
        broad = iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSageMakerFullAccess")
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"),
            managed_policies=[] if hardened else [broad],
        )
        if hardened:
            for actions, resource in NEEDED:
                role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        vpc = sagemaker.CfnModel.VpcConfigProperty(
            security_group_ids=["sg-1"], subnets=["subnet-1", "subnet-2"]
        )
        self.model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=role.role_arn,
            enable_network_isolation=hardened,
            vpc_config=vpc if hardened else None,
        )
        config = sagemaker.CfnEndpointConfig(
            self,
            "Config",
            kms_key_id=KEY if hardened else None,
            production_variants=[
                sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                    variant_name="AllTraffic",
                    model_name=self.model.attr_model_name,
                    instance_type="ml.m5.xlarge",
                    initial_instance_count=1,
                    initial_variant_weight=1,
                )
            ],
        )
        endpoint = sagemaker.CfnEndpoint(
            self, "Endpoint", endpoint_name="fast", endpoint_config_name=config.attr_endpoint_config_name
        )
        if hardened:
            errors = cloudwatch.Metric(
                namespace="AWS/SageMaker",
                metric_name="Invocation5XXErrors",
                dimensions_map={"EndpointName": endpoint.attr_endpoint_name, "VariantName": "AllTraffic"},
            )
            cloudwatch.Alarm(self, "Errors", metric=errors, threshold=1, evaluation_periods=1)


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    """An app with the pack, and nothing else of Seatrial's."""
    app = cdk.App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    cdk.Validations.of(app).add_plugins(SeatrialNagPack())
    return app


@pytest.fixture
def reported(tmp_path: Path) -> Callable[[str], set[tuple[str, str]]]:
    """Return what the last synth's report holds: rules and constructs, by its key."""

    def read(key: str) -> set[tuple[str, str]]:
        document = json.loads((tmp_path / "out" / "validation-report.json").read_text(encoding="utf-8"))
        [report] = document["pluginReports"]
        found: list[dict[str, Any]] = report.get(key, [])
        return {
            (violation["ruleName"], construct["constructPath"])
            for violation in found
            for construct in violation["violatingConstructs"]
        }

    return read


def test_it_finds_what_tutorials_leave_out(
    app: cdk.App, reported: Callable[[str], set[tuple[str, str]]]
) -> None:
    """Every finding names the construct, though only templates are read; errors fail the synth."""
    ForeignStack(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    assert reported("violations") >= {
        ("SEA851", "Foreign/Model"),
        ("SEA852", "Foreign/Model"),
        ("SEA853", "Foreign/Config"),
        ("SEA861", "Foreign/Role/Resource"),
        ("SEA842", "Foreign/Endpoint"),
    }


def test_it_finds_nothing_in_a_hardened_app(app: cdk.App, tmp_path: Path) -> None:
    """What follows the fixes passes: the report of the synth has no finding of anybody."""
    ForeignStack(app, hardened=True)
    app.synth()
    report = (tmp_path / "out" / "validation-report.json").read_text(encoding="utf-8")
    assert [each for each in json.loads(report)["pluginReports"] if each["violations"]] == []


def test_the_cdks_acknowledgments_are_its_own(
    app: cdk.App, reported: Callable[[str], set[tuple[str, str]]]
) -> None:
    """At the construct, with a reason; the finding moves among the suppressed ones, the others stay."""
    stack = ForeignStack(app)
    cdk.Validations.of(stack.model).acknowledge(cdk.Acknowledgment(id="seatrial::SEA851", reason=REASON))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    assert reported("suppressedViolations") == {("SEA851", "Foreign/Model")}
    assert ("SEA852", "Foreign/Model") in reported("violations")


def test_all_acknowledged(app: cdk.App) -> None:
    """An acknowledgment above covers what is below: the synth succeeds."""
    rules = [f"seatrial::{rule}" for rule in ("SEA851", "SEA852", "SEA853", "SEA861", "SEA842")]
    stack = ForeignStack(app)
    cdk.Validations.of(stack).acknowledge(*(cdk.Acknowledgment(id=each, reason=REASON) for each in rules))
    assert app.synth().stacks


def test_it_never_raises() -> None:
    """The CDK CLI takes a plug-in that raises for a clean one: a template that is gone fails the synth."""
    context = SimpleNamespace(template_paths=["gone.template.json"])
    report = SeatrialNagPack().validate(cast("cdk.IPolicyValidationContext", context))
    assert not report.success


def test_name_and_rule_ids() -> None:
    """One prefix, with and without a deployment file; the rules are those over templates."""
    assert SeatrialNagPack().name == "seatrial"
    assert SeatrialNagPack().rule_ids == [rule.id for rule in REGISTRY.rules(TEMPLATE)]
