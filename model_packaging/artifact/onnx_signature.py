"""Reads what an ONNX file takes and gives, and which files it needs beside it; no weight is read.

Source: ONNX, onnx/onnx.proto (field numbers), docs/IR.md ("Graphs": an input that has an initializer may be
left out by who runs the model) and docs/ExternalData.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact._protobuf_wire import Field, WireError, WireReader
from model_packaging.artifact.effort import Effort
from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.forward_bytes import FileBytes, ForwardBytes, ForwardFile
from model_packaging.artifact.signature import VARIABLE, Signature, TensorSpec

__all__ = [
    "EXTERNAL_DATA_SUFFIX",
    "OnnxSignature",
    "OnnxSignatureError",
    "OnnxTensor",
    "onnx_signature_of",
    "read_onnx_signature",
]

EXTERNAL_DATA_SUFFIX = ".data"
"""Of the file of weights that the exporter writes beside the model's."""

_DATATYPES = {
    1: "FP32",
    2: "UINT8",
    3: "INT8",
    4: "UINT16",
    5: "INT16",
    6: "INT32",
    7: "INT64",
    8: "BYTES",
    9: "BOOL",
    10: "FP16",
    11: "FP64",
    12: "UINT32",
    13: "UINT64",
}
"""KServe v2 names of ``TensorProto.DataType``, for those that Triton's ONNX Runtime backend takes."""

_MAX_NAME_BYTES = 4096
_MAX_TENSORS = 10_000
_MAX_DIMS = 64


class OnnxSignatureError(ArtifactError):
    """A file is no ONNX model, or one that is not read to its end."""


