"""Model archives for Triton's Python backend: small, without torch, as bad as a test wants them."""

import io
import tarfile

__all__ = ["failing_model_archive", "scaling_model_archive"]

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


def scaling_model_archive(
    factor: float, *, initialize: str = "pass", execute: str = "pass", folder: str = "scale"
) -> bytes:
    """Return a model.tar.gz whose model answers ``y = factor * x``.

    Args:
        factor: what it multiplies with.
        initialize: a Python statement that it runs when it is loaded.
        execute: a Python statement that it runs on every execution.
        folder: the model's folder in the archive.
    """
    return _archive(folder, _MODEL.format(initialize=initialize, execute=execute, factor=factor))


def failing_model_archive(reason: str) -> bytes:
    """Return a model.tar.gz whose model can't be loaded, for ``reason``."""
    return _archive(
        "scale", _MODEL.format(initialize=f"raise ValueError({reason!r})", execute="pass", factor=1)
    )


def _archive(folder: str, model: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in (("config.pbtxt", _CONFIG), ("1/model.py", model)):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(text)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()
