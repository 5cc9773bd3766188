"""All models of a deployment: which are published where, what the lock file says, and what goes wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model_packaging.artifact import publication_lock_path, read_publications, write_publications
from model_packaging.errors import SeveralModelsError
from model_packaging.package import PackagedModel
from model_packaging.progress import PackagingProgress, PackagingStep
from model_packaging.publishing import PublishError, publish_deployment
from spec import DeploymentFile, parse_deployment
from tests.model_packaging.publishing.conftest import BUCKET
from tests.model_packaging.publishing.packed import pack

pytestmark = pytest.mark.integration

NewKey = Callable[[str], str]
MODEL = """\
    export: {{from: "x:{name}", to: torchscript, how: trace}}
    triton: {{max_batch_size: 8}}
    artifact: {artifact}
"""
ARTIFACTS = {"archive": "published", "files": "uncompressed", "here": "asset"}


@pytest.fixture
def file(tmp_path: Path, new_key: NewKey) -> DeploymentFile:
    """A deployment with a model of each kind, whose prefix no other test uses."""
    models = "".join(
        f"  {name}:\n{MODEL.format(name=name, artifact=artifact)}" for name, artifact in ARTIFACTS.items()
    )
    text = (
        "name: trial\n"
        'environment: {account: "000000000000", region: us-east-1, '
        "availability_zones: [us-east-1a, us-east-1b]}\n"
        f"publish: {{bucket: {BUCKET}, prefix: {new_key('/')}}}\n"
        f"models:\n{models}"
    )
    path = tmp_path / "deployments" / "trial.yaml"
    path.parent.mkdir()
    return parse_deployment(text, path)


@pytest.fixture
def packaged(tmp_path: Path, file: DeploymentFile) -> tuple[PackagedModel, ...]:
    """The models, packaged."""
    found = []
    for name in ARTIFACTS:
        folder = tmp_path / "build" / name
        folder.mkdir(parents=True)
        model = pack(folder, {f"{name}/1/model.pt": name.encode(), f"{name}/config.pbtxt": b""})
        manifest = replace(model.manifest, model=name)
        found.append(
            PackagedModel(
                model=name,
                section=file.deployment.models[name],
                directory=folder,
                manifest=manifest,
                built=True,
                seconds=0,
            )
        )
    return tuple(found)


def rebuilt(packaged: PackagedModel, content: bytes) -> PackagedModel:
    """Package another content of a model."""
    folder = packaged.directory / "again"
    folder.mkdir()
    manifest = replace(pack(folder, {f"{packaged.model}/1/model.pt": content}).manifest, model=packaged.model)
    return replace(packaged, directory=folder, manifest=manifest)


def test_each_model_is_published_as_declared(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - a boto3 client
) -> None:
    """An archive, files, and nothing of an asset; the lock file has both."""
    published = publish_deployment(file, packaged, s3)
    prefix = file.deployment.publish.prefix
    keys = {each.model: each.publication.object_key for each in published}
    content = {each.model: each.manifest.content_key for each in packaged}
    assert keys == {
        "archive": f"{prefix}{content['archive']}.tar.gz",
        "files": f"{prefix}{content['files']}/",
    }
    assert read_publications(file.path) == {each.model: each.publication for each in published}


def test_a_repeat_costs_one_request_for_each_model(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
    requests: list[str],
) -> None:
    """And leaves the lock file as it is, to the byte and the time."""
    publish_deployment(file, packaged, s3)
    lock = publication_lock_path(file.path)
    before = (lock.read_bytes(), lock.stat().st_mtime_ns)
    requests.clear()
    again = publish_deployment(file, packaged, s3)
    assert requests == ["HeadObject", "ListObjectsV2"]
    assert [each.sent_bytes for each in again] == [0, 0]
    assert (lock.read_bytes(), lock.stat().st_mtime_ns) == before


def test_what_is_in_s3_comes_back_into_a_lost_lock_file(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """Nothing is sent for it."""
    publish_deployment(file, packaged, s3)
    lock = publication_lock_path(file.path)
    before = lock.read_bytes()
    lock.unlink()
    assert [each.sent_bytes for each in publish_deployment(file, packaged, s3)] == [0, 0]
    assert lock.read_bytes() == before


def test_a_model_that_is_gone_is_gone_from_the_lock_file(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """What was published stays in S3: another branch may serve it."""
    publish_deployment(file, packaged, s3)
    write_publications(
        {**read_publications(file.path), "gone": read_publications(file.path)["files"]}, file.path
    )
    publish_deployment(file, packaged, s3)
    assert sorted(read_publications(file.path)) == ["archive", "files"]


def test_a_new_content_gets_a_new_key(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """The old object stays: what is deployed still serves it."""
    [old, _] = publish_deployment(file, packaged, s3)
    [new, _] = publish_deployment(file, (rebuilt(packaged[0], b"other"), *packaged[1:]), s3)
    assert new.publication.object_key != old.publication.object_key
    assert s3.head_object(Bucket=BUCKET, Key=old.publication.object_key)["ContentLength"] > 0
    assert read_publications(file.path)["archive"] == new.publication


def test_one_failure_leaves_the_others_published(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """The error names its model; what the lock file had of it stays."""
    publish_deployment(file, packaged, s3)
    before = read_publications(file.path)
    broken = rebuilt(packaged[0], b"other")
    (broken.directory / broken.manifest.archive.file_name).unlink()
    other = rebuilt(packaged[1], b"other")
    with pytest.raises(PublishError, match=r"^models\.archive: .* can't be read"):
        publish_deployment(file, (broken, other), s3)
    after = read_publications(file.path)
    assert after["archive"] == before["archive"]
    assert after["files"].manifest == other.manifest


def test_several_failures_are_told_together(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """Each with its model."""
    for each in packaged:
        (each.directory / each.manifest.archive.file_name).unlink()
    with pytest.raises(SeveralModelsError) as error:
        publish_deployment(file, packaged, s3)
    assert [each.model for each in error.value.errors] == ["archive", "files"]
    assert not publication_lock_path(file.path).exists()


def test_a_broken_lock_file_is_not_overwritten(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
    requests: list[str],
) -> None:
    """It may hold what somebody else published; nothing is sent."""
    lock = publication_lock_path(file.path)
    lock.write_text("<<<<<<< HEAD", encoding="utf-8")
    with pytest.raises(PublishError, match="can't be read as JSON"):
        publish_deployment(file, packaged, s3)
    assert lock.read_text(encoding="utf-8") == "<<<<<<< HEAD"
    assert requests == []


def test_a_lock_file_that_can_not_be_written_is_told(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """The folder is gone."""
    file.path.parent.rmdir()
    with pytest.raises(PublishError, match=r"trial\.lock\.json can't be written"):
        publish_deployment(file, packaged, s3)


def test_progress_tells_every_byte(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """And how each model ended."""
    steps: list[PackagingProgress] = []
    publish_deployment(file, packaged, s3, progress=steps.append)
    sizes = {each.model: each.manifest.archive.size_bytes for each in packaged}
    archive = [each for each in steps if each.model == "archive"]
    assert [each.done_bytes for each in archive] == [0, sizes["archive"], 0]
    assert [each.step for each in archive][-1] is PackagingStep.PUBLISHED
    steps.clear()
    publish_deployment(file, packaged, s3, progress=steps.append)
    assert [each.step for each in steps if each.ends] == [PackagingStep.THERE, PackagingStep.THERE]


def test_the_lock_file_can_be_reviewed(
    file: DeploymentFile,
    packaged: tuple[PackagedModel, ...],
    s3: Any,  # noqa: ANN401 - as above
) -> None:
    """Sorted and indented, so that a pull request shows what changed."""
    publish_deployment(file, packaged, s3)
    text = publication_lock_path(file.path).read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
