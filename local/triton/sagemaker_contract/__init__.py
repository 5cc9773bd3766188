"""What SageMaker asks of a Triton container, and what the container does with it.

``serving_plan`` tells what the image's ``serve`` would start, ``multi_model_plan`` the same for a multi-model
container; ``map_ping``, ``map_invocation`` and ``answer_content_type`` turn what SageMaker sends into KServe
v2, which a Triton on loopback answers, and back.
"""

from local.triton.sagemaker_contract.frontend import (
    BINARY_CONTENT_TYPE,
    KserveRequest,
    RefusedInvocation,
    answer_content_type,
    error_body,
    map_invocation,
    map_ping,
)
from local.triton.sagemaker_contract.multi_model import (
    MultiModelPlan,
    answering_folder,
    failure_status,
    loaded_model_plan,
    multi_model_plan,
)
from local.triton.sagemaker_contract.serve_rules import (
    MULTI_MODEL_VARIABLE,
    IgnoredSetting,
    ServingPlan,
    serving_plan,
)

__all__ = [
    "BINARY_CONTENT_TYPE",
    "MULTI_MODEL_VARIABLE",
    "IgnoredSetting",
    "KserveRequest",
    "MultiModelPlan",
    "RefusedInvocation",
    "ServingPlan",
    "answer_content_type",
    "answering_folder",
    "error_body",
    "failure_status",
    "loaded_model_plan",
    "map_invocation",
    "map_ping",
    "multi_model_plan",
    "serving_plan",
]
