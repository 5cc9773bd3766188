"""What an account is asked about published archives."""

from pathlib import Path

from model_packaging.artifact import write_publications
from preflight.account._artifacts import ask_artifacts, published_archives
from preflight.account.asking import Asking
from preflight.account.evidence import ArtifactFacts, NotChecked
from spec import DeploymentFile, parse_deployment
from tests.preflight.account.published import PUBLICATION
from tests.preflight.account.stubbed_clients import StubbedClients
from tests.preflight.rules.account_deployments import DEPLOYMENT

TRITON = "    triton: {max_batch_size: 16}\n"
BOTH = {"classifier": PUBLICATION, "unserved": PUBLICATION}


def published(folder: Path) -> DeploymentFile:
    """Return a deployment whose model is published, beside its lock file."""
    text = DEPLOYMENT.replace(TRITON, f"{TRITON}    artifact: published\n")
    return parse_deployment(text, folder / "vision.yaml")


def test_what_is_published(tmp_path: Path) -> None:
    """Served models of the lock file; without one, or where it can't be read, none."""
    file = published(tmp_path)
    assert published_archives(file) == {}
    write_publications(BOTH, file.path)
    assert list(published_archives(file)) == ["classifier"]
    assert published_archives(parse_deployment(DEPLOYMENT, file.path)) == {}
    file.path.with_name("vision.lock.json").write_text("{", encoding="utf-8")
    assert published_archives(file) == {}


def test_archives(clients: StubbedClients, asking: Asking) -> None:
    """Size and checksum; one that is not there; one that may not be read."""
    given = {"Bucket": "artifacts", "Key": "models/0123.tar.gz", "ChecksumMode": "ENABLED"}
    answer = {"ContentLength": 1000, "ChecksumSHA256": "abc="}
    clients.answer("s3", "head_object", answer, **given)
    clients.refuse("s3", "head_object", "404")
    clients.refuse("s3", "head_object", "403")
    every = {"here": PUBLICATION, "missing": PUBLICATION, "unknown": PUBLICATION}
    assert ask_artifacts(asking, every) == {"here": ArtifactFacts(1000, "abc="), "missing": None}
    assert asking.not_checked == [
        NotChecked(
            "the archive of unknown, s3://artifacts/models/0123.tar.gz",
            "HeadObject answered 403; it needs s3:GetObject and s3:ListBucket.",
        )
    ]
