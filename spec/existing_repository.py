"""A Triton model repository that is there already."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text
from spec.addresses import PART, Sha256
from spec.model_name import ModelName

__all__ = ["ExistingRepository"]

RepositoryAddress = Annotated[
    str,
    text(
        rf"^({PART}(/{PART})*|s3://{PART}(/{PART})*\.tar\.gz)$",
        allowed="a folder of the project such as models/existing, or s3://bucket/key.tar.gz",
        maximum=1024,
    ),
]


class ExistingRepository(SpecModel):
    """A repository of one or more model folders, packed as it is: its config.pbtxt files are its own."""

    from_: RepositoryAddress = Field(
        alias="from",
        description="The folder that holds the model folders, relative to the project's root, or an archive "
        "of it in Amazon S3.",
    )
    model: ModelName | None = Field(
        default=None,
        description="The model folder that answers. Default: the only one that is there.",
    )
    sha256: Sha256 | None = Field(
        default=None, description="The archive's digest, in quotes. Default: none, for a folder."
    )
