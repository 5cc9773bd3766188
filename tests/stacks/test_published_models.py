"""Models that were published: templates come of the lock file, without a build folder."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from model_packaging.artifact import Publication, read_manifest, write_publications
from stacks import StacksError, build_app
from tests.stacks.granted import ENDPOINTS, ROLES, granted

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

BUCKET = "our-models"
PUBLISH = f"publish: {{bucket: {BUCKET}, prefix: trial/}}\n"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ENCODER = "    triton: {max_batch_size: 8,"
CLASSIFIER = "    triton:\n      max_batch_size: 16"


def publish(project: "Project", *, kms_key_arn: str | None = None, **artifacts: str) -> None:
    """Declare models as ``published`` or ``uncompressed``, write the lock file, and delete what was built."""
    for name, artifact in artifacts.items():
        section = {"encoder": ENCODER, "classifier": CLASSIFIER}[name]
        project.edit(section, f"    artifact: {artifact}\n{section}")
    project.edit("network:\n", f"{PUBLISH}network:\n")
    publications = {}
    for name, artifact in artifacts.items():
        manifest = read_manifest(project.root / "build" / "trial" / name / "manifest.json")
        ending = ".tar.gz" if artifact == "published" else "/"
        publications[name] = Publication(
            manifest, "eu-west-1", BUCKET, f"trial/{manifest.content_key}{ending}", kms_key_arn, None
        )
        shutil.rmtree(project.root / "build" / "trial" / name)
    write_publications(publications, project.deployment)


def synthesized(project: "Project", **context: str) -> dict[str, dict[str, Any]]:
    app = build_app(
        project.root, outdir=project.root / "cdk.out", builtin_validation=False, context=context or None
    )
    folder = Path(app.synth().directory)
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.template.json")
    }


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def assets_of(project: "Project", stack: str) -> list[str]:
    """Return the names of the files that `cdk deploy` would upload for a stack, but for its template."""
    text = (project.root / "cdk.out" / f"{stack}.assets.json").read_text(encoding="utf-8")
    sources = [each["source"]["path"] for each in json.loads(text)["files"].values()]
    return [path for path in sources if not path.endswith(".template.json")]


def test_published_models_need_no_build_folder(project: "Project") -> None:
    """The template names what the lock file has, and nothing is uploaded."""
    publish(project, encoder="published", classifier="uncompressed", kms_key_arn=KEY)
    shutil.rmtree(project.root / "build")
    templates = synthesized(project)
    [encoder] = of_type(templates["trial-cheap"], "AWS::SageMaker::Model")
    [classifier] = of_type(templates["trial-fast"], "AWS::SageMaker::Model")
    archive = encoder["PrimaryContainer"]["ModelDataUrl"]
    files = classifier["PrimaryContainer"]["ModelDataSource"]["S3DataSource"]["S3Uri"]
    assert archive.startswith(f"s3://{BUCKET}/trial/")
    assert archive.endswith(".tar.gz")
    assert files.startswith(f"s3://{BUCKET}/trial/")
    assert files.endswith("/")
    assert (assets_of(project, "trial-cheap"), assets_of(project, "trial-fast")) == ([], [])
    grants = {grant for template in templates.values() for grant in granted(template)}
    read = {(each.section, each.action, each.on) for each in grants if each.action.startswith("s3:")}
    assert read == {
        (ROLES, "s3:GetObject", f"arn:aws:s3:::{archive.removeprefix('s3://')}"),
        (ROLES, "s3:GetObject", f"arn:aws:s3:::{files.removeprefix('s3://')}*"),
        (ROLES, "s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
        (ENDPOINTS, "s3:GetObject", f"arn:aws:s3:::{BUCKET}/*"),
        (ENDPOINTS, "s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
        (ENDPOINTS, "s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"),
    }
    listing = [each for each in grants if each.action == "s3:ListBucket"]
    assert all("s3:prefix" in each.conditions for each in listing)
    assert {each.on for each in grants if each.action == "kms:Decrypt" and each.section == ROLES} == {KEY}


def test_assets_and_published_models_stand_side_by_side(project: "Project") -> None:
    """The network lets both buckets through."""
    publish(project, encoder="published")
    templates = synthesized(project)
    assert [Path(each).suffix for each in assets_of(project, "trial-fast")] == [".gz"]
    assert assets_of(project, "trial-cheap") == []
    gateway = [
        each
        for each in of_type(templates["trial-network"], "AWS::EC2::VPCEndpoint")
        if each["VpcEndpointType"] == "Gateway"
    ]
    [statement] = [
        each for each in gateway[0]["PolicyDocument"]["Statement"] if each["Sid"] == "ReadArtifacts"
    ]
    assert statement["Resource"] == [
        "arn:aws:s3:::cdk-hnb659fds-assets-123456789012-eu-west-1/*",
        f"arn:aws:s3:::{BUCKET}/*",
    ]


def found_in(project: "Project") -> set[str]:
    """Return the rules that find something in the deployment or its templates, cdk-nag's among them."""
    synthesized(project)
    text = (project.root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8")
    return {
        violation["ruleName"]
        for report in json.loads(text)["pluginReports"]
        for violation in report["violations"]
    }


def test_nothing_more_is_found_in_their_templates(project: "Project") -> None:
    """Neither by the rules over templates nor by cdk-nag."""
    before = found_in(project)
    publish(project, encoder="uncompressed", classifier="published")
    assert found_in(project) == before


def test_an_unpublished_model_is_told_in_the_words_of_the_rule(project: "Project") -> None:
    """Without an address there is no template."""
    project.edit(ENCODER, f"    artifact: published\n{ENCODER}")
    with pytest.raises(StacksError) as error:
        synthesized(project)
    assert "SEA411" in str(error.value)
    assert "seatrial publish deployments/local.yaml" in str(error.value)


def test_an_acknowledgment_can_not_publish(project: "Project") -> None:
    """The same, acknowledged."""
    project.edit(
        ENCODER, f'    artifact: published\n    acknowledge: {{SEA411: "we know very well"}}\n{ENCODER}'
    )
    with pytest.raises(StacksError, match="SEA411"):
        synthesized(project)


def test_the_same_lock_gives_the_same_templates(project: "Project") -> None:
    """With a build folder of the same content and without."""
    project.package()
    with_build = project.root / "kept"
    shutil.copytree(project.root / "build", with_build)
    publish(project, encoder="published", classifier="uncompressed")
    first = synthesized(project)
    shutil.rmtree(project.root / "build", ignore_errors=True)
    shutil.move(with_build, project.root / "build")
    assert synthesized(project) == first
