"""SEA705 to SEA729: each rule is silent about a good template and finds what it is for."""

from collections.abc import Iterator
from typing import Any

import pytest

from preflight import check_templates
from preflight.templates import SynthesizedTemplates
from tests.preflight.rules.serving_templates import (
    TLS,
    Resources,
    added,
    document,
    found,
    properties,
    statement,
    template,
)

RULES = tuple(f"SEA{number}" for number in range(705, 730))


def test_a_good_template_has_no_finding() -> None:
    """None of the rules cries wolf."""
    assert found(None, *RULES) == []


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from _paths(each, (*path, key))


@pytest.mark.parametrize(
    "odd", [{"Ref": "Unknown"}, "text", 7, None, True, [], ["text"], [{"Ref": "AWS::Region"}]]
)
@pytest.mark.parametrize("name", template())
def test_no_value_of_any_property_breaks_a_rule(name: str, odd: object) -> None:
    """Templates of others hold what only CloudFormation will know, wherever they may."""
    for path in _paths(template()[name][1]):

        def change(resources: Resources, path: tuple[str | int, ...] = path) -> None:
            place: Any = properties(resources, name)
            for part in path[:-1]:
                place = place[part]
            place[path[-1]] = odd

        found(change, *RULES)


def test_an_import_is_what_another_template_exports() -> None:
    """Stacks of one deployment are read together."""
    network = {
        "Resources": {"Models": {"Type": "AWS::EC2::SecurityGroup", "Properties": {}}},
        "Outputs": {"Out": {"Value": {"Ref": "Models"}, "Export": {"Name": "models"}}},
    }
    rule = {**TLS, "CidrIp": "127.0.0.1/32"}
    network["Resources"]["Models"]["Properties"] = {"VpcId": "vpc-1", "SecurityGroupEgress": [rule]}
    model = {
        "VpcConfig": {
            "Subnets": ["subnet-1", "subnet-2"],
            "SecurityGroupIds": [{"Fn::ImportValue": "models"}],
        }
    }
    serving = {"Resources": {"Model": {"Type": "AWS::SageMaker::Model", "Properties": model}}}
    findings = check_templates(SynthesizedTemplates({"network.json": network, "serving.json": serving}))
    (finding,) = (each for each in findings if each.rule == "SEA709")
    assert (str(finding.location), finding.subject) == ("network.json", "Models")


def test_an_instance_needs_the_ways_of_its_role() -> None:
    """A client in the closed VPC that may invoke, and no endpoint of the runtime."""

    def change(resources: Resources) -> None:
        del resources["Runtime"]
        invoke = {"PolicyDocument": document(statement("sagemaker:InvokeEndpoint"))}
        trusted = {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        added(
            "ClientRole",
            "IAM::Role",
            {"AssumeRolePolicyDocument": document(trusted), "Policies": [invoke]},
        )(resources)
        added("Profile", "IAM::InstanceProfile", {"Roles": [{"Ref": "ClientRole"}]})(resources)
        added(
            "Client",
            "EC2::Instance",
            {
                "SubnetId": {"Ref": "SubnetA"},
                "SecurityGroupIds": [{"Ref": "Models"}],
                "IamInstanceProfile": {"Ref": "Profile"},
            },
        )(resources)

    assert found(change, "SEA710") == [("SEA710", "Client")]
