"""Builds models in a process of its own that can be told to kill itself; torch is not needed.

`build_driver.py PROJECT DIRECTORY CONTENT [KILL_AT [MODELS]]`: packages with a stand-in for the worker, which
writes CONTENT as the model file. Every change of a file system below DIRECTORY is counted; before number
KILL_AT the process is killed as by `kill -9`. Prints the number of changes. Without MODELS there is one
model, whose artifact is in DIRECTORY; with it a deployment of so many, built side by side below DIRECTORY.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np

from model_packaging import package
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.eager.samples import Sample, write_samples
from model_packaging.errors import PackagingError
from model_packaging.layout.triton_repository import model_file_path
from model_packaging.machine import Machine
from model_packaging.sources import exported
from model_packaging.worker.protocol import WorkerFolder, WorkerRequest
from spec import Model, parse_deployment


class LargeMachine(Machine):
    """Has room for all builds at once."""

    @classmethod
    def here(cls) -> Machine:
        """Return it."""
        return cls(4, 1 << 40)


CHANGES = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}


def main(project: Path, directory: Path, content: str, kill_at: int = 0, models: int = 0) -> int:
    """Build, and return the exit code."""
    changes = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal changes
        if event not in CHANGES or str(directory) not in str(arguments[:2]):
            return
        if event == "open" and isinstance(arguments[2], int) and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        changes += 1
        if changes == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def run_worker(request: WorkerRequest, folder: WorkerFolder, cancelled: threading.Event) -> None:
        assert not cancelled.is_set()
        file = model_file_path(folder.repository, request.model_name)
        file.parent.mkdir(parents=True)
        file.write_text(content * 100_000)
        one = {"x": np.ones((1, 1), np.float32)}
        for seed in request.seeds:
            write_samples([Sample(size, one, one) for size in request.batch_sizes], folder.samples(seed))
        spec = TensorSpec("x", "FP32", (1,))
        folder.write_signature(Signature((spec,), (spec,), batched=True))

    vars(exported)["run_worker"] = run_worker
    section = {
        "export": {
            "from": "factories:factory",
            "to": "torchscript",
            "how": "trace",
            "arguments": {"content": content},
        },
        "triton": {"max_batch_size": 4},
    }
    sys.addaudithook(count)
    try:
        if models:
            build_side_by_side(section, models, directory, project)
        else:
            model = Model.model_validate(section)
            package.package_model("m", model, directory, project, inspect=lambda _: ())
    except PackagingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{changes}\n")
    return 0


def build_side_by_side(section: object, models: int, directory: Path, project: Path) -> None:
    """Package a deployment of ``models`` models, on a machine that has room for all of them at once."""
    document = {
        "name": "test",
        "environment": {
            "account": "000000000000",
            "region": "us-east-1",
            "availability_zones": ["us-east-1a", "us-east-1b"],
        },
        "models": {f"m{index}": section for index in range(models)},
    }
    file = parse_deployment(json.dumps(document), project / "test.yaml")
    vars(package)["Machine"] = LargeMachine
    package.package_deployment(file, directory, project, inspect=lambda _: ())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:])))
