"""One multi-model endpoint: which models one container loads as requests ask for them."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Distinct, Items
from spec.hosted_endpoint import HostedEndpoint
from spec.model_name import ModelName

__all__ = ["MODELS_MAXIMUM", "MultiModelEndpoint"]

MODELS_MAXIMUM = 150
"""Each model is an output of the endpoint's stack, of which CloudFormation takes 200 (CloudFormation user
guide, "Understand CloudFormation quotas")."""


class MultiModelEndpoint(HostedEndpoint):
    """A multi-model endpoint: a request names its model, which the container loads if it hasn't yet.

    One container serves all models, so their `container` sections are the same, and so is what serves them.
    Another model, or another content, leaves the endpoint as it is: only the archive is uploaded. The first
    model with a response cache alone starts the container anew, with a cache.
    """

    type: Literal["multi-model"] = Field(description="The kind of endpoint.")
    models: Annotated[Items[ModelName], Distinct()] = Field(
        min_length=1,
        max_length=MODELS_MAXIMUM,
        description="The keys of the models under models, 1 to 150; a request names one as TargetModel.",
    )
    model_cache: Literal["Enabled", "Disabled"] = Field(
        default="Enabled",
        description="Whether SageMaker keeps models loaded, or loads one for each request (SageMaker API "
        "Reference, MultiModelConfig, ModelCacheSetting). Default: Enabled.",
    )

    @property
    def served(self) -> tuple[str, ...]:
        """The names of its models."""
        return self.models
