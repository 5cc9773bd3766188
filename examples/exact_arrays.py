"""An entry point for SageMaker's PyTorch images: arrays in and out as .npy, in the model's own data type.

The images' own functions turn a tensor into a list of numbers before they write it, so that float32 comes
back as float64 from .npy. In an inference pipeline the next container would be given what its model doesn't
take.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
import torch

__all__ = ["input_fn", "model_fn", "output_fn"]

CONTENT_TYPE = "application/x-npy"


def model_fn(model_dir: str) -> Any:  # noqa: ANN401 - a scripted module
    """Return the model on the GPU where there is one, else on the CPU."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.jit.load(str(Path(model_dir, "model.pt")), map_location=device).eval()  # type: ignore[no-untyped-call]  # torch's


def input_fn(body: bytes, content_type: str) -> torch.Tensor:
    """Return the request's array.

    Raises:
        ValueError: it is no .npy.
    """
    if content_type != CONTENT_TYPE:
        raise ValueError(f"{content_type} is sent; {CONTENT_TYPE} is taken")
    return torch.from_numpy(np.load(io.BytesIO(body), allow_pickle=False))


def output_fn(prediction: torch.Tensor, _accept: str) -> tuple[bytes, str]:
    """Return the answer's bytes and their content type, whatever is asked for."""
    buffer = io.BytesIO()
    np.save(buffer, prediction.detach().cpu().numpy(), allow_pickle=False)
    return buffer.getvalue(), CONTENT_TYPE
