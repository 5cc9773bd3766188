"""Model archives for Triton's Python backend: small, without torch, as bad as a test wants them."""

import io
import tarfile

__all__ = ["counting_model_archive", "failing_model_archive", "scaling_model_archive"]

_CONFIG = """\
name: "scale"
backend: "python"
max_batch_size: 8
input [ { name: "x" data_type: TYPE_FP32 dims: [ -1 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ -1 ] } ]
instance_group [ { count: 1 kind: KIND_GPU } ]
"""
_MODEL = """\
import time

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        {initialize}

    def execute(self, requests):
        {execute}
        answers = []
        for request in requests:
            x = pb_utils.get_input_tensor_by_name(request, "x").as_numpy()
            y = pb_utils.Tensor("y", (x * {factor}).astype("float32"))
            answers.append(pb_utils.InferenceResponse(output_tensors=[y]))
        return answers
"""
_COUNTING_CONFIG = """\
name: "count"
backend: "python"
input [ { name: "n" data_type: TYPE_INT32 dims: [ 1 ] } ]
output [ { name: "i" data_type: TYPE_INT32 dims: [ 1 ] } ]
instance_group [ { count: 1 kind: KIND_CPU } ]
model_transaction_policy { decoupled: true }
"""
_COUNTING = """\
import os
import time

import numpy
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            for i in range(int(pb_utils.get_input_tensor_by_name(request, "n").as_numpy()[0])):
                if i:
                    time.sleep({pause})
                output = pb_utils.Tensor("i", numpy.array([i], "int32"))
                sender.send(pb_utils.InferenceResponse(output_tensors=[output]))
            {ends}
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None
"""


def scaling_model_archive(
    factor: float,
    *,
    initialize: str = "pass",
    execute: str = "pass",
    folder: str = "scale",
    output: str = "y",
) -> bytes:
    """Return a model.tar.gz whose model answers ``y = factor * x``.

    Args:
        factor: what it multiplies with.
        initialize: a Python statement that it runs when it is loaded.
        execute: a Python statement that it runs on every execution.
        folder: the model's folder in the archive.
        output: what it calls ``y``.
    """
    model = _MODEL.format(initialize=initialize, execute=execute, factor=factor)
    return _archive(
        folder,
        model.replace('Tensor("y"', f'Tensor("{output}"'),
        _CONFIG.replace('name: "y"', f'name: "{output}"'),
    )


def failing_model_archive(reason: str) -> bytes:
    """Return a model.tar.gz whose model can't be loaded, for ``reason``."""
    return _archive(
        "scale", _MODEL.format(initialize=f"raise ValueError({reason!r})", execute="pass", factor=1)
    )


def counting_model_archive(pause_seconds: float, *, ends: str = "pass") -> bytes:
    """Return a model.tar.gz of a decoupled model: it answers n times, and waits between the answers.

    Args:
        pause_seconds: how long it waits.
        ends: a Python statement that it runs after the last answer.
    """
    return _archive("count", _COUNTING.format(pause=pause_seconds, ends=ends), _COUNTING_CONFIG)


def _archive(folder: str, model: str, config: str = _CONFIG) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in (("config.pbtxt", config), ("1/model.py", model)):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(text)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()
