"""Brings a model's artifact from the local S3 to a folder: what a container finds under /opt/ml/model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from local.aws.server.errors import LaunchError
from local.aws.server.model_data import is_prefix, is_unpacked, placed_files
from local.aws.server.models import model_data_url
from local.aws.server.s3_reader import S3Reader
from local.aws.server.s3_urls import S3Object, parse_s3_prefix, parse_s3_url
from local.aws.server.scope import Scope
from model_packaging.artifact.archive import extract_archive
from model_packaging.artifact.errors import ArchiveError

__all__ = ["ArtifactDownload", "ModelNetwork"]


class ModelNetwork(Protocol):
    """Whether a model in a VPC could fetch its artifact."""

    def obstacle(self, scope: Scope, subnet_ids: Sequence[str], artifact: S3Object) -> str | None:
        """Return why the artifact can't be fetched from one of these subnets; None if it can from all.

        One whose key ends with a slash is a prefix: below it is listed and read.
        """
        ...


class ArtifactDownload:
    """Downloads and unpacks artifacts.

    Args:
        gateway_port: where the local S3 answers, on loopback.
        network: answers whether AWS could do the same through the model's VPC.
    """

    def __init__(self, gateway_port: int, network: ModelNetwork) -> None:
        self._s3 = S3Reader(gateway_port)
        self._network = network

    def unpack(
        self, scope: Scope, container: Mapping[str, Any], subnet_ids: Sequence[str], destination: Path
    ) -> None:
        """Unpack the container's artifact to the new folder ``destination``; without one it is empty.

        Args:
            scope: of the model.
            container: whose artifact, in the API's shape.
            subnet_ids: of the model's VpcConfig; the artifact comes through them at AWS.
            destination: where its content goes.

        Raises:
            LaunchError: it can't be read, is no single .tar.gz, or is refused as unsafe.
        """
        url = model_data_url(container)
        if url is None:
            destination.mkdir(parents=True)
            return
        located = parse_s3_prefix(url) if is_prefix(container) else parse_s3_url(url)
        obstacle = self._network.obstacle(scope, subnet_ids, located)
        if obstacle is not None:
            raise _not_downloaded(url, obstacle)
        if is_unpacked(container):
            self._download_files(scope, url, located, destination)
        else:
            self._unpack_archive(scope, url, located, destination)

    def _download_files(self, scope: Scope, url: str, located: S3Object, destination: Path) -> None:
        """Download one object by the last part of its key, or each one below a prefix by the rest of it."""
        prefix = located.key[: located.key.rfind("/") + 1]
        keys = list(self._s3.keys(scope, located.bucket, prefix)) if prefix == located.key else [located.key]
        if not keys:
            raise _not_downloaded(url, "no object is below the prefix")
        for key, path in placed_files(keys, prefix).items():
            self._download(scope, url, S3Object(located.bucket, key), destination / path)

    def _unpack_archive(self, scope: Scope, url: str, located: S3Object, destination: Path) -> None:
        archive = destination.with_name(f"{destination.name}.tar.gz")
        try:
            self._download(scope, url, located, archive)
            extract_archive(archive, destination)
        except ArchiveError as error:
            raise LaunchError(
                f'Failed to extract model data archive for container "container_1" from URL "{url}". Please '
                f"ensure that the object located at the URL is a valid tar.gz archive. ({error})"
            ) from error
        finally:
            archive.unlink(missing_ok=True)

    def _download(self, scope: Scope, url: str, located: S3Object, target: Path) -> None:
        refusal = self._s3.download(scope, located, target)
        if refusal is not None:
            raise _not_downloaded(url, refusal)


def _not_downloaded(url: str, why: str) -> LaunchError:
    return LaunchError(
        f'Failed to download model data for container "container_1" from URL: "{url}". Please ensure that '
        "there is an object located at the URL and that the role passed to CreateModel has permissions to "
        f"download the object. ({why})"
    )
