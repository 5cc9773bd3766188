"""What SageMaker asks of a Triton container, and what the container does with it.

``serving_plan`` tells what the image's ``serve`` would start; ``map_ping``, ``map_invocation`` and
``answer_content_type`` turn what SageMaker sends into KServe v2, which a Triton on loopback answers, and
back.
"""

from local.triton.sagemaker_contract.frontend import (
    BINARY_CONTENT_TYPE,
    KserveRequest,
    RefusedInvocation,
    answer_content_type,
    map_invocation,
    map_ping,
)
from local.triton.sagemaker_contract.serve_rules import IgnoredSetting, ServingPlan, serving_plan

__all__ = [
    "BINARY_CONTENT_TYPE",
    "IgnoredSetting",
    "KserveRequest",
    "RefusedInvocation",
    "ServingPlan",
    "answer_content_type",
    "map_invocation",
    "map_ping",
    "serving_plan",
]
