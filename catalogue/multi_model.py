"""The GPU instance types that multi-model endpoints run on.

Source: SageMaker Developer Guide, "Supported algorithms, frameworks, and instances for multi-model
endpoints", GPU backed instances, read on 2026-11-20. Those without a GPU are all supported (same page).
"""

__all__ = ["MULTI_MODEL_GPU_TYPES"]

MULTI_MODEL_GPU_TYPES = (
    "ml.p2.xlarge",
    "ml.p3.2xlarge",
    *(f"ml.g5.{size}" for size in ("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")),
    *(f"ml.g4dn.{size}" for size in ("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")),
)
"""All have one GPU."""
