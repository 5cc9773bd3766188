"""One adapter: weights that the copies of an inference component load beside its model."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text
from spec.acknowledgments import Acknowledgments
from spec.component import ComponentKey, ComponentName

__all__ = ["Adapter"]

ArtifactAddress = Annotated[
    str,
    text(
        r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^\s*?$]+\.tar\.gz$",
        allowed="s3://<bucket>/<key>.tar.gz",
        maximum=1024,  # SageMaker API Reference, InferenceComponentContainerSpecification, ArtifactUrl
    ),
]


class Adapter(SpecModel):
    """An adapter inference component: without copies and compute of its own, its base's copies load it."""

    base: ComponentKey = Field(
        description="The key of the component of this endpoint whose copies load the adapter (SageMaker API "
        "Reference, InferenceComponentSpecification, BaseInferenceComponentName). Its container must know "
        "how: AWS's large model containers do, Triton does not."
    )
    artifact: ArtifactAddress = Field(
        description="Where the adapter lies: one .tar.gz in Amazon S3, in a bucket of this account without a "
        "KMS key of its own. Seatrial doesn't pack it; a changed adapter needs another key."
    )
    name: ComponentName | None = Field(
        default=None,
        description="The adapter's name in SageMaker, what requests give as InferenceComponentName: at most "
        "63 characters, unique among the inference components of account and region, whatever the case. "
        "Default: the deployment's name, the endpoint's key and the adapter's key, with hyphens between.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)
