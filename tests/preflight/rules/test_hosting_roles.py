"""The rules about flow logs, roles and keys, each on a template that is good but for one thing."""

from tests.preflight.rules.serving_templates import changed, document, found, without


def test_sea721_traffic_unrecorded() -> None:
    """Each VPC of a template has a flow log."""
    assert ("SEA721", "Vpc") in found(without("FlowLog"), "SEA721")


def test_sea722_flow_log_without_target() -> None:
    """A flow log to CloudWatch Logs has a group and a role that may write into it."""
    assert ("SEA722", "FlowLog") in found(without("FlowLog", "LogGroupName"), "SEA722")
    assert ("SEA722", "FlowLog") in found(without("FlowLog", "DeliverLogsPermissionArn"), "SEA722")
    assert ("SEA722", "FlowRole") in found(without("FlowRole", "Policies"), "SEA722")
    assert (
        found(lambda resources: resources["FlowLog"]["Properties"].update(LogDestinationType="s3"), "SEA722")
        == []
    )


def test_sea723_role_not_assumable() -> None:
    """What a model, a configuration, a flow log or an instance names as its role trusts its service."""
    assert ("SEA723", "Role") in found(changed("Role", AssumeRolePolicyDocument=document()), "SEA723")


def test_sea724_role_without_essentials() -> None:
    """Reading the artifact, pulling the image, and, in a VPC, the network interfaces."""
    assert ("SEA724", "Role") in found(without("Policy"), "SEA724")
    assert ("SEA724", "Role") in found(
        changed("Model", PrimaryContainer={"ModelDataUrl": "s3://artifacts/other.tar.gz"}), "SEA724"
    )
    assert found(changed("Role", ManagedPolicyArns=["arn:aws:iam::123456789012:policy/all"]), "SEA724") == []
    assert found(changed("Model", ExecutionRoleArn="arn:aws:iam::123456789012:role/own"), "SEA724") == []


def test_sea724_sees_every_container_and_every_model() -> None:
    """Each artifact and each image of several, and all archives below a multi-model container's prefix."""
    served, other = ({"ModelDataUrl": f"s3://artifacts/{name}.tar.gz"} for name in ("model", "other"))
    own = {**served, "Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"}
    for second in (other, own):
        several = changed("Model", PrimaryContainer=None, Containers=[served, second])
        assert ("SEA724", "Role") in found(several, "SEA724")
    assert found(changed("Model", PrimaryContainer=None, Containers=[served, served]), "SEA724") == []
    many = {"Mode": "MultiModel", "ModelDataUrl": "s3://artifacts/"}
    assert ("SEA724", "Role") in found(changed("Model", PrimaryContainer=many), "SEA724")


def test_sea725_role_without_records() -> None:
    """Logs and metrics are written in the role's name."""
    assert ("SEA725", "Role") in found(without("Policy", "PolicyDocument", "Statement", 3), "SEA725")


def test_sea726_volume_key_not_granted() -> None:
    """Whoever starts instances with a volume key may grant its use."""
    assert ("SEA726", "Role") in found(
        changed("Config", KmsKeyId="arn:aws:kms:us-east-1:123456789012:key/1"), "SEA726"
    )
    assert found(changed("Config", KmsKeyId="alias/ours"), "SEA726") == []


def test_sea727_key_without_administrator() -> None:
    """Somebody may put another policy on the key."""
    assert ("SEA727", "Key") in found(without("Key", "KeyPolicy", "Statement", 0), "SEA727")
