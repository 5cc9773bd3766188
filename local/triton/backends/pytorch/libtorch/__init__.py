"""The rules of Triton's LibTorch backend, for TorchScript modules run by PyTorch on the CPU.

Triton's Python stub imports this package as ``libtorch``, so it imports its own modules relatively and
nothing else of ours.
"""

from .module import BatchOutcome, LibTorchError, LibTorchModule
from .naming import NamingConvention

__all__ = ["BatchOutcome", "LibTorchError", "LibTorchModule", "NamingConvention"]
