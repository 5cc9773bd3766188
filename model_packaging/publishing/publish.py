"""Publishes the packaged models of a deployment, and writes its lock file."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_packaging.artifact.errors import PublicationLockError
from model_packaging.artifact.publication_lock import (
    Publication,
    publication_lock_path,
    read_publications,
    write_publications,
)
from model_packaging.errors import PackagingError, SeveralModelsError
from model_packaging.package import PackagedModel
from model_packaging.progress import PackagingProgress, PackagingStep, ProgressListener
from model_packaging.publishing._archive_publishing import publish_archive
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._files_publishing import publish_files
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing._published import Published
from model_packaging.publishing.errors import PublishError
from spec import DeploymentFile

__all__ = ["PublishedModel", "publish_deployment"]


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model that is in Amazon S3.

    Attributes:
        model: its name in the deployment file.
        publication: what the lock file says of it.
        sent_bytes: 0 where all of it was there already; parts that an earlier run sent count.
        seconds: what publishing, or finding it there, took.
    """

    model: str
    publication: Publication
    sent_bytes: int
    seconds: float


def publish_deployment(
    file: DeploymentFile,
    packaged: Sequence[PackagedModel],
    client: Any,  # noqa: ANN401 - boto3 makes its clients' classes at run time
    *,
    progress: ProgressListener | None = None,
) -> tuple[PublishedModel, ...]:
    """Publish each model of ``file`` that is not an asset of the CDK, and write the lock file beside it.

    Args:
        file: the deployment.
        packaged: its models, as they were packaged just now.
        client: a boto3 ``s3`` client of the deployment's region.
        progress: told of every step.

    Returns:
        One for each of these models, in the file's order.

    Raises:
        PublishError: a model can't be published, or the lock file can't be read or written. The others are
            published all the same and go into the lock file; where several can't be, it is a
            ``SeveralModelsError``.
    """
    known = _known(file)
    wanted = [each for each in packaged if file.deployment.models[each.model].artifact != "asset"]
    published: list[PublishedModel] = []
    errors: list[PackagingError] = []
    for each in wanted:
        try:
            published.append(_publish(file, each, client, known.get(each.model), progress or _ignore))
        except PublishError as error:
            error.model = each.model
            errors.append(error)
    kept = {each.model: known[each.model] for each in wanted if each.model in known}
    _write(file, known, kept | {each.model: each.publication for each in published})
    if len(errors) > 1:
        raise SeveralModelsError(errors)
    if errors:
        raise errors[0]
    return tuple(published)


def _publish(
    file: DeploymentFile,
    packaged: PackagedModel,
    client: Any,  # noqa: ANN401 - as above
    known: Publication | None,
    listen: ProgressListener,
) -> PublishedModel:
    started = time.monotonic()
    deployment, manifest = file.deployment, packaged.manifest
    target = deployment.published_to
    bucket = Bucket(
        client,
        name=target.bucket_name,
        account=deployment.environment.account,
        region=deployment.environment.region,
        kms_key_arn=target.kms_key_arn,
    )
    total_bytes = manifest.archive.size_bytes
    done_bytes = 0

    def report(step_bytes: int) -> None:
        nonlocal done_bytes
        done_bytes += step_bytes
        step = PackagingStep.UPLOAD
        listen(PackagingProgress(packaged.model, step, min(done_bytes, total_bytes), total_bytes))

    listen(PackagingProgress(packaged.model, PackagingStep.UPLOAD, 0, total_bytes))
    is_archive = deployment.models[packaged.model].artifact == "published"
    key = f"{target.prefix}{manifest.content_key}{'.tar.gz' if is_archive else '/'}"
    here = known is not None and (known.bucket_name, known.object_key) == (bucket.name, key)
    model = PackedModel(manifest, packaged.directory / manifest.archive.file_name, report)
    publish = publish_archive if is_archive else publish_files
    done: Published = publish(bucket, key, model, known if here else None)
    step = PackagingStep.PUBLISHED if done.sent_bytes else PackagingStep.THERE
    listen(PackagingProgress(packaged.model, step))
    return PublishedModel(packaged.model, done.publication, done.sent_bytes, time.monotonic() - started)


def _known(file: DeploymentFile) -> Mapping[str, Publication]:
    try:
        return read_publications(file.path)
    except PublicationLockError as error:
        raise PublishError(f"{error}.", "then publish again.") from error


def _write(file: DeploymentFile, known: Mapping[str, Publication], now: Mapping[str, Publication]) -> None:
    """Write the lock file where it would say something else; a model that is gone is gone from it."""
    if known.keys() == now.keys() and all(now[name].says_the_same_as(known[name]) for name in now):
        return
    try:
        write_publications(now, file.path)
    except OSError as error:
        raise PublishError(
            f"{publication_lock_path(file.path)} can't be written ({error.strerror}).",
            "make room there and make it writable, and publish again.",
        ) from error


def _ignore(_step: PackagingProgress) -> None:
    """Nobody watches."""
