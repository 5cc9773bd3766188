"""What a worker process is asked and what it answers, as JSON files in its folder."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from model_packaging import errors
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.errors import PackagingError, WorkerError
from spec import Model

__all__ = ["CANT_WRITE", "WorkerFolder", "WorkerRequest"]

CANT_WRITE = os.EX_IOERR
"""Exit code of a worker that can't write its files."""


@dataclass(frozen=True, slots=True)
class WorkerRequest:
    """One task for a worker.

    Attributes:
        task: ``export`` the model and record samples, ``observe`` the signature of its eager reference and
            record samples, draw fresh ``samples``, or give the ``answers`` to requests that were left.
        model_name: of the deployment file.
        model: its section.
        project_root: where the factory's module is found.
        seeds: one file for each; of ``answers`` the numbers of the files of requests.
        batch_sizes: of the samples.
    """

    task: Literal["export", "observe", "samples", "answers"]
    model_name: str
    model: Model
    project_root: Path
    seeds: tuple[int, ...]
    batch_sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorkerFolder:
    """The folder a worker works in, and the names in it."""

    path: Path

    @property
    def repository(self) -> Path:
        """The folder that is packed; ``export`` writes its model file into it."""
        return self.path / "repository"

    @property
    def onnx(self) -> Path:
        """The ONNX file that a TensorRT plan is built from; its weights may lie beside it, nothing else."""
        return self.path / "onnx" / "model.onnx"

    @property
    def log(self) -> Path:
        """What the worker and the user's code print."""
        return self.path / "worker.log"

    def samples(self, seed: int) -> Path:
        """Return the file of the samples drawn from ``seed``."""
        return self.path / f"samples-{seed}.npz"

    def given(self, seed: int) -> Path:
        """Return the file of requests that ``answers`` are asked to; its outputs are not looked at."""
        return self.path / f"given-{seed}.npz"

    def write_request(self, request: WorkerRequest) -> None:
        """Leave ``request`` for the worker."""
        document = {
            "task": request.task,
            "model_name": request.model_name,
            "model": request.model.model_dump(mode="json", by_alias=True),
            "project_root": str(request.project_root),
            "seeds": request.seeds,
            "batch_sizes": request.batch_sizes,
        }
        self._request.write_text(json.dumps(document), encoding="utf-8")

    def read_request(self) -> WorkerRequest:
        """Return the request that was left."""
        document = json.loads(self._request.read_text(encoding="utf-8"))
        return WorkerRequest(
            task=document["task"],
            model_name=document["model_name"],
            model=Model.model_validate(document["model"]),
            project_root=Path(document["project_root"]),
            seeds=tuple(document["seeds"]),
            batch_sizes=tuple(document["batch_sizes"]),
        )

    def write_signature(self, signature: Signature) -> None:
        """Leave the observed signature; all but ``samples`` do."""
        self._signature.write_text(json.dumps(asdict(signature)), encoding="utf-8")

    def write_success(self) -> None:
        """Answer that the task is done."""
        self._answer.write_text(json.dumps({}), encoding="utf-8")

    def write_error(self, error: PackagingError) -> None:
        """Answer with an error."""
        document = {"error": type(error).__name__, "cause": error.cause, "fix": error.fix}
        self._answer.write_text(json.dumps(document), encoding="utf-8")

    def check_answer(self) -> None:
        """Do nothing where the task is done.

        Raises:
            PackagingError: what the worker answered instead, of the same class.
            WorkerError: it left no answer.
        """
        try:
            document = json.loads(self._answer.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            raise WorkerError(
                "the process that ran its factory ended without an answer.",
                "look for `sys.exit()` or `os._exit()` in the factory, its samples or its module.",
            ) from None
        if "error" in document:
            kind: type[PackagingError] = getattr(errors, document["error"])
            raise kind(document["cause"], document["fix"])

    def read_signature(self) -> Signature:
        """Return the signature that was observed."""
        found = json.loads(self._signature.read_text(encoding="utf-8"))

        def specs(role: str) -> tuple[TensorSpec, ...]:
            return tuple(
                TensorSpec(each["name"], each["datatype"], tuple(each["dims"])) for each in found[role]
            )

        return Signature(specs("inputs"), specs("outputs"), batched=found["batched"])

    @property
    def _request(self) -> Path:
        return self.path / "request.json"

    @property
    def _signature(self) -> Path:
        return self.path / "signature.json"

    @property
    def _answer(self) -> Path:
        return self.path / "answer.json"
