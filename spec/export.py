"""How a module of a factory becomes a file that a server can load."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from spec._base import SpecModel, text
from spec.factory import Arguments, Factory
from spec.tensorrt import TensorRT
from spec.weights import Weights

__all__ = ["Export", "ExportVersion"]

VersionNumber = Annotated[
    str, text(r"^[1-9][0-9]*$", allowed='a version number in quotes, such as "1"', maximum=18)
]
"""The name of a version's folder (Triton user guide, "Model Repository", model versions)."""


class ExportVersion(SpecModel):
    """One of several versions of a model: what it has otherwise than the others."""

    arguments: Arguments = Field(
        default_factory=dict,
        description="Arguments of the factory beside those of the export, in whose place they stand "
        "where both have one. Default: none.",
    )
    weights: Weights | None = Field(default=None, description="Default: those of the export.")


def _needed_for(to: str, key: str) -> dict[str, Any]:
    """Return the JSON Schema of an export that gives ``key``, not null, where its format is ``to``."""
    given = {"required": [key], "patternProperties": {f"^{key}$": {"not": {"type": "null"}}}}
    return {"anyOf": [given, {"patternProperties": {"^to$": {"not": {"const": to}}}}]}


class Export(Factory):
    """Where the PyTorch module comes from, and the format it leaves PyTorch in."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [_needed_for("torchscript", "how"), _needed_for("tensorrt", "tensorrt")],
        }
    )

    to: Literal["torchscript", "onnx", "tensorrt"] = Field(
        description="The format: torchscript, served by Triton's pytorch_libtorch platform or a PyTorch "
        "image; onnx, by Triton's onnxruntime_onnx; tensorrt, a plan by tensorrt_plan, which is built from "
        "ONNX on the endpoint's own GPU family (`seatrial package --remote`)."
    )
    how: Literal["trace", "script"] | None = Field(
        default=None,
        description="Of torchscript alone, and needed there: trace records the operations of one call, so "
        "that Python control flow is frozen as the sample took it; script compiles forward() with its "
        "control flow (PyTorch documentation, TorchScript). Default: none, other formats have their own way.",
    )
    freeze: bool = Field(
        default=False,
        description="Of torchscript alone: make parameters and attributes constants (torch.jit.freeze). "
        "Default: false.",
    )
    optimize: bool = Field(
        default=False,
        description="Of torchscript alone: fuse and rewrite for inference on the packaging machine's kind of "
        "processor (torch.jit.optimize_for_inference), which also freezes. Default: false.",
    )
    opset: Annotated[int, Field(ge=18, le=23)] | None = Field(
        default=None,
        description="Of onnx and tensorrt alone: the version of ONNX's operators. Default: 18, which the "
        "ONNX Runtime of every published Triton image knows.",
    )
    tensorrt: TensorRT | None = Field(
        default=None,
        description="Of tensorrt alone, and needed there: how and on what the plan is built. "
        "Default: none, other formats are built where they are packaged.",
    )
    versions: dict[VersionNumber, ExportVersion] = Field(
        default_factory=dict,
        description="Several versions of the model by number, each with arguments or weights of its own; "
        "`triton.version_policy` says which are served. Default: one version, number 1.",
    )

    def of_version(self, number: str) -> "Export":
        """Return the export of one version, as if it were the only one.

        Raises:
            KeyError: there is no such version.
        """
        version = self.versions[number]
        return self.model_copy(
            update={
                "arguments": {**self.arguments, **version.arguments},
                "weights": version.weights if version.weights is not None else self.weights,
                "versions": {},
            }
        )
