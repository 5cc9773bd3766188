"""The rule about published archives."""

from dataclasses import replace

import pytest

from model_packaging.artifact import Publication
from preflight.account.evidence import ArtifactFacts
from tests.preflight.account.published import PUBLICATION
from tests.preflight.rules.account_deployments import found

URL = "s3://artifacts/models/0123.tar.gz"


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        (None, f"There is no {URL}."),
        (ArtifactFacts(99, "abc="), f"{URL} has 99 bytes."),
        (ArtifactFacts(1000, "xyz="), f"{URL} has the checksum xyz=."),
    ],
)
def test_sea576_archives(facts: ArtifactFacts | None, what: str) -> None:
    """Missing, of another size, of another content."""
    [finding] = found("SEA576", publications={"classifier": PUBLICATION}, artifacts={"classifier": facts})
    assert finding.what == what
    assert finding.subject == "models.classifier"


@pytest.mark.parametrize(
    ("publication", "facts"),
    [
        (PUBLICATION, ArtifactFacts(1000, "abc=")),
        (PUBLICATION, ArtifactFacts(1000, None)),
        (replace(PUBLICATION, sha256=None), ArtifactFacts(1000, "xyz=")),
    ],
)
def test_sea576_lets_the_same_archive_pass(publication: Publication, facts: ArtifactFacts) -> None:
    """Where one side has no checksum, the size alone is compared."""
    assert found("SEA576", publications={"classifier": publication}, artifacts={"classifier": facts}) == []


def test_sea576_what_is_not_known() -> None:
    """An archive that nobody could ask for is no finding."""
    assert found("SEA576", publications={"classifier": PUBLICATION}) == []
