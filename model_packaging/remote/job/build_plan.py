"""Builds a TensorRT plan from an ONNX file; runs in the Triton image that will serve it.

`python3 build_plan.py [ROOT]`, where ROOT (default ``/opt/ml/processing``) holds ``input/`` with
``job.json``, the ONNX file and its external data. It leaves ``model.plan`` and ``result.json`` in ROOT's
``output/``; the exit status is 0 only then. What it prints goes to the job's log as it happens. Python 3.10
and its standard library suffice: every published image has that.

Sources: SageMaker developer guide, "How Amazon SageMaker Processing Runs Your Processing Container Image"
(exit status) and "... Configures Input and Output For Your Processing Container" (paths); TensorRT,
samples/common/sampleEngines.cpp, ``printPlanVersion`` (a plan's header); samples/trtexec/trtexec.cpp (the
banner with TensorRT's version).
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

_ROOT = "/opt/ml/processing"
_TRTEXEC = "/usr/src/tensorrt/bin/trtexec"
_BANNER = re.compile(r"\[TensorRT v(\d+)\]")
_OLD_BANNER_MAXIMUM = 10_000  # up to 8.x v8601 is 8.6.1; since 10.0 v100400 is 10.4.0
_PLAN_TAG = b"ftrt"
_VERSION_BYTES = slice(24, 28)
_READ_BYTES = 1 << 20

Version = tuple[int, int, int]


class JobError(Exception):
    """The plan can't be built; the message is one line."""


def main(root: Path) -> int:
    """Build the plan and return the exit status."""
    try:
        _build(root)
    except JobError as error:
        _say(f"SEATRIAL-ERROR {error}")
        return 1
    return 0


def _build(root: Path) -> None:
    source, output = root / "input", root / "output"
    job = json.loads((source / "job.json").read_text(encoding="utf-8"))
    trtexec = _find_trtexec()
    output.mkdir(parents=True, exist_ok=True)
    # Beside the output, which SageMaker uploads: what a killed build left there is no plan.
    unfinished = root / "model.plan.unfinished"
    started = time.monotonic()
    version = _run(
        [trtexec, f"--onnx={source / job['onnx']}", f"--saveEngine={unfinished}", *job["arguments"]]
    )
    built = _version_of_plan(unfinished)
    if built[:3] != version:
        raise JobError(
            f"trtexec is of TensorRT {_dotted(version)} and left a plan of {_dotted(built)}: "
            "the image holds two versions"
        )
    result = {
        "key": job["key"],
        "tensorrt_version": _dotted(built),
        "plan_sha256": _sha256_of(unfinished),
        "plan_bytes": unfinished.stat().st_size,
        "seconds": round(time.monotonic() - started, 1),
    }
    shutil.move(str(unfinished), str(output / "model.plan"))
    (output / "result.json").write_text(json.dumps(result, sort_keys=True), encoding="utf-8")
    _say(f"built a plan of TensorRT {result['tensorrt_version']}, {result['plan_bytes']} bytes")


def _find_trtexec() -> str:
    found = os.environ.get("SEATRIAL_TRTEXEC") or shutil.which("trtexec") or _TRTEXEC
    if not os.access(found, os.X_OK):
        raise JobError(f"this image has no trtexec on PATH and none at {_TRTEXEC}")
    return found


def _run(command: list[str]) -> Version:
    """Run trtexec, print its lines as they come, and return the version it says it is of."""
    _say(" ".join(command))
    version: Version | None = None
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    ) as process:
        for line in process.stdout or ():
            text = line.decode("utf-8", "replace").rstrip()
            _say(text)
            version = version or _version_of_banner(text)
    if process.returncode < 0:
        raise JobError(
            f"trtexec was killed by signal {-process.returncode}; 9 is most often too little memory"
        )
    if process.returncode:
        raise JobError(f"trtexec exited with {process.returncode}; its lines above say why")
    if version is None:
        raise JobError("trtexec did not say which TensorRT it is of")
    return version


def _version_of_banner(line: str) -> Version | None:
    found = _BANNER.search(line)
    if found is None:
        return None
    number = int(found.group(1))
    thousand = 1000 if number < _OLD_BANNER_MAXIMUM else 10_000
    return number // thousand, number % thousand // 100, number % 100


def _version_of_plan(plan: Path) -> tuple[int, ...]:
    try:
        with plan.open("rb") as file:
            first = file.read(_VERSION_BYTES.stop)
    except FileNotFoundError:
        raise JobError("trtexec ended well and left no plan") from None
    if not first.startswith(_PLAN_TAG) or len(first) < _VERSION_BYTES.stop:
        raise JobError("what trtexec left is no TensorRT plan")
    return tuple(first[_VERSION_BYTES])


def _sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_READ_BYTES), b""):
            digest.update(block)
    return digest.hexdigest()


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the job's log


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else _ROOT)))
