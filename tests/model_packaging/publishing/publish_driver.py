"""Publishes one packed model in a process of its own, which may kill itself before one of its requests.

Arguments: the client's variables as JSON, the folder of the manifest and the archive, the form (``archive``
or ``files``), the key, and before which request to die (0: none). Prints how many requests were sent.
"""

import json
import os
import signal
import sys
from pathlib import Path

from model_packaging.artifact import MANIFEST_FILE_NAME, read_manifest
from model_packaging.publishing._archive_publishing import publish_archive
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._files_publishing import publish_files
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing.client import local_s3_client

BUCKET = "published-models"
PART = 5 << 20


def main(variables: str, folder: str, form: str, key: str, kill_at: int) -> None:
    """Publish."""
    s3 = local_s3_client("us-east-1", json.loads(variables))
    sent = 0

    def count(**_: object) -> None:
        nonlocal sent
        sent += 1
        if sent == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    s3.meta.events.register("before-send.s3", count)
    bucket = Bucket(s3, name=BUCKET, account="000000000000", region="us-east-1")
    publish = publish_archive if form == "archive" else publish_files
    manifest = read_manifest(Path(folder, MANIFEST_FILE_NAME))
    model = PackedModel(manifest, Path(folder, manifest.archive.file_name), part_bytes=PART)
    publish(bucket, key, model, None)
    sys.stdout.write(f"{sent}\n")


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]))
