"""Short sections of config.pbtxt: versions, transactions, the response cache and metrics."""

from typing import Annotated

from pydantic import Field

from spec._base import Distinct, Items, SpecModel
from spec._triton_values import Bucket, FeatureName, Uint32, Uint64

__all__ = [
    "AllVersions",
    "HistogramOptions",
    "LatestVersions",
    "MetricControl",
    "MetricIdentifier",
    "ModelMetrics",
    "ResponseCache",
    "SpecificVersions",
    "TransactionPolicy",
    "VersionPolicy",
]


class LatestVersions(SpecModel):
    """The newest versions are served."""

    num_versions: Annotated[Uint32, Field(ge=1)] = Field(default=1, description="How many. Default: 1.")


class AllVersions(SpecModel):
    """Every version is served."""


class SpecificVersions(SpecModel):
    """Named versions are served."""

    versions: Annotated[Items[Annotated[Uint64, Field(ge=1)]], Distinct(), Field(min_length=1)] = Field(
        description="Their numbers, of those under `export.versions`; other models have version 1."
    )


class VersionPolicy(SpecModel):
    """Which of the packed versions are served; exactly one of the three (Triton, version policy)."""

    latest: LatestVersions | None = Field(default=None, description="The newest ones. Default: not said.")
    all: AllVersions | None = Field(default=None, description="{} serves all. Default: not said.")
    specific: SpecificVersions | None = Field(default=None, description="Named ones. Default: not said.")


class TransactionPolicy(SpecModel):
    """How many answers a request gets (Triton, decoupled backends and models)."""

    decoupled: bool = Field(
        description="Whether a request may get none, one or several answers, in any order; the backend must "
        "be able to."
    )


class ResponseCache(SpecModel):
    """Answers are kept and given again to equal requests (Triton, response cache)."""

    enable: bool = Field(
        description="The server is started with a cache of 64 MiB for it, unless --cache-config in the "
        "container's SAGEMAKER_TRITON_ADDITIONAL_ARGS gives another."
    )


class MetricIdentifier(SpecModel):
    """Which metric."""

    family: FeatureName = Field(description="Such as nv_inference_first_response_histogram_ms.")


class HistogramOptions(SpecModel):
    """How a histogram counts."""

    buckets: Annotated[Items[Bucket], Distinct(), Field(min_length=1)] = Field(
        description="Upper bounds of its buckets, rising."
    )


class MetricControl(SpecModel):
    """The settings of one metric."""

    metric_identifier: MetricIdentifier = Field(description="Which one.")
    histogram_options: HistogramOptions = Field(description="Its buckets.")


class ModelMetrics(SpecModel):
    """Metrics of the model with settings of their own (Triton, metrics, histograms)."""

    metric_control: Items[MetricControl] = Field(default=(), description="Default: none.")
