"""Publishing a 268 MB archive to the laptop's S3, against boto3's own `upload_file` of it, in one run.

Each runs in a process of its own. Memory is what the process takes more than one that only makes the client.
Ours reads the archive twice: it compares each file with the manifest before it sends the first byte.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks._harness import ChildUsage, Measurement, run_child
from benchmarks._local_parts import free_ports
from local.aws.client import LocalAws

__all__ = ["measure"]

_ROOT = Path(__file__).resolve().parent.parent
_WEIGHTS = 1 << 26
_CLIENT = """
import json, sys, time
from pathlib import Path
from model_packaging.publishing.client import local_s3_client
s3 = local_s3_client("us-east-1", json.loads(sys.argv[1]))
"""
_UPLOAD = f"""{_CLIENT}
started = time.perf_counter()
s3.upload_file(sys.argv[2], "benchmark", "uploaded.tar.gz")
print(json.dumps([time.perf_counter() - started]))
"""
_PUBLISH = f"""{_CLIENT}
from model_packaging.artifact import read_manifest
from model_packaging.publishing._archive_publishing import publish_archive
from model_packaging.publishing._files_publishing import publish_files
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing._bucket import Bucket
requests = []
s3.meta.events.register("before-send.s3", lambda event_name, **_: requests.append(event_name))
archive = Path(sys.argv[2])
model = PackedModel(read_manifest(archive.with_name("manifest.json")), archive)
bucket = Bucket(s3, name="benchmark", account="000000000000", region="us-east-1")
publish = publish_files if sys.argv[3].endswith("/") else publish_archive
started = time.perf_counter()
done = publish(bucket, sys.argv[3], model, None)
seconds = time.perf_counter() - started
requests.clear()
started = time.perf_counter()
publish(bucket, sys.argv[3], model, done.publication)
print(json.dumps([seconds, time.perf_counter() - started, len(requests)]))
"""
_PACK = """
import sys
from pathlib import Path
from model_packaging.artifact import (
    ArchiveRecord, BuildInputs, Layout, Manifest, Provenance, Signature, write_manifest
)
from model_packaging.archive.packing import pack_folder
folder = Path(sys.argv[1])
packed = pack_folder(folder / "repository", folder / "model.tar.gz")
manifest = Manifest(
    model="model", layout=Layout.TRITON, format="torchscript", max_batch_size=0,
    signature=Signature((), (), False), files=packed.files,
    archive=ArchiveRecord("model.tar.gz", packed.size_bytes), samples=None, content_key="0" * 64,
    build_inputs=BuildInputs("", (), ()), findings=(), provenance=Provenance((), "", None),
)
write_manifest(manifest, folder / "manifest.json")
"""


def measure() -> Iterator[Measurement]:
    """Yield the time and memory of publishing, and what a repeat costs."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as path:
        folder = Path(path)
        archive = _archive(folder)
        port = free_ports(2)
        aws = LocalAws(_ROOT, folder / "aws", port=port, runtime_port=port + 1)
        aws.up()
        try:
            variables = json.dumps(aws.environment())
            _run(f'{_CLIENT}s3.create_bucket(Bucket="benchmark")', variables)
            yield from _figures(variables, archive)
        finally:
            aws.down()


def _figures(variables: str, archive: Path) -> Iterator[Measurement]:
    empty = _run(_CLIENT, variables)
    uploaded = _run(_UPLOAD, variables, archive)
    upload_seconds = json.loads(uploaded.output)[0]
    for name, key in (("archive", "published.tar.gz"), ("files", "published/")):
        published = _run(_PUBLISH, variables, archive, key)
        seconds, repeat_seconds, repeat_requests = json.loads(published.output)
        above_mb = published.peak_memory_mb - empty.peak_memory_mb
        yield Measurement(
            f"publish.{name}.wall_ratio_vs_upload_file", seconds / upload_seconds, "ratio", "<= 3"
        )
        yield Measurement(f"publish.{name}.memory_above_client", above_mb, "MB", "<= 64")
        yield Measurement(f"publish.{name}.repeat", repeat_seconds * 1000, "ms")
        yield Measurement(f"publish.{name}.repeat_requests", repeat_requests, "requests", "<= 1")


def _run(script: str, *arguments: str | Path) -> ChildUsage:
    return run_child(sys.executable, "-c", script, *map(str, arguments))


def _archive(folder: Path) -> Path:
    """Pack 268 MB of normally distributed weights, and return the archive beside its manifest."""
    weights = folder / "repository" / "model" / "1" / "model.pt"
    weights.parent.mkdir(parents=True)
    generator = np.random.default_rng(0)
    with weights.open("wb") as target:
        for _ in range(16):
            target.write(generator.standard_normal(_WEIGHTS // 16, dtype=np.float32).tobytes())
    (folder / "repository" / "model" / "config.pbtxt").write_text('name: "model"\n', encoding="utf-8")
    _run(_PACK, folder)
    shutil.rmtree(folder / "repository")
    return folder / "model.tar.gz"
