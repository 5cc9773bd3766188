"""The rules about private DNS, each on a template that is good but for one thing."""

from tests.preflight.rules.serving_templates import added, changed, found, interface, without


def test_sea717_second_private_dns() -> None:
    """A VPC has at most one for each service."""
    assert ("SEA717", "Second") in found(added("Second", "EC2::VPCEndpoint", interface("logs")), "SEA717")


def test_sea718_endpoint_without_private_dns() -> None:
    """The usual name of a service leads to its endpoint."""
    assert ("SEA718", "Logs") in found(without("Logs", "PrivateDnsEnabled"), "SEA718")
    for passing in ("true", {"Ref": "WithDns"}):
        assert found(changed("Logs", PrivateDnsEnabled=passing), "SEA718") == []
    assert (
        found(changed("Logs", ServiceName="com.amazonaws.us-east-1.s3", PrivateDnsEnabled=False), "SEA718")
        == []
    )


def test_sea719_vpc_without_dns() -> None:
    """EnableDnsSupport is true by default, EnableDnsHostnames false."""
    assert ("SEA719", "Vpc") in found(without("Vpc", "EnableDnsHostnames"), "SEA719")
    assert ("SEA719", "Vpc") in found(changed("Vpc", EnableDnsSupport=False), "SEA719")
    for passing in ("true", {"Ref": "WithDns"}):
        assert found(changed("Vpc", EnableDnsHostnames=passing, EnableDnsSupport="true"), "SEA719") == []
