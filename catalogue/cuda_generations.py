"""Which NVIDIA GPUs a major version of CUDA still serves, in Triton's images."""

__all__ = ["OLDEST_COMPUTE_CAPABILITY", "is_served"]

OLDEST_COMPUTE_CAPABILITY = {12: "6.0", 13: "7.5"}
"""By CUDA's major version, of Triton's releases with it.

Sources: NVIDIA Triton Inference Server release notes (23.08, 24.03 and 24.04, GPU requirements: compute
capability 6.0 and later); CUDA 12.9 release notes, deprecated architectures: Maxwell, Pascal and Volta lose
offline compilation and libraries with the next major version (as pytorch/pytorch issue 157517 quotes them);
CUDA 13.0 keeps Turing, 7.5 (NVIDIA/cuDecomp pull 97).
"""


def is_served(compute_capability: str, cuda: int) -> bool:
    """Say whether CUDA ``cuda`` serves GPUs of ``compute_capability``; True for versions not in the table."""
    oldest = OLDEST_COMPUTE_CAPABILITY.get(cuda)
    return oldest is None or _parts(compute_capability) >= _parts(oldest)


def _parts(capability: str) -> tuple[int, ...]:
    return tuple(int(part) for part in capability.split("."))
