"""What a deployment builds in its account."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Distinct, Items, SpecModel, text
from spec.model_name import ModelName

__all__ = ["RemoteBuild"]

PackageIndex = Annotated[
    str,
    text(
        r"^https://[^\s@]+$",
        allowed="the https:// address of a Python package index, without a user's name or password",
        maximum=512,
    ),
]
"""Without credentials: it is an environment variable of the project in plain text."""


class RemoteBuild(SpecModel):
    """The stack ``<deployment>-build``, and what `seatrial package --remote` asks of it.

    TensorRT plans are built by SageMaker processing jobs, every other model by a CodeBuild project.
    """

    type: Literal["account"] = Field(description="In the deployment's own account and region.")
    models: Annotated[Items[ModelName], Distinct()] = Field(
        default=(),
        description="The models that `seatrial package --remote` packages in the CodeBuild project, because "
        "they are too large for a laptop; what they are made of goes along. Their sources and files lie in "
        "the project. Default: none, all but TensorRT plans is built where it is packaged.",
    )
    timeout_minutes: int = Field(
        default=120,
        ge=5,
        le=480,
        description="After so many minutes a job is stopped; CodeBuild takes 5 to 480 (CodeBuild API "
        "reference, CreateProject, timeoutInMinutes). Default: 120.",
    )
    volume_gib: int = Field(
        default=50,
        ge=1,
        le=16384,
        description="The disk of a processing job, in GiB: the model's ONNX file and its plan lie on it "
        "(SageMaker API reference, ProcessingClusterConfig, VolumeSizeInGB). Default: 50.",
    )
    compute_type: Literal[
        "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE", "BUILD_GENERAL1_XLARGE", "BUILD_GENERAL1_2XLARGE"
    ] = Field(
        default="BUILD_GENERAL1_2XLARGE",
        description="The machine of the CodeBuild project: 7, 15, 70 or 145 GB of memory (CodeBuild user "
        "guide, build environment compute modes and types). Default: BUILD_GENERAL1_2XLARGE.",
    )
    package_index: PackageIndex | None = Field(
        default=None,
        description="The Python package index that the CodeBuild project installs from. Default: pip's own.",
    )
    log_retention_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] = Field(
        default=30,
        description="How long the log of the CodeBuild project is kept; those of processing jobs are "
        "SageMaker's, in /aws/sagemaker/ProcessingJobs. Default: 30.",
    )
