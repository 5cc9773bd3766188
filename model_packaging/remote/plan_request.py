"""What a TensorRT plan is built from, and the key that names it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import catalogue
from model_packaging.artifact.keys import canonical_json
from model_packaging.artifact.signature import VARIABLE, Signature, TensorSpec
from model_packaging.remote.errors import PlanRequestError
from model_packaging.remote.job import build_plan
from spec.tensorrt import TensorRT

__all__ = ["PLAN_SCRIPT", "PlanRequest", "trtexec_arguments"]

PLAN_SCRIPT = Path(build_plan.__file__)
"""The script that runs in the job."""

_KEY_FORMAT = "seatrial-plan-1"
_PRECISIONS: dict[str, tuple[str, ...]] = {"fp32": (), "fp16": ("--fp16",), "bf16": ("--bf16",)}


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A plan to build.

    Attributes:
        model: its name in the deployment file.
        onnx: the model's ONNX file; whatever lies beside it goes along.
        signature: of the model: the ONNX file's inputs have the same names.
        max_batch_size: the largest batch; 0 where the model has no batch dimension.
        tensorrt: how it is built.
        image_uri: the Triton image that will serve it, in which it is built.
    """

    model: str
    onnx: Path
    signature: Signature
    max_batch_size: int
    tensorrt: TensorRT
    image_uri: str

    @property
    def files(self) -> tuple[Path, ...]:
        """The ONNX file and what lies beside it, by name."""
        return tuple(sorted(path for path in self.onnx.parent.iterdir() if path.is_file()))

    @property
    def gpu(self) -> str:
        """NVIDIA's name of the GPU that it is built on and for."""
        family = catalogue.gpu_family(self.tensorrt.instance_type)
        return family.gpu if family is not None else ""

    def key(self) -> str:
        """Return 64 hexadecimal digits: sha256 over everything that decides the plan; reads the files.

        Raises:
            PlanRequestError: the range of a dimension that varies is not said.
        """
        document = {
            "format": _KEY_FORMAT,
            "files": [(path.name, _sha256_of(path)) for path in self.files],
            "arguments": trtexec_arguments(self),
            "image": self.image_uri,
            "gpu": self.gpu,
            "script": _sha256_of(PLAN_SCRIPT),
        }
        return hashlib.sha256(canonical_json(document)).hexdigest()


def trtexec_arguments(request: PlanRequest) -> tuple[str, ...]:
    """Return the options of ``trtexec`` besides the files'.

    Source: NVIDIA TensorRT documentation, "Command-Line Programs", trtexec, the commonly used flags of the
    building phase; a memory pool's size is in MiB.

    Raises:
        PlanRequestError: the range of a dimension that varies is not said, or one that is said is no input's.
    """
    said = request.tensorrt
    workspace = () if said.workspace_mib is None else (f"--memPoolSize=workspace:{said.workspace_mib}",)
    return (
        "--skipInference",
        f"--builderOptimizationLevel={said.builder_optimization_level}",
        *_PRECISIONS[said.precision],
        *workspace,
        *_shape_arguments(request),
    )


def _shape_arguments(request: PlanRequest) -> tuple[str, ...]:
    inputs = request.signature.inputs
    names = {each.name for each in inputs}
    unknown = sorted(request.tensorrt.shapes.keys() - names)
    if unknown:
        raise PlanRequestError(
            f"export.tensorrt.shapes names {unknown[0]!r}; the model takes {', '.join(sorted(names))}.",
            "name one of these.",
        )
    if not request.max_batch_size and not any(VARIABLE in each.dims for each in inputs):
        return ()  # every dimension is the ONNX file's
    largest = request.max_batch_size
    optimal = request.tensorrt.optimal_batch_size or largest
    if optimal > largest:
        raise PlanRequestError(
            f"export.tensorrt.optimal_batch_size is {optimal}; triton.max_batch_size is {largest}.",
            "lower the first or raise the second.",
        )
    batches = (min(1, largest), optimal, largest)
    dims = [_range_of(request, each) for each in inputs]
    return tuple(
        f"--{which}Shapes="
        + ",".join(_shape(tensor, batch, each[index]) for tensor, each in zip(inputs, dims, strict=True))
        for index, (which, batch) in enumerate(zip(("min", "opt", "max"), batches, strict=True))
    )


def _range_of(request: PlanRequest, tensor: TensorSpec) -> tuple[str, str, str]:
    said = request.tensorrt.shapes.get(tensor.name)
    if said is None:
        if VARIABLE in tensor.dims:
            raise PlanRequestError(
                f"the input {tensor.name!r} has the dimensions {list(tensor.dims)}, of which those that are "
                f"{VARIABLE} vary, and nothing says how much.",
                f"add export.tensorrt.shapes.{tensor.name} with min, opt and max, without the batch.",
            )
        fixed = "x".join(map(str, tensor.dims))
        return fixed, fixed, fixed
    for shape in (said.min, said.opt, said.max):
        sizes = [int(size) for size in shape.split("x")]
        if len(sizes) != len(tensor.dims) or any(
            size != dim for size, dim in zip(sizes, tensor.dims, strict=True) if dim != VARIABLE
        ):
            raise PlanRequestError(
                f"export.tensorrt.shapes.{tensor.name} says {shape}; the input has the dimensions "
                f"{list(tensor.dims)} without the batch.",
                f"keep what is fixed, and say a size for every {VARIABLE}.",
            )
    return said.min, said.opt, said.max


def _shape(tensor: TensorSpec, batch: int, dims: str) -> str:
    sizes = [str(batch)] if batch else []
    return f"{tensor.name}:" + "x".join([*sizes, *([dims] if dims else [])])


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
