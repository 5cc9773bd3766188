"""One run of packaging many models, in a process of its own.

`python -m benchmarks._packaging_run FOLDER MODELS build|unchanged|change` prints as JSON how many files there
are, how often one was looked at, how much was read, and how many models were built. The worker is a stand-in
that writes a small file: torch is not what is measured.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np

from model_packaging import package
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.eager.samples import Sample, write_samples
from model_packaging.layout.triton_repository import model_file_path
from model_packaging.source_files import SourceFiles
from model_packaging.sources import exported
from model_packaging.worker.protocol import WorkerFolder, WorkerRequest
from spec import DeploymentFile, parse_deployment

_MODULE = "from zoo import common\n\n\ndef factory():\n    return common.module({index})\n"
_SETTLED_SECONDS = 3.0
"""Files of the last two seconds are read again; a user's are older."""


def main(folder: Path, models: int, step: str) -> None:
    """Make the project, or change one of its files, then package it and print what that took."""
    project = folder / "project"
    changed = project / "zoo" / f"model_{models // 2}.py"
    if step == "build":
        _make(project, models)
    if step == "change":
        changed.write_text(changed.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    if step != "unchanged":
        time.sleep(_SETTLED_SECONDS)
    vars(exported)["run_worker"] = _stand_in
    files = SourceFiles(project, remember=True)
    vars(package)["SourceFiles"] = lambda *_, **__: files
    stats = _count_stats(project / "zoo")
    started = time.perf_counter()
    packaged = package.package_deployment(
        _deployment(project, models), folder / "build", project, inspect=lambda _: ()
    )
    seconds = time.perf_counter() - started
    document = {
        "files": len(list((project / "zoo").iterdir())),
        "stats": len(stats),
        "bytes_read": files.read_bytes,
        "changed_bytes": changed.stat().st_size,
        "built": sum(each.built for each in packaged),
        "seconds": seconds,
    }
    print(json.dumps(document))


def _make(project: Path, models: int) -> None:
    (project / "zoo").mkdir(parents=True)
    (project / "zoo" / "__init__.py").touch()
    (project / "zoo" / "common.py").write_text("import torch\n", encoding="utf-8")
    for index in range(models):
        (project / "zoo" / f"model_{index}.py").write_text(_MODULE.format(index=index), encoding="utf-8")


def _deployment(project: Path, models: int) -> DeploymentFile:
    document = {
        "name": "many",
        "environment": {
            "account": "000000000000",
            "region": "us-east-1",
            "availability_zones": ["us-east-1a", "us-east-1b"],
        },
        "models": {
            f"m{index}": {
                "export": {"from": f"zoo.model_{index}:factory", "to": "torchscript", "how": "trace"},
                "triton": {"max_batch_size": 4},
            }
            for index in range(models)
        },
    }
    return parse_deployment(json.dumps(document), project / "many.yaml")


def _stand_in(request: WorkerRequest, folder: WorkerFolder, cancelled: threading.Event) -> None:
    """Write a model of 4 KB and its samples, as a worker does."""
    del cancelled
    file = model_file_path(folder.repository, request.model_name)
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(4096))
    one = {"x": np.ones((1, 1), np.float32)}
    for seed in request.seeds:
        write_samples([Sample(size, one, one) for size in request.batch_sizes], folder.samples(seed))
    spec = TensorSpec("x", "FP32", (1,))
    folder.write_signature(Signature((spec,), (spec,), batched=True))


def _count_stats(folder: Path) -> list[str]:
    """Return a list that grows with each look at a file of ``folder``."""
    looked_at: list[str] = []
    real = os.stat

    def counted(path: object, *given: object, **named: object) -> os.stat_result:
        if str(path).startswith(f"{folder}{os.sep}"):
            looked_at.append(str(path))
        return real(path, *given, **named)  # type: ignore[arg-type]  # as given

    vars(os)["stat"] = counted
    return looked_at


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
