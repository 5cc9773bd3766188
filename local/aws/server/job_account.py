"""What a job on the laptop reads and writes besides its own folder: S3 and CloudWatch Logs of the gateway."""

import contextlib
import time
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.aws.server.errors import LaunchError
from local.aws.server.model_data import placed_files
from local.aws.server.s3_urls import S3Object, parse_s3_url
from local.aws.server.scope import Scope

__all__ = ["JobAccount"]


class JobAccount:
    """An account in a region, as a job sees it.

    Args:
        gateway_port: where the gateway answers, on loopback.
        scope: account and region.
    """

    def __init__(self, gateway_port: int, scope: Scope) -> None:
        # An access key of twelve digits is an account number in the gateway; no profile of the user's counts.
        session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        settings = {
            "region_name": scope.region,
            "endpoint_url": f"http://127.0.0.1:{gateway_port}",
            "aws_access_key_id": scope.account_id,
            "aws_secret_access_key": "laptop",
            "config": Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        }
        self._s3: Any = session.create_client("s3", **settings)
        self._logs: Any = session.create_client("logs", **settings)

    def download(self, url: str, destination: Path) -> None:
        """Download every object below ``url``, a prefix or one object, into the folder ``destination``.

        Raises:
            LaunchError: there is none, it can't be read, or its name can't be a file's below the folder.
        """
        located = parse_s3_url(url)
        try:
            found = self._placed(located)
            for key, path in found.items():
                file = destination / path
                file.parent.mkdir(parents=True, exist_ok=True)
                body = self._s3.get_object(Bucket=located.bucket, Key=key)["Body"]
                with file.open("wb") as target:
                    for block in body.iter_chunks(1 << 20):
                        target.write(block)
        except (BotoCoreError, ClientError, OSError) as error:
            raise LaunchError(f"{url} can't be downloaded: {error}") from error
        if not found:
            raise LaunchError(f"there is no object at {url}")

    def upload(self, source: Path, url: str) -> None:
        """Upload every file below the folder ``source`` to below ``url``.

        Raises:
            LaunchError: it is refused.
        """
        located = parse_s3_url(url)
        try:
            for file in sorted(path for path in source.rglob("*") if path.is_file()):
                key = f"{located.key.rstrip('/')}/{file.relative_to(source).as_posix()}"
                with file.open("rb") as body:
                    self._s3.put_object(Bucket=located.bucket, Key=key, Body=body)
        except (BotoCoreError, ClientError, OSError) as error:
            raise LaunchError(f"{source.name} can't be uploaded to {url}: {error}") from error

    def open_log(self, group: str, stream: str) -> None:
        """Make a log stream, and its group where there is none."""
        there_already = self._logs.exceptions.ResourceAlreadyExistsException
        with contextlib.suppress(there_already):
            self._logs.create_log_group(logGroupName=group)
        with contextlib.suppress(there_already):
            self._logs.create_log_stream(logGroupName=group, logStreamName=stream)

    def log(self, group: str, stream: str, line: str) -> None:
        """Write one line; an empty one is none to CloudWatch."""
        if line:
            self._logs.put_log_events(
                logGroupName=group,
                logStreamName=stream,
                logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
            )

    def _placed(self, located: S3Object) -> dict[str, str]:
        """Return where the object goes, or each one below the prefix, by key."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=located.bucket, Prefix=located.key)
        found = [each["Key"] for page in pages for each in page.get("Contents", [])]
        if located.key in found and not located.key.endswith("/"):
            return placed_files([located.key], located.key[: located.key.rfind("/") + 1])
        folder = f"{located.key.rstrip('/')}/"
        return placed_files([key for key in found if key.startswith(folder) and key != folder], folder)
