"""`make local` where set-up is done: from nothing running to the last compared answer.

Nothing of a running laptop's AWS is touched: this one has its own ports and state. The CDK CLI takes most of
the time; what is ours is the rest: packaging (unchanged), starting the laptop's AWS, the synth, the longest
start of an endpoint with its Triton, and the requests.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks._harness import Measurement

__all__ = ["measure"]

_ROOT = Path(__file__).resolve().parent.parent
_DEPLOYMENT = _ROOT / "deployments" / "local.yaml"
_CDK_STEPS = frozenset({"cdk bootstrap", "cdk deploy --all"})
_TIMEOUT_SECONDS = 120


def measure() -> Iterator[Measurement]:
    """Yield the whole and our own part of it.

    Raises:
        RuntimeError: an answer was wrong, or the synth failed.
    """
    started = time.perf_counter()
    # Imported after the clock has started: a user waits for them too.
    from local.aws.client import LocalAws  # noqa: PLC0415
    from local.rehearsal import rehearse  # noqa: PLC0415
    from spec import load_deployment  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as state:
        port = _free_port()
        aws = LocalAws(_ROOT, Path(state), port=port)
        try:
            rehearsal = rehearse(load_deployment(_DEPLOYMENT), _ROOT, aws=aws)
            whole_seconds = time.perf_counter() - started
            start_seconds = _longest_endpoint_start_seconds(rehearsal.environment)
        finally:
            aws.down()
    if not rehearsal.passed:
        raise RuntimeError("an endpoint does not answer as eager PyTorch does")
    own_steps = sum(step.seconds for step in rehearsal.steps if step.name not in _CDK_STEPS)
    own_seconds = own_steps + _synth_seconds() + start_seconds
    yield Measurement("rehearsal.whole", whole_seconds, "s", "<= 45")
    yield Measurement("rehearsal.own_code_and_triton_start", own_seconds, "s", "<= 15")


def _longest_endpoint_start_seconds(environment: Mapping[str, str]) -> float:
    """Return the longest time from an endpoint's creation to InService; they start side by side."""
    import boto3  # noqa: PLC0415 - as above

    sagemaker = boto3.client(
        "sagemaker",
        region_name=environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    endpoints = sagemaker.list_endpoints()["Endpoints"]
    starts = [each["LastModifiedTime"] - each["CreationTime"] for each in endpoints]
    return float(max(start.total_seconds() for start in starts))


def _synth_seconds() -> float:
    """Return the time of one synth with Seatrial's rules and cdk-nag, without CDK's built-in validation."""
    with tempfile.TemporaryDirectory() as outdir:
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=_ROOT,
            env={**os.environ, "CDK_OUTDIR": outdir, "CDK_VALIDATION": "false"},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
        seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"app.py exited with {done.returncode}: {done.stderr.strip()}")
    return seconds


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
