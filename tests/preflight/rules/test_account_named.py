"""The rules about images, roles, keys and buckets that a deployment file names."""

import pytest

from preflight.account.evidence import Bucket, KeyFacts, RoleFacts
from spec import DeploymentFile
from tests.preflight.rules.account_deployments import deployment, found

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
ROLE = "arn:aws:iam::123456789012:role/serve"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0123abcd"
OURS = "max_batch_size: 16}"


def with_container(words: str) -> DeploymentFile:
    """Return a deployment whose model has this container."""
    return deployment(**{OURS: f"{OURS}\n    container: {{{words}}}"})


def test_sea568_images() -> None:
    """The user's own image; of AWS's the catalogue has a table."""
    file = with_container(f'image_uri: "{IMAGE}"')
    [finding] = found("SEA568", file, images={IMAGE: False})
    assert finding.what == f"Its registry has no {IMAGE}."
    assert finding.subject == "models.classifier"
    assert found("SEA568", file, images={IMAGE: True}) == []
    assert found("SEA568", file) == []
    published = "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
    assert found("SEA568", images={published: False}) == []


def test_sea569_roles() -> None:
    """Missing, and trusting somebody else."""
    file = with_container(f'execution_role: "{ROLE}"')
    [finding] = found("SEA569", file, roles={ROLE: None})
    assert finding.what == f"There is no role {ROLE}."
    [finding] = found("SEA569", file, roles={ROLE: RoleFacts(frozenset({"ec2.amazonaws.com"}))})
    assert finding.what == f"{ROLE} trusts ec2.amazonaws.com."
    [finding] = found("SEA569", file, roles={ROLE: RoleFacts(frozenset())})
    assert finding.what == f"{ROLE} trusts no service."
    assert found("SEA569", file, roles={ROLE: RoleFacts(frozenset({"sagemaker.amazonaws.com"}))}) == []
    assert found("SEA569", file) == []


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        (None, f"There is no key {KEY}."),
        (KeyFacts("PendingDeletion", "SYMMETRIC_DEFAULT"), f"The key {KEY} is PendingDeletion."),
        (KeyFacts("Enabled", "RSA_2048"), f"The key {KEY} is of the kind RSA_2048."),
    ],
)
def test_sea570_keys(facts: KeyFacts | None, what: str) -> None:
    """Missing, not enabled, not symmetric."""
    file = deployment(f'security: {{kms_key: "{KEY}"}}\n')
    [finding] = found("SEA570", file, keys={KEY: facts})
    assert finding.what == what
    assert finding.subject == "security"


@pytest.mark.parametrize("facts", [{}, {KEY: KeyFacts("Enabled", "SYMMETRIC_DEFAULT")}])
def test_sea570_lets_good_keys_pass(facts: dict[str, KeyFacts]) -> None:
    """What is enabled and symmetric, and what is not known."""
    assert found("SEA570", deployment(f'security: {{kms_key: "{KEY}"}}\n'), keys=facts) == []


def test_sea571_buckets() -> None:
    """Missing, and elsewhere."""
    file = deployment("publish: {bucket: artifacts}\n")
    [finding] = found("SEA571", file, buckets={"artifacts": None})
    assert finding.what == "There is no bucket 'artifacts'."
    [finding] = found("SEA571", file, buckets={"artifacts": Bucket("eu-west-1")})
    assert finding.what == "The bucket 'artifacts' is in eu-west-1."
    assert found("SEA571", file, buckets={"artifacts": Bucket("us-east-1")}) == []
    assert found("SEA571", file) == []


def test_sea572_roles_that_are_too_weak() -> None:
    """What no statement allows; what is not known is not judged."""
    file = with_container(f'execution_role: "{ROLE}"')
    trusted = frozenset({"sagemaker.amazonaws.com"})
    lacking = {ROLE: RoleFacts(trusted, ("ec2:DescribeVpcs", "ecr:GetAuthorizationToken"))}
    [finding] = found("SEA572", file, roles=lacking)
    assert finding.what == f"{ROLE} does not allow ec2:DescribeVpcs, ecr:GetAuthorizationToken."
    for facts in (RoleFacts(trusted, ()), RoleFacts(trusted), None):
        assert found("SEA572", file, roles={ROLE: facts}) == []
