"""Model archives for Triton's Python backend: a few lines each, built here, so that nothing is downloaded."""

import io
import tarfile
from collections.abc import Mapping

__all__ = ["CONFIG", "STEERED", "archive", "python_model", "unloadable"]

CONFIG = """\
name: "{name}"
backend: "python"
max_batch_size: 8
input [ {{ name: "x" data_type: TYPE_FP32 dims: [ -1 ] }} ]
output [ {{ name: "y" data_type: TYPE_FP32 dims: [ -1 ] }} ]
instance_group [ {{ count: 1 kind: KIND_CPU }} ]
"""
"""A config.pbtxt, with the model's ``name`` left open."""
_MODEL = """\
import os
import signal
import time

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        {initialize}

    def execute(self, requests):
        answers = []
        for request in requests:
            x = pb_utils.get_input_tensor_by_name(request, "x").as_numpy()
            {execute}
            y = pb_utils.Tensor("y", (x * {factor}).astype("float32"))
            answers.append(pb_utils.InferenceResponse(output_tensors=[y]))
        return answers
"""
STEERED = """\
order, amount = (list(map(float, x.flatten())) + [0.0, 0.0])[:2]
            if order == -1.0:
                raise ValueError("told to fail" + "!" * int(amount))
            if order == -2.0:
                time.sleep(amount)
            if order == -3.0:
                os.kill(os.getppid(), signal.SIGKILL)
            if order == -4.0:
                x = x.repeat(int(amount), axis=1)"""
"""Statements of a model that does what its input says: -1 fails, -2 sleeps, -3 kills its server, -4 answers
each number so many times."""


def python_model(
    factor: float = 2.0,
    *,
    name: str = "scale",
    initialize: str = "pass",
    execute: str = "pass",
    also: str = "",
    replaced: Mapping[str, str] | None = None,
) -> bytes:
    """Return a model.tar.gz whose model answers ``y = factor * x``.

    Args:
        factor: what it multiplies with.
        name: the model's folder and name.
        initialize: a Python statement that it runs when it is loaded.
        execute: statements that it runs for each request, indented for where they stand.
        also: the name of the same model once more, beside it; none if empty.
        replaced: texts by their paths, in the place of those that it would have.
    """
    model = _MODEL.format(factor=factor, initialize=initialize, execute=execute)
    files: dict[str, str] = {}
    for each in filter(None, (name, also)):
        files |= {f"{each}/config.pbtxt": CONFIG.format(name=each), f"{each}/1/model.py": model}
    return archive(files | dict(replaced or {}))


def unloadable(reason: str = "told not to load") -> bytes:
    """Return a model.tar.gz whose model fails when it is loaded."""
    return python_model(initialize=f"raise ValueError({reason!r})")


def archive(files: dict[str, str]) -> bytes:
    """Return a .tar.gz of texts by their paths."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as tar:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()
