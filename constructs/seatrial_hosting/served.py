"""What a network is for: the names that its endpoint policies let through."""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Served"]

ANYTHING = "*"


@dataclass(frozen=True, slots=True)
class Served:
    """The endpoints, models, images and artifacts that callers and containers in a network may reach.

    Every default means "any of this account", for an app that names its endpoints elsewhere. A name may end
    in ``*``, for all that begin with it.

    Attributes:
        endpoint_names: may be invoked, described, and logged.
        component_names: inference components, likewise.
        model_name_prefix: with which the generated names of models and configurations begin; these may be
            described.
        image_repository_arns: images in these may be pulled. None: in any, those of other accounts too.
        artifact_buckets: hold the artifacts, in this account. None: any of its buckets.
        listed_prefixes: with which keys in them begin that may be listed, as multi-model endpoints do, and
            models that are not packed; ``*`` for any.
    """

    endpoint_names: tuple[str, ...] = (ANYTHING,)
    component_names: tuple[str, ...] = (ANYTHING,)
    model_name_prefix: str = ""
    image_repository_arns: tuple[str, ...] | None = None
    artifact_buckets: tuple[str, ...] | None = None
    listed_prefixes: tuple[str, ...] = (ANYTHING,)

    def log_group_names(self) -> Iterator[str]:
        """Yield the log groups that SageMaker writes into."""
        for name in self.endpoint_names:
            yield f"/aws/sagemaker/Endpoints/{name}"
        for name in self.component_names:
            yield f"/aws/sagemaker/InferenceComponents/{name}"
