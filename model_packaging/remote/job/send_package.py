"""Sends a packaged model to Amazon S3; runs in the CodeBuild project, after `seatrial package`.

`python -m model_packaging.remote.job.send_package FOLDER s3://BUCKET/PREFIX/`. What is sent last is
``package.json``, which names every other file with its digest: without it there is no package.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from model_packaging.artifact.manifest import MANIFEST_FILE_NAME, read_manifest

__all__ = ["PACKAGE_FILE_NAME", "main", "send_package"]

PACKAGE_FILE_NAME = "package.json"


def send_package(s3: Any, folder: Path, bucket: str, prefix: str) -> None:  # noqa: ANN401 - boto3's clients have no static type
    """Send the artifact in ``folder`` to below ``prefix``.

    Raises:
        ManifestError: there is no whole artifact in the folder.
        botocore.exceptions.ClientError: S3 refuses.
    """
    manifest = read_manifest(folder / MANIFEST_FILE_NAME)
    digests = {}
    for name in (*manifest.file_names, MANIFEST_FILE_NAME):
        with (folder / name).open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        s3.upload_file(str(folder / name), bucket, f"{prefix}{name}")
    body = json.dumps({"files": digests}, sort_keys=True).encode()
    s3.put_object(Bucket=bucket, Key=f"{prefix}{PACKAGE_FILE_NAME}", Body=body)


def main(folder: Path, destination: str) -> None:
    """Run the command."""
    import boto3  # noqa: PLC0415 - the laptop reads this file for its constant alone

    bucket, _, prefix = destination.removeprefix("s3://").partition("/")
    send_package(boto3.client("s3"), folder, bucket, prefix)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
