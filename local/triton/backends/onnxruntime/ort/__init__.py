"""The rules of Triton's ONNX Runtime backend, for ONNX models run by ONNX Runtime on the CPU.

Triton's Python stub imports this package as ``ort``, so it imports its own modules relatively and nothing
else of ours.
"""

from .completion import Completion, complete
from .errors import OrtError
from .model import BatchOutcome, OrtModel

__all__ = ["BatchOutcome", "Completion", "OrtError", "OrtModel", "complete"]
