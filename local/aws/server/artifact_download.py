"""Brings a model's artifact from the local S3 to a folder: what a container finds under /opt/ml/model."""

import http.client
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from local.aws.server.errors import LaunchError
from local.aws.server.models import model_data_url
from local.aws.server.s3_urls import S3Object, parse_s3_url
from local.aws.server.scope import Scope
from model_packaging.artifact.archive import extract_archive
from model_packaging.artifact.errors import ArchiveError

__all__ = ["ArtifactDownload", "ModelNetwork"]

_TIMEOUT_SECONDS = 60.0
_CHUNK_BYTES = 1 << 20


class ModelNetwork(Protocol):
    """Whether a model in a VPC could fetch its artifact."""

    def obstacle(self, scope: Scope, subnet_ids: Sequence[str], artifact: S3Object) -> str | None:
        """Return why the artifact can't be fetched from one of these subnets; None if it can from all."""
        ...


class ArtifactDownload:
    """Downloads and unpacks artifacts.

    Args:
        gateway_port: where the local S3 answers, on loopback.
        network: answers whether AWS could do the same through the model's VPC.
    """

    def __init__(self, gateway_port: int, network: ModelNetwork) -> None:
        self._gateway_port = gateway_port
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
        source = container.get("ModelDataSource", {}).get("S3DataSource", {})
        if source and (source.get("S3DataType"), source.get("CompressionType")) != ("S3Object", "Gzip"):
            raise LaunchError(
                f"{url}: only one compressed object can be served on the laptop (S3DataType S3Object, "
                f"CompressionType Gzip), not {source.get('S3DataType')} with {source.get('CompressionType')}"
            )
        obstacle = self._network.obstacle(scope, subnet_ids, parse_s3_url(url))
        if obstacle is not None:
            raise _not_downloaded(url, obstacle)
        archive = destination.with_name(f"{destination.name}.tar.gz")
        archive.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._download(scope, url, archive)
            extract_archive(archive, destination)
        except ArchiveError as error:
            raise LaunchError(
                f'Failed to extract model data archive for container "container_1" from URL "{url}". Please '
                f"ensure that the object located at the URL is a valid tar.gz archive. ({error})"
            ) from error
        finally:
            archive.unlink(missing_ok=True)

    def _download(self, scope: Scope, url: str, archive: Path) -> None:
        located = parse_s3_url(url)
        connection = http.client.HTTPConnection("127.0.0.1", self._gateway_port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", _path_of(located), headers={"Authorization": _authorization(scope)})
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise _not_downloaded(url, f"S3 answered {response.status}")
            with archive.open("xb") as file:
                shutil.copyfileobj(response, file, _CHUNK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise LaunchError(f"{url} can't be downloaded to {archive.parent}: {error}") from error
        finally:
            connection.close()


def _not_downloaded(url: str, why: str) -> LaunchError:
    return LaunchError(
        f'Failed to download model data for container "container_1" from URL: "{url}". Please ensure that '
        "there is an object located at the URL and that the role passed to CreateModel has permissions to "
        f"download the object. ({why})"
    )


def _path_of(located: S3Object) -> str:
    return f"/{quote(located.bucket)}/{quote(located.key)}"


def _authorization(scope: Scope) -> str:
    # Unverified, and only for the scope in it: the gateway reads account and region from there.
    return (
        f"AWS4-HMAC-SHA256 Credential={scope.account_id}/20000101/{scope.region}/s3/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )
