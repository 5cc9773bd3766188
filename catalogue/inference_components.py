"""Where CloudFormation can make inference components."""

from functools import cache

from catalogue._data import read_data

__all__ = ["inference_component_regions"]


@cache
def inference_component_regions() -> tuple[str, ...]:
    """Return the regions whose CloudFormation has ``AWS::SageMaker::InferenceComponent``, sorted."""
    return tuple(read_data("inference_component_regions")["regions"])
