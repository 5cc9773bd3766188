"""A trial run: `seatrial check --run` on a small model, from its archive to the last answer.

Triton's start with PyTorch takes most of the time. Of several models as many are tried at once as there are
processors.
"""

import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks._harness import Measurement
from preflight.trial import trial_of_artifact

__all__ = ["measure"]

_ROOT = Path(__file__).resolve().parent.parent
_SEVERAL = 4
_CONFIG = """\
name: "model"
platform: "pytorch_libtorch"
max_batch_size: 16
input [ { name: "x__0" data_type: TYPE_FP32 dims: [ 64 ] } ]
output [ { name: "y__0" data_type: TYPE_FP32 dims: [ 10 ] } ]
instance_group [ { kind: KIND_CPU } ]
"""


class _Context:
    """A bare artifact's container is told nothing."""

    environment: Mapping[str, str] = {}


def measure() -> Iterator[Measurement]:
    """Yield the seconds of one trial, and of several models'.

    Raises:
        RuntimeError: a rule has something to say about the good model.
    """
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        repository = _repository(Path(folder))
        seconds, loaded_seconds = _trial_seconds(repository)
        yield Measurement("trial.small_model", seconds, "s", "<= 8")
        yield Measurement("trial.small_model.loading", loaded_seconds, "s")
        yield Measurement(f"trial.{_SEVERAL}_models", _several_seconds(repository), "s", "<= 16")


def _trial_seconds(repository: Path) -> tuple[float, float]:
    started = time.perf_counter()
    report = trial_of_artifact(repository, _Context(), (), _ROOT)
    seconds = time.perf_counter() - started
    loading = report.outcomes[0].loading
    if report.findings or loading is None:
        raise RuntimeError(f"a rule speaks of the good model: {report.findings}")
    return seconds, loading.seconds


def _several_seconds(repository: Path) -> float:
    # What a deployment's models go through, without a deployment.
    from preflight.trial._subjects import subject_of_artifact  # noqa: PLC0415
    from preflight.trial._together import run_trials  # noqa: PLC0415

    subjects = [subject_of_artifact(repository, {}, ())] * _SEVERAL
    started = time.perf_counter()
    run_trials(subjects, _ROOT, lambda _, __: None, None, 60.0)
    return time.perf_counter() - started


def _repository(folder: Path) -> Path:
    import torch  # noqa: PLC0415 - making the model is no part of what is measured

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10)).eval()
    (folder / "model" / "1").mkdir(parents=True)
    (folder / "model" / "config.pbtxt").write_text(_CONFIG, encoding="utf-8")
    jit: Any = torch.jit
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        jit.trace(model, torch.zeros(2, 64)).save(str(folder / "model" / "1" / "model.pt"))
    return folder
