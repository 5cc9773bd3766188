"""A model of Triton's Python backend."""

from typing import Annotated

from pydantic import Field

from spec._base import Distinct, Items, SpecModel
from spec.addresses import ProjectFile
from spec.model_name import ModelName

__all__ = ["PythonBackend"]


class PythonBackend(SpecModel):
    """A ``TritonPythonModel`` of your own; it is packed as model.py and never imported while packaging."""

    from_: ProjectFile = Field(
        alias="from", description="The file of the project that defines TritonPythonModel."
    )
    files: Annotated[Items[ProjectFile], Distinct()] = Field(
        default=(),
        description="Files that are packed beside it, under their own names, such as a vocabulary or a "
        "module that it imports. Default: none.",
    )
    calls: Annotated[Items[ModelName], Distinct()] = Field(
        default=(),
        description="Models of this file that it calls while it answers (Triton Python backend, business "
        "logic scripting): they are packed beside it and loaded with it. Default: none.",
    )
