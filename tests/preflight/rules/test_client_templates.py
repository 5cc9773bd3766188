"""SEA802 to SEA805: EC2 instances in templates, whoever wrote them."""

from typing import Any

import pytest

from preflight import check_templates
from preflight.templates import SynthesizedTemplates

_OURS = {"SEA802", "SEA803", "SEA804", "SEA805"}
_GOOD: dict[str, Any] = {
    "MetadataOptions": {"HttpTokens": "required"},
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}],
}
_RUNTIME = {
    "Type": "AWS::EC2::VPCEndpoint",
    "Properties": {"ServiceName": "com.amazonaws.us-east-1.elastic-inference.runtime"},
}


def _rules(properties: dict[str, Any], **others: Any) -> set[str]:  # noqa: ANN401 - resources of a template
    resources = {"Instance": {"Type": "AWS::EC2::Instance", "Properties": properties}, **others}
    findings = check_templates(SynthesizedTemplates({"t.json": {"Resources": resources}}))
    assert {each.subject for each in findings if each.rule in _OURS} <= {"Instance"}
    return {each.rule for each in findings} & _OURS


def test_a_good_instance_has_no_finding() -> None:
    """IMDSv2, an encrypted volume, no key."""
    assert _rules(_GOOD) == set()


@pytest.mark.parametrize("options", [None, {}, {"HttpTokens": "optional"}])
def test_sea802_metadata_without_token(options: dict[str, str] | None) -> None:
    """Whatever is not required is optional."""
    assert _rules({**_GOOD, "MetadataOptions": options}) == {"SEA802"}


@pytest.mark.parametrize(
    "mappings",
    [
        [],
        [{"DeviceName": "/dev/xvda", "Ebs": {}}],
        [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": False}}],
    ],
)
def test_sea803_unencrypted_volume(mappings: list[dict[str, Any]]) -> None:
    """A volume that isn't declared is as encrypted as the account's default."""
    assert _rules({**_GOOD, "BlockDeviceMappings": mappings}) == {"SEA803"}


def test_sea802_sea803_a_launch_template_decides_for_itself() -> None:
    """What it says of metadata and volumes stands elsewhere."""
    assert _rules({"LaunchTemplate": {"Version": "1"}}) == set()


def test_sea802_a_token_is_not_judged() -> None:
    """It is resolved only at deployment."""
    assert _rules({**_GOOD, "MetadataOptions": {"HttpTokens": {"Ref": "Tokens"}}}) == set()


def test_sea804_key_pair() -> None:
    """Nobody needs one."""
    assert _rules({**_GOOD, "KeyName": "laptop"}) == {"SEA804"}


def test_sea805_accelerators_need_the_endpoint_of_their_runtime() -> None:
    """Wherever in the templates it is."""
    accelerated = {**_GOOD, "ElasticInferenceAccelerators": [{"Type": "eia2.medium"}]}
    assert _rules(accelerated) == {"SEA805"}
    assert _rules(accelerated, Runtime=_RUNTIME) == set()