@dataclass(frozen=True, slots=True)
class OnnxTensor:
    """One input or output of the graph.

    Attributes:
        name: in the graph.
        datatype: KServe v2 name; empty where Triton's backend takes no such type, or it is no tensor.
        shape: every dimension, the batch's included; ``VARIABLE`` (-1) for one that has no fixed size. Empty
            for a scalar.
        has_shape: False where the file gives no shape; then ``shape`` is empty.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    has_shape: bool = True


@dataclass(frozen=True, slots=True)
class OnnxSignature:
    """What an ONNX file says of itself.

    Attributes:
        inputs: those that every run must be given.
        overridable: inputs that have a value in the file.
        outputs: of the graph.
        opset: version of ONNX's own operators; 0 where the file names none.
        external_files: files of weights, relative to the model's folder, sorted.
        ir_version: of the file's own format; 0 where the file names none.
    """

    inputs: tuple[OnnxTensor, ...]
    overridable: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]
    opset: int
    external_files: tuple[str, ...]
    ir_version: int = 0

    def signature(self, *, batched: bool) -> Signature:
        """Return inputs and outputs as a request has them.

        Args:
            batched: the first dimension of every tensor is the batch's, and ``dims`` leaves it out.
        """
        return Signature(
            inputs=tuple(_request_tensor(each, batched=batched) for each in self.inputs),
            outputs=tuple(_request_tensor(each, batched=batched) for each in self.outputs),
            batched=batched,
        )


def _request_tensor(tensor: OnnxTensor, *, batched: bool) -> TensorSpec:
    """Write a scalar as one value: config.pbtxt knows no tensor without dimensions."""
    dims = tensor.shape[1:] if batched else tensor.shape
    return TensorSpec(tensor.name, tensor.datatype, dims or (() if batched else (1,)))


def read_onnx_signature(path: Path) -> OnnxSignature:
    """Return what the ONNX file at ``path`` says; nothing in it is run, and its weights stay unread.

    Raises:
        OnnxSignatureError: it can't be read, or is no ONNX model.
    """
    try:
        with path.open("rb") as file:
            return onnx_signature_of(FileBytes(file, path, path.stat().st_size), str(path))
    except OSError as error:
        raise OnnxSignatureError(f"{path}: can't be read ({error.strerror or error})") from error


def onnx_signature_of(source: ForwardBytes, shown: str, effort: Effort | None = None) -> OnnxSignature:
    """Return what an ONNX file says that is read once, from its first byte on.

    Args:
        source: its bytes.
        shown: how errors name it.
        effort: each field is a step of it.

    Raises:
        OnnxSignatureError: it is no ONNX model.
        EffortSpentError: no step is left.
    """
    try:
        return _Graphs(WireReader(ForwardFile(source), source.size_bytes, effort)).signature()
    except WireError as error:
        raise OnnxSignatureError(f"{shown}: is no readable ONNX model ({error}); export it again") from error


class _Graphs:
    """What has been found so far in the graph, which protobuf allows to be given in pieces."""

    def __init__(self, reader: WireReader) -> None:
        self._reader = reader
        self._inputs: list[OnnxTensor] = []
        self._outputs: list[OnnxTensor] = []
        self._initializers: set[str] = set()
        self._external: set[str] = set()
        self._opset = 0
        self._ir_version = 0

    def signature(self) -> OnnxSignature:
        for field in self._reader.message():
            if field.number == 1:  # ModelProto.ir_version
                self._ir_version = field.value
            elif field.number == 7:  # noqa: PLR2004 - ModelProto.graph
                self._read_graph(field)
            elif field.number == 8:  # noqa: PLR2004 - ModelProto.opset_import
                self._read_opset(field)
        if not self._inputs and not self._outputs:
            raise WireError("it has no graph with inputs or outputs")
        return OnnxSignature(
            inputs=tuple(each for each in self._inputs if each.name not in self._initializers),
            overridable=tuple(each for each in self._inputs if each.name in self._initializers),
            outputs=tuple(self._outputs),
            opset=self._opset,
            external_files=tuple(sorted(self._external)),
            ir_version=self._ir_version,
        )

    def _read_graph(self, graph: Field) -> None:
        for field in self._reader.fields(graph):
            match field.number:
                case 5:  # GraphProto.initializer
                    self._read_initializer(field)
                case 11:  # GraphProto.input
                    self._inputs.append(self._tensor(field))
                case 12:  # GraphProto.output
                    self._outputs.append(self._tensor(field))
        if len(self._inputs) + len(self._outputs) > _MAX_TENSORS:
            raise WireError(f"it has more than {_MAX_TENSORS} inputs and outputs")

    def _read_opset(self, opset: Field) -> None:
        domain, version = "", 0
        for field in self._reader.fields(opset):
            if field.number == 1:
                domain = self._reader.text(field, _MAX_NAME_BYTES)
            elif field.number == 2:  # noqa: PLR2004 - OperatorSetIdProto.version
                version = field.value
        if domain in ("", "ai.onnx"):
            self._opset = version

    def _read_initializer(self, tensor: Field) -> None:
        for field in self._reader.fields(tensor):
            if field.number == 8:  # noqa: PLR2004 - TensorProto.name
                self._initializers.add(self._reader.text(field, _MAX_NAME_BYTES))
            elif field.number == 13:  # noqa: PLR2004 - TensorProto.external_data
                key, value = self._entry(field)
                if key == "location":
                    self._external.add(value)

    def _entry(self, entry: Field) -> tuple[str, str]:
        texts = {1: "", 2: ""}
        for field in self._reader.fields(entry):
            if field.number in texts:
                texts[field.number] = self._reader.text(field, _MAX_NAME_BYTES)
        return texts[1], texts[2]

    def _tensor(self, value: Field) -> OnnxTensor:
        """Read a ValueInfoProto: its name, and of its type the tensor's."""
        name, datatype, shape = "", "", None
        for field in self._reader.fields(value):
            if field.number == 1:
                name = self._reader.text(field, _MAX_NAME_BYTES)
            elif field.number == 2:  # noqa: PLR2004 - ValueInfoProto.type
                for tensor in self._only(field, 1):  # TypeProto.tensor_type
                    for part in self._reader.fields(tensor):
                        if part.number == 1:
                            datatype = _DATATYPES.get(part.value, "")
                        elif part.number == 2:  # noqa: PLR2004 - TypeProto.Tensor.shape
                            shape = [self._size(dim) for dim in self._only(part, 1)]
        if len(shape or ()) > _MAX_DIMS:
            raise WireError(f"{name!r} has more than {_MAX_DIMS} dimensions")
        return OnnxTensor(name, datatype, tuple(shape or ()), has_shape=shape is not None)

    def _size(self, dimension: Field) -> int:
        """Read a TensorShapeProto.Dimension: a number, or a name that stands for any."""
        size = VARIABLE
        for field in self._reader.fields(dimension):
            size = field.value if field.number == 1 and field.value >= 0 else VARIABLE
        return size

    def _only(self, message: Field, number: int) -> Iterator[Field]:
        return (field for field in self._reader.fields(message) if field.number == number)
