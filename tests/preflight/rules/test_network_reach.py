"""The rules about what a network leads to, each on a template that is good but for one thing."""

from preflight import check_templates
from preflight.templates import SynthesizedTemplates
from tests.preflight.rules.serving_templates import added, changed, found, template, without


def test_sea705_model_in_one_zone() -> None:
    """Zones are counted where templates say them; a subnet made elsewhere counts as one of its own."""
    assert ("SEA705", "Model") in found(without("Model", "VpcConfig", "Subnets", 1), "SEA705")
    assert ("SEA705", "Model") in found(changed("SubnetB", AvailabilityZone="us-east-1a"), "SEA705")


def test_sea705_counts_no_subnets_of_a_parameter() -> None:
    """A parameter's list may hold any number of subnets, and so may what a function splits."""
    for subnets in ({"Ref": "SubnetIds"}, {"Fn::Split": [",", {"Ref": "SubnetIds"}]}):
        config = {"Subnets": subnets, "SecurityGroupIds": [{"Fn::GetAtt": ["Models", "GroupId"]}]}
        assert found(changed("Model", VpcConfig=config), "SEA705") == []


def test_sea706_model_without_security_group() -> None:
    """An instance without one gets the VPC's default group; a model gets none."""
    assert ("SEA706", "Model") in found(without("Model", "VpcConfig", "SecurityGroupIds"), "SEA706")
    client = {"SubnetId": {"Ref": "SubnetA"}, "ImageId": "ami-1"}
    assert found(added("Client", "EC2::Instance", client), "SEA706") == []


def test_sea707_no_way_to_s3() -> None:
    """The artifact comes through the VPC: by the gateway in the subnet's route table, or a way out."""
    assert ("SEA707", "SubnetA") in found(without("LinkA"), "SEA707")
    assert ("SEA707", "SubnetA") in found(without("S3"), "SEA707")
    assert ("SEA707", "SubnetB") in found(changed("S3", RouteTableIds=["rtb-1"]), "SEA707")
    assert (
        found(
            added(
                "Out",
                "EC2::Route",
                {
                    "RouteTableId": {"Ref": "Table"},
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "NatGatewayId": "nat-1",
                },
            ),
            "SEA707",
        )
        == []
    )


def test_sea708_endpoint_not_reachable() -> None:
    """Each security group of a workload comes in by 443; groups that no template makes are not judged."""
    assert ("SEA708", "Logs") in found(without("FromModels"), "SEA708")
    assert ("SEA708", "Logs") in found(changed("FromModels", FromPort=80, ToPort=80), "SEA708")
    assert ("SEA708", "Logs") in found(changed("FromModels", SourceSecurityGroupId="sg-1"), "SEA708")
    assert found(changed("FromModels", SourceSecurityGroupId=None, CidrIp="10.0.0.0/16"), "SEA708") == []
    assert found(changed("Logs", SecurityGroupIds=["sg-1"]), "SEA708") == []


def test_sea708_names_groups_by_their_logical_ids() -> None:
    """What is said of resources is readable where the template is read."""
    resources = {
        name: {"Type": f"AWS::{kind}", "Properties": values}
        for name, (kind, values) in template().items()
        if name != "FromModels"
    }
    templates = SynthesizedTemplates({"out/App.template.json": {"Resources": resources}})
    told = [each.what for each in check_templates(templates) if each.rule == "SEA708"]
    assert "No rule lets Models reach logs by 443." in told


def test_sea708_takes_ports_in_quotes() -> None:
    """CloudFormation takes a number in quotes for a number."""
    assert found(changed("FromModels", FromPort="443", ToPort="443"), "SEA708") == []
    assert ("SEA708", "Logs") in found(changed("FromModels", FromPort="80", ToPort="80"), "SEA708")


def test_sea709_no_tls_out() -> None:
    """A group without outbound rules in its template sends anything; one with rules only what they name."""
    assert ("SEA709", "Models") in found(
        changed("Models", SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}]), "SEA709"
    )
    assert found(without("Models", "SecurityGroupEgress"), "SEA709") == []


def test_sea710_no_way_to_service() -> None:
    """In a VPC without a way out, each service that a role may call has its interface endpoint."""
    assert ("SEA710", "Model") in found(without("Logs"), "SEA710")
    assert ("SEA710", "Model") in found(without("EcrDkr"), "SEA710")


def test_sea711_no_way_to_invoke() -> None:
    """A VPC without a way out where models are served has the interface endpoint of the runtime."""
    assert ("SEA711", "Vpc") in found(without("Runtime"), "SEA711")
