import json
from pathlib import Path

import aws_cdk as cdk
import pytest

from seatrial_hosting import HostingError, ModelArtifact

KEY = "0123456789abcdef" * 4


def asset_of(app: cdk.App, stack: cdk.Stack) -> dict[str, dict[str, str]]:
    folder = Path(app.synth().directory)
    document = json.loads((folder / f"{stack.stack_name}.assets.json").read_text(encoding="utf-8"))
    asset: dict[str, dict[str, str]] = document["files"][f"{KEY}.tar"]
    return asset


def test_the_object_is_named_by_the_content_key(stack: cdk.Stack, tmp_path: Path) -> None:
    """Key and URL say the content, not the folder, and end as SageMaker asks."""
    artifact = ModelArtifact.from_file(stack, tmp_path / "model.tar.gz", content_key=KEY)
    assert artifact.object_key == f"{KEY}.tar.gz"
    assert artifact.bucket_name == "cdk-hnb659fds-assets-123456789012-eu-west-1"
    assert artifact.url == f"s3://cdk-hnb659fds-assets-123456789012-eu-west-1/{KEY}.tar.gz"


def test_the_archive_is_referred_to_and_not_copied(app: cdk.App, stack: cdk.Stack, tmp_path: Path) -> None:
    """The asset's path leads from the assembly to the archive where it lies; the assembly holds no copy."""
    archive = tmp_path / "build" / "model.tar.gz"
    archive.parent.mkdir()
    archive.write_bytes(b"weights")
    ModelArtifact.from_file(stack, archive, content_key=KEY)
    asset = asset_of(app, stack)
    assembly = Path(app.outdir)
    assert asset["source"] == {"path": "../build/model.tar.gz", "packaging": "file"}
    assert (assembly / asset["source"]["path"]).resolve() == archive
    assert list(assembly.rglob("*.gz")) == []


def test_the_assembly_may_lie_anywhere(tmp_path: Path) -> None:
    """An assembly in a folder that shares nothing with the archive's still leads to it."""
    outdir, archive = tmp_path / "a" / "b" / "c", tmp_path / "x" / "model.tar.gz"
    app = cdk.App(outdir=str(outdir), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "trial", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    ModelArtifact.from_file(stack, archive, content_key=KEY)
    assert (outdir / asset_of(app, stack)["source"]["path"]).resolve() == archive


def test_a_relative_path_is_taken_from_the_current_folder(
    app: cdk.App, stack: cdk.Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`build/model.tar.gz` means the same to the CDK as to who wrote it."""
    monkeypatch.chdir(tmp_path)
    ModelArtifact.from_file(stack, Path("build/model.tar.gz"), content_key=KEY)
    source = asset_of(app, stack)["source"]["path"]
    assert (Path(app.outdir) / source).resolve() == tmp_path / "build" / "model.tar.gz"


def test_only_tar_gz_is_taken(stack: cdk.Stack, tmp_path: Path) -> None:
    """Another suffix would give an object that SageMaker does not unpack."""
    with pytest.raises(HostingError) as refusal:
        ModelArtifact.from_file(stack, tmp_path / "model.tgz", content_key=KEY)
    assert "model.tgz is no .tar.gz, the one form SageMaker unpacks" in str(refusal.value)


@pytest.mark.parametrize("content_key", ["", "ab", KEY.upper(), f"{KEY}0"])
def test_only_a_sha256_is_a_content_key(stack: cdk.Stack, tmp_path: Path, content_key: str) -> None:
    """What is no sha256 can't promise that equal keys mean equal content."""
    with pytest.raises(HostingError) as refusal:
        ModelArtifact.from_file(stack, tmp_path / "model.tar.gz", content_key=content_key)
    assert f"content_key is {content_key!r}; it has 64 hexadecimal digits" in str(refusal.value)


def test_an_archive_that_is_in_s3_is_taken_where_it_lies() -> None:
    """Nothing is uploaded; the address stands for the content, so another one is another artifact."""
    artifact = ModelArtifact.from_url("s3://adapters/a/french.tar.gz")
    assert (artifact.bucket_name, artifact.object_key) == ("adapters", "a/french.tar.gz")
    assert artifact.url == "s3://adapters/a/french.tar.gz"
    other = ModelArtifact.from_url("s3://adapters/b/french.tar.gz")
    assert artifact.content_key == ModelArtifact.from_url(artifact.url).content_key != other.content_key


@pytest.mark.parametrize("url", ["", "s3://b", "s3://b/a.tar", "https://b/a.tar.gz", "s3://b/*.tar.gz"])
def test_only_a_packed_object_has_an_address(url: str) -> None:
    """What a policy would read as a pattern is refused, too."""
    with pytest.raises(HostingError) as refusal:
        ModelArtifact.from_url(url)
    assert f"{url!r} is no archive in Amazon S3; write s3://<bucket>/<key>.tar.gz." in str(refusal.value)


def test_a_published_archive_is_referred_to_by_its_address(stack: cdk.Stack) -> None:
    """Nothing is uploaded, and its address stands for its content."""
    artifact = ModelArtifact.published("models", f"vision/{KEY}.tar.gz", kms_key_arn="arn:aws:kms:x:1:key/k")
    assert artifact.url == f"s3://models/vision/{KEY}.tar.gz"
    assert artifact.kms_key_arn == "arn:aws:kms:x:1:key/k"
    assert not artifact.is_uncompressed
    assert artifact.content_key != ModelArtifact.published("models", f"{KEY}.tar.gz").content_key
    assert stack.node.children == []


def test_a_published_prefix_is_uncompressed() -> None:
    """The slash at its end says so."""
    assert ModelArtifact.published("models", f"vision/{KEY}/").is_uncompressed


@pytest.mark.parametrize("key", ["", "model.zip", "model.tar.gz ", "m*/", "a?/", "$x/", "model"])
def test_a_published_key_of_another_form_is_refused(key: str) -> None:
    """It would be no artifact, or a wildcard of a policy."""
    with pytest.raises(HostingError, match=r"its key ends in \.tar\.gz or /"):
        ModelArtifact.published("models", key)
