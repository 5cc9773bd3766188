"""The rules that hold what was published against what the deployment file says now."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from model_packaging.artifact import (
    FileRecord,
    Publication,
    RecordedFinding,
    publication_lock_path,
    read_publications,
    write_publications,
)
from preflight import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from preflight import Finding
    from tests.preflight.conftest import Project

LOCK = "deployments/vision.lock.json"
PUBLISH = "Run `seatrial publish deployments/vision.yaml`, and commit the lock file."
BUCKET = "cdk-hnb659fds-assets-123456789012-us-east-1"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def declare(project: "Project", artifact: str) -> None:
    project.edit("    triton:\n", f"    artifact: {artifact}\n    triton:\n")


def deployment_path(project: "Project") -> "Path":
    return project.root / "deployments" / "vision.yaml"


def lock(project: "Project", **changes: object) -> None:
    """Write the lock file of a published model, with ``changes`` to what it says."""
    publication = Publication(project.package(), "us-east-1", BUCKET, "0123.tar.gz", None, "sum=")
    path = deployment_path(project)
    path.parent.mkdir(exist_ok=True)
    write_publications({"classifier": replace(publication, **changes)}, path)  # type: ignore[arg-type]  # each test knows its fields


def relock(project: "Project", **changes: object) -> None:
    """Change what the lock file says of the manifest."""
    path = deployment_path(project)
    publication = read_publications(path)["classifier"]
    manifest = replace(publication.manifest, **changes)  # type: ignore[arg-type]  # as above
    write_publications({"classifier": replace(publication, manifest=manifest)}, path)


def only(project: "Project") -> "Finding":
    [finding] = project.check().findings
    return finding


@pytest.fixture
def published(unpackaged: "Project") -> "Project":
    """A project whose model is published, and whose build folder is gone."""
    declare(unpackaged, "published")
    lock(unpackaged)
    remove_build(unpackaged)
    return unpackaged


@pytest.fixture
def uncompressed(unpackaged: "Project") -> "Project":
    """The same with its files as objects."""
    declare(unpackaged, "uncompressed")
    lock(unpackaged, object_key="0123/", sha256=None)
    return unpackaged


def remove_build(project: "Project") -> None:
    for path in project.model_folder.iterdir():
        path.unlink()
    project.model_folder.rmdir()


def test_a_published_model_needs_no_build_folder(published: "Project") -> None:
    """The lock file has all that preflight and synth need."""
    assert not published.model_folder.exists()
    assert published.check().findings == ()


def test_an_uncompressed_model_is_clean(uncompressed: "Project") -> None:
    """As a packed one is."""
    assert uncompressed.check().findings == ()


def test_findings_of_packaging_come_from_the_lock_file(published: "Project") -> None:
    """They were recorded in the manifest, which is there."""
    relock(published, findings=(RecordedFinding("SEA303", "error", "What.", "Allowed.", "Fix."),))
    assert only(published).rule == "SEA303"


def test_sea411_not_published(unpackaged: "Project") -> None:
    """Packaged or not: the command to run stands in the finding, at the line that asks for it."""
    declare(unpackaged, "published")
    finding = only(unpackaged)
    assert (finding.rule, finding.severity) == ("SEA411", Severity.ERROR)
    assert finding.subject == "models.classifier"
    assert finding.what == f"{LOCK} doesn't have it: the model was not published."
    assert finding.fix == PUBLISH
    assert finding.location.line == 6


def test_sea411_packaging_is_not_publishing(project: "Project") -> None:
    """What lies in build/ alone has no address."""
    declare(project, "uncompressed")
    assert only(project).rule == "SEA411"


def test_sea411_leaves_assets_alone(project: "Project") -> None:
    """A lock file is of no concern to them, not even a broken one."""
    path = publication_lock_path(deployment_path(project))
    path.parent.mkdir()
    path.write_text("{", encoding="utf-8")
    assert project.check().findings == ()


def test_sea412_lock_unreadable(published: "Project") -> None:
    """It says why, and where the file is."""
    publication_lock_path(deployment_path(published)).write_text("{", encoding="utf-8")
    finding = only(published)
    assert finding.rule == "SEA412"
    assert finding.what.startswith(f"{LOCK}: can't be read as JSON")
    assert finding.fix == "Restore the lock file from version control, or publish again."


def test_sea412_lock_with_an_unknown_severity(published: "Project") -> None:
    """A manifest that says what no version ever wrote is not guessed at."""
    relock(published, findings=(RecordedFinding("SEA303", "fatal", "What.", "Allowed.", "Fix."),))
    finding = only(published)
    assert finding.rule == "SEA412"
    assert finding.what == f"{LOCK}: a finding has the unknown severity 'fatal'."


def test_sea413_older_than_the_section(published: "Project") -> None:
    """A changed section of the file is named as what changed."""
    published.edit("max_batch_size: 16", "max_batch_size: 32")
    finding = only(published)
    assert (finding.rule, finding.severity) == ("SEA413", Severity.ERROR)
    assert finding.what == (
        f"What {LOCK} has was built before a change of the model's section of the deployment file."
    )
    assert finding.fix == PUBLISH


def test_sea413_older_than_a_source(published: "Project") -> None:
    """A changed source file of the factory is named by its path."""
    (published.root / "vision.py").write_text("def classifier() -> int: ...\n", encoding="utf-8")
    assert only(published).what == f"What {LOCK} has was built before a change of vision.py."


def test_sea414_another_form(published: "Project") -> None:
    """An archive is no prefix."""
    published.edit("artifact: published", "artifact: uncompressed")
    finding = only(published)
    assert finding.rule == "SEA414"
    assert finding.what == f"{LOCK} has s3://{BUCKET}/0123.tar.gz."
    assert finding.allowed == f"s3://{BUCKET}/0123/."
    assert finding.fix == PUBLISH


@pytest.mark.parametrize(
    ("section", "allowed"),
    [
        ("{bucket: our-models}", "s3://our-models/0123.tar.gz."),
        ("{prefix: models/}", f"s3://{BUCKET}/models/0123.tar.gz."),
    ],
)
def test_sea414_another_place(published: "Project", section: str, allowed: str) -> None:
    """What the file says now is where it should be."""
    published.edit("models:\n", f"publish: {section}\nmodels:\n")
    assert [(each.rule, each.allowed) for each in published.check().findings] == [("SEA414", allowed)]


def test_sea414_another_region(unpackaged: "Project") -> None:
    """SageMaker reads artifacts of its own region alone."""
    declare(unpackaged, "published")
    lock(unpackaged, region="eu-west-1")
    finding = only(unpackaged)
    assert (finding.rule, finding.allowed) == ("SEA414", "us-east-1, the deployment's region.")


def test_sea414_another_key(published: "Project") -> None:
    """The role may decrypt with the key of the lock file; the file declares another one."""
    published.edit("models:\n", f"publish: {{kms_key: '{KEY}'}}\nmodels:\n")
    finding = only(published)
    assert finding.rule == "SEA414"
    assert finding.what == f"s3://{BUCKET}/0123.tar.gz is encrypted with a key of Amazon S3."
    assert finding.allowed == f"{KEY}, as declared."
    assert finding.fix == f"Delete what is there. {PUBLISH}"


def test_sea415_another_model(published: "Project") -> None:
    """Equal models differ by nothing but the name, which requests use."""
    relock(published, model="encoder")
    finding = only(published)
    assert finding.rule == "SEA415"
    assert finding.what == f"{LOCK} has the model 'encoder' for it."


def test_sea416_a_newer_build(published: "Project") -> None:
    """What lies in build/ is current, and not what is served."""
    published.package()
    relock(published, content_key="4567")
    found = {each.rule: each for each in published.check().findings}
    assert found["SEA416"].severity is Severity.WARNING
    assert found["SEA416"].what == f"{LOCK} has the content 4567, and 0123 was packaged here."


def test_sea416_an_older_build_is_of_no_concern(published: "Project") -> None:
    """What lies in build/ is of another branch: only what is published counts."""
    published.edit("max_batch_size: 16", "max_batch_size: 32")
    published.package()
    published.edit("max_batch_size: 32", "max_batch_size: 16")
    assert published.check().findings == ()


@pytest.mark.parametrize("path", ["m//x", "m/ /x", "./x", "m/../x", f"m/{'x' * 256}", "m/\0"])
def test_sea417_refused_names(uncompressed: "Project", path: str) -> None:
    """Those that SageMaker bars below a prefix."""
    relock(uncompressed, files=(FileRecord(path, 0o644, 1, "0"),))
    finding = only(uncompressed)
    assert (finding.rule, finding.what) == ("SEA417", f"The model has the file {path!r}.")


def test_sea417_an_archive_may_have_them(published: "Project") -> None:
    """The rule is one of prefixes."""
    relock(published, files=(FileRecord(f"m/{'x' * 256}", 0o644, 1, "0"),))
    assert published.found("SEA417") == []


def test_sea418_executables(uncompressed: "Project") -> None:
    """An object has no permission bits."""
    relock(uncompressed, files=(FileRecord("m/stub", 0o755, 1, "0"),))
    finding = only(uncompressed)
    assert (finding.rule, finding.severity) == ("SEA418", Severity.WARNING)
    assert finding.what == "m/stub is executable, which no object in Amazon S3 says."
