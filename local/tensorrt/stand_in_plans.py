"""Plans for the laptop's account: the job's own script, run here with the stand-in for trtexec."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import catalogue
from local.tensorrt import trtexec
from model_packaging.remote.errors import JobFailedError
from model_packaging.remote.plan_request import PLAN_SCRIPT, PlanRequest, trtexec_arguments

__all__ = ["StandInPlans"]

_TIMEOUT_SECONDS = 600.0


class StandInPlans:
    """A ``PlanBuilder`` for the laptop's account, without any AWS; its plans say that they are none.

    Args:
        region: of the deployment.

    Attributes:
        region: as given.
    """

    def __init__(self, region: str) -> None:
        self.region = region

    def build_plan(self, request: PlanRequest, destination: Path, cancelled: threading.Event) -> None:  # noqa: ARG002 - it takes a second
        """Leave what stands in for the plan at ``destination``.

        Raises:
            RemoteBuildError: it can't be asked for, or the script fails.
            OSError: it can't be written.
        """
        job = {"key": request.key(), "onnx": request.onnx.name, "arguments": trtexec_arguments(request)}
        with tempfile.TemporaryDirectory(prefix=".plan-", dir=destination.parent) as folder:
            root = Path(folder)
            source = root / "input"
            source.mkdir()
            for file in request.files:
                os.link(file, source / file.name)
            (source / "job.json").write_text(json.dumps(job), encoding="utf-8")
            done = _run_script(root, request.image_uri)
            if done.returncode:
                last = (done.stdout + done.stderr).strip().splitlines()[-1:]
                raise JobFailedError(
                    f"the stand-in for its plan's job failed: {''.join(last)}.", "mend what it says."
                )
            shutil.move(root / "output" / "model.plan", destination)


def _run_script(root: Path, image_uri: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            [sys.executable, "-I", str(PLAN_SCRIPT), str(root)],
            env={"SEATRIAL_TRTEXEC": trtexec.__file__, **_release_of(image_uri), **_path()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise JobFailedError(
            f"the stand-in for its plan's job took over {_TIMEOUT_SECONDS:g} s.",
            "try again while the machine does less.",
        ) from error


def _release_of(image_uri: str) -> dict[str, str]:
    release = image_uri.rpartition(":")[2].partition("-")[0]
    known = release in catalogue.tensorrt_versions()
    return {"SEATRIAL_TRITON_RELEASE": release} if known else {}


def _path() -> dict[str, str]:
    """Return where the stand-in's interpreter is found: this one, first."""
    return {"PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))}
