"""The rules about keys and buckets of one's own."""

from typing import TYPE_CHECKING

import pytest

from preflight import Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ENDPOINTS = "endpoints:\n"
COMPONENTS = """\
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.g4dn.xlarge, min: 1, max: 2}
    components:
      classifier:
        model: classifier
        copies: {min: 1, max: 1}
        compute: {memory_mib: 1024, accelerators: 1}
"""


def say(project: "Project", security: str) -> None:
    """Give the deployment a security section."""
    project.edit("models:\n", f"security: {security}\nmodels:\n")


def test_sea730_key_of_ones_own(project: "Project") -> None:
    """The finding stands at the key and lists what its policy must allow for volumes."""
    say(project, f'{{kms_key: "{KEY}"}}')
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    [finding] = project.found("SEA730")
    assert finding.severity is Severity.WARNING
    assert finding.subject == "security"
    assert finding.location is not None
    assert finding.location.line == 3
    assert finding.what == (
        f"{KEY} is not made here. Its policy must allow principal arn:aws:iam::123456789012:root (or the "
        "execution roles): kms:CreateGrant, kms:DescribeKey."
    )


def test_sea730_logs_of_components(project: "Project") -> None:
    """With components CloudWatch Logs uses the key, and its statement is listed with the condition."""
    say(project, f'{{kms_key: "{KEY}"}}')
    project.edit(ENDPOINTS, COMPONENTS)
    [finding] = project.found("SEA730")
    assert "principal logs.us-east-1.amazonaws.com, where ArnLike kms:EncryptionContext:aws:logs:arn" in (
        finding.what
    )
    assert ":log-group:/aws/sagemaker/InferenceComponents/*: kms:Decrypt, " in finding.what


def test_sea730_created_keys(project: "Project") -> None:
    """Keys that are created have the policies they need."""
    assert project.found("SEA730") == []


def test_sea731_bucket_of_ones_own(project: "Project") -> None:
    """The bootstrap's roles are named as they are called in the deployment's account and region."""
    say(project, "{artifact_bucket: {name: artifacts-of-vision}}")
    [finding] = project.found("SEA731")
    assert finding.subject == "security"
    assert "role cdk-hnb659fds-file-publishing-role-123456789012-us-east-1: s3:GetBucket*" in finding.what
    assert "role cdk-hnb659fds-deploy-role-123456789012-us-east-1: s3:GetBucket*" in finding.what
    assert "kms:" not in finding.what


def test_sea731_buckets_key(project: "Project") -> None:
    """A bucket with a key of its own asks its policy, too."""
    say(project, f'{{artifact_bucket: {{name: artifacts-of-vision, kms_key: "{KEY}"}}}}')
    [finding] = project.found("SEA731")
    assert f"in the policy of {KEY}" in finding.what


def test_sea731_the_bootstraps_bucket(project: "Project") -> None:
    """`cdk bootstrap` makes its own bucket so that its own roles can use it."""
    assert project.found("SEA731") == []


def test_sea732_key_that_nothing_uses(project: "Project") -> None:
    """A key for endpoints that take none encrypts nothing, which its owner should know."""
    say(project, f'{{kms_key: "{KEY}"}}')
    [finding] = project.found("SEA732")
    assert finding.what == "ml.g4dn.xlarge has local NVMe disks, and no endpoint takes the key."
    assert project.found("SEA730") == []
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    assert project.found("SEA732") == []


@pytest.mark.parametrize("rule", ["SEA730", "SEA731"])
def test_findings_about_security_are_acknowledged_there(project: "Project", rule: str) -> None:
    """Like all others: at what they are about, with a reason."""
    bucket = "artifact_bucket: {name: artifacts-of-vision}"
    reason = f'acknowledge: {{{rule}: "reviewed in March, by the platform team"}}'
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    say(project, f'{{kms_key: "{KEY}", {bucket}, {reason}}}')
    [finding] = project.found(rule)
    assert finding.acknowledged == "reviewed in March, by the platform team"


def test_rules_over_templates_are_acknowledged_in_the_file(project: "Project") -> None:
    """What they find is known after the synth, so their acknowledgments are never called stale."""
    say(project, '{acknowledge: {SEA867: "the boundary was reviewed in March"}}')
    assert project.found("SEA901") == []
