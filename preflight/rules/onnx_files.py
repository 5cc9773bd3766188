"""SEA222 to SEA227: config.pbtxt, whoever wrote it, against an ONNX model's own graph, which is not run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.onnx_signature import OnnxSignature, OnnxTensor
from model_packaging.artifact.signature import VARIABLE
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import ConfiguredTensor, TritonConfig, config_of, triton_datatype

__all__ = [
    "external_data_missing",
    "fixed_batch_size",
    "onnx_datatype_differs",
    "onnx_dims_differ",
    "onnx_input_count_differs",
    "onnx_tensor_unknown",
]

_SOURCE = "onnxruntime_backend, src/onnxruntime.cc, ValidateInputs and ValidateOutputs"
_NOT_LOADED = "Triton refuses the model, and the endpoint fails after its start-up time-out."
_AS_THE_FILE = "Write into config.pbtxt what the file has, or export the model again."


@dataclass(frozen=True, slots=True)
class _Graph:
    """An ONNX file and the configuration it is served with."""

    path: str
    config: TritonConfig
    signature: OnnxSignature

    @property
    def inputs(self) -> dict[str, OnnxTensor]:
        """What a request may set."""
        return {each.name: each for each in (*self.signature.inputs, *self.signature.overridable)}

    def field(self, role: str, name: str) -> tuple[str | int, ...]:
        """Return the place of a declared tensor in config.pbtxt."""
        tensors = self.config.inputs if role == "input" else self.config.outputs
        return role, [each.name for each in tensors].index(name)

    def pairs(self) -> Iterator[tuple[str, ConfiguredTensor, OnnxTensor]]:
        """Yield the tensors that both know: the role, the configuration's and the file's."""
        outputs = {each.name: each for each in self.signature.outputs}
        for role, declared, known in (
            ("input", self.config.inputs, self.inputs),
            ("output", self.config.outputs, outputs),
        ):
            for tensor in declared:
                if tensor.name in known:
                    yield role, tensor, known[tensor.name]


@rule(
    "SEA222",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="weights that an ONNX model refers to are missing",
    scope=ARTIFACT,
    source="ONNX, docs/ExternalData.md",
    symptom=f"ONNX Runtime can't open the file of weights: {_NOT_LOADED}",
    fix="Ship the file beside the model, under the name that the model gives it.",
)
def external_data_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Weights outside of the model are found relative to its folder, and nowhere else."""
    packed = {record.path for record in artifact.files}
    for graph in _graphs(artifact):
        folder = PurePosixPath(graph.path).parent
        for name in graph.signature.external_files:
            parts = PurePosixPath(name).parts
            if name.startswith("/") or ".." in parts:
                yield Violation(
                    f"{graph.path} keeps weights in {name!r}, outside of its folder.",
                    "a file in the model's folder.",
                )
            elif f"{folder / name}" not in packed:
                yield Violation(
                    f"{graph.path} keeps weights in {name!r}, and the archive holds no {folder / name}.",
                    f"{folder / name} in the archive.",
                )


@rule(
    "SEA223",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="another number of inputs than the ONNX model has",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'configuration expects N inputs, model provides M': {_NOT_LOADED}",
    fix=_AS_THE_FILE,
)
def onnx_input_count_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Every input of the graph without a value of its own is set by requests, or by Triton for sequences."""
    for graph in _graphs(artifact):
        config = graph.config
        required = [each.name for each in config.inputs if not each.optional]
        given = {*required, *config.sequences.inputs, *(config.batch_tensors & graph.inputs.keys())}
        if config.inputs and len(given) != len(graph.signature.inputs):
            has = _names(graph.signature.inputs)
            yield Violation(
                f"config.pbtxt gives {len(given)} inputs; {graph.path} has {len(graph.signature.inputs)}: "
                f"{has}.",
                f"{has}.",
                field=("input",),
            )


@rule(
    "SEA224",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a tensor that the ONNX model does not have",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'unexpected inference input', or output: {_NOT_LOADED}",
    fix=_AS_THE_FILE,
)
def onnx_tensor_unknown(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Tensors are found by their names in the graph."""
    for graph in _graphs(artifact):
        outputs = [each.name for each in graph.signature.outputs]
        for role, declared, known in (
            ("input", graph.config.inputs, list(graph.inputs)),
            ("output", graph.config.outputs, outputs),
        ):
            unknown = [each.name for each in declared if each.name not in known]
            if unknown:
                yield Violation(
                    f"{graph.path} has no {role} {_listed(unknown)}.",
                    f"{_listed(known) or 'no tensor'}.",
                    field=graph.field(role, unknown[0]),
                )


@rule(
    "SEA225",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="another data type than the ONNX model's",
    scope=ARTIFACT,
    source=_SOURCE,
    symptom=f"Triton says 'configuration expects datatype': {_NOT_LOADED}",
    fix=_AS_THE_FILE,
)
def onnx_datatype_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Nothing is converted between a request and the graph."""
    for graph in _graphs(artifact):
        for role, declared, tensor in graph.pairs():
            if not tensor.datatype:
                yield Violation(
                    f"The {role} {tensor.name!r} of {graph.path} is of a type that Triton's backend does not "
                    "take.",
                    "a tensor of booleans, integers, FP16, FP32, FP64 or strings.",
                    field=graph.field(role, tensor.name),
                )
            elif declared.datatype != tensor.datatype:
                yield Violation(
                    f"config.pbtxt gives the {role} {tensor.name!r} {triton_datatype(declared.datatype)}; in "
                    f"{graph.path} it is {triton_datatype(tensor.datatype)}.",
                    f"{triton_datatype(tensor.datatype)}.",
                    field=(*graph.field(role, tensor.name), "data_type"),
                )


@rule(
    "SEA226",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="other dims than the ONNX model's",
    scope=ARTIFACT,
    source="onnxruntime_backend, src/onnxruntime_utils.cc, CompareDimsSupported",
    symptom=f"Triton says 'the model expects N dimensions': {_NOT_LOADED}",
    fix=_AS_THE_FILE,
)
def onnx_dims_differ(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A size that is fixed in the graph is fixed in the configuration; its batch dimension is left out."""
    for graph in _graphs(artifact):
        batched = graph.config.max_batch_size > 0
        for role, declared, tensor in graph.pairs():
            if declared.ragged or declared.name in graph.config.batch_tensors or _fixes_batch(graph, tensor):
                continue
            if not _fit(declared, tensor, batched=batched):
                wanted = list(tensor.shape[1:] if batched else tensor.shape) or [1]
                yield Violation(
                    f"config.pbtxt gives the {role} {tensor.name!r} the dims {list(declared.model_dims)}; in "
                    f"{graph.path} it has the shape {list(tensor.shape)}.",
                    f"{wanted}{', which leaves the batch dimension out' if batched else ''}.",
                    field=(*graph.field(role, tensor.name), "dims"),
                )


@rule(
    "SEA227",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an ONNX model of a fixed batch size behind max_batch_size",
    scope=ARTIFACT,
    source="onnxruntime_backend, src/onnxruntime_utils.cc, CompareDimsSupported",
    symptom=f"Triton says 'the first dimension must be -1': {_NOT_LOADED}",
    fix="Export the model with a dynamic first dimension, or set max_batch_size: 0 and write all dims.",
)
def fixed_batch_size(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Batches of several sizes need a first dimension that varies, in every tensor."""
    for graph in _graphs(artifact):
        if graph.config.max_batch_size > 0:
            for role, _, tensor in graph.pairs():
                if _fixes_batch(graph, tensor):
                    yield Violation(
                        f"The {role} {tensor.name!r} of {graph.path} has the shape {list(tensor.shape)}; "
                        f"max_batch_size is {graph.config.max_batch_size}.",
                        f"{[VARIABLE, *tensor.shape[1:]]}.",
                        field=("max_batch_size",),
                    )


def _graphs(artifact: ArtifactInspection) -> Iterator[_Graph]:
    config = config_of(artifact)
    if config is None or config.serving_backend != "onnxruntime":
        return
    for file in artifact.model_files:
        if isinstance(file.found, OnnxSignature):
            yield _Graph(file.path, config, file.found)


def _fixes_batch(graph: _Graph, tensor: OnnxTensor) -> bool:
    return graph.config.max_batch_size > 0 and bool(tensor.shape) and tensor.shape[0] != VARIABLE


def _fit(declared: ConfiguredTensor, tensor: OnnxTensor, *, batched: bool) -> bool:
    """Whether sizes agree.

    Where the graph leaves a shape or an output's size open, ONNX Runtime may still find it: any will do.
    """
    if not tensor.has_shape:
        return True
    if not tensor.shape:  # a scalar, for which config.pbtxt writes ones
        return all(size == 1 for size in declared.model_dims)
    said = (VARIABLE, *declared.model_dims) if batched else declared.model_dims
    return len(said) == len(tensor.shape) and all(
        size in (one, VARIABLE) for one, size in zip(said, tensor.shape, strict=True)
    )


def _names(tensors: Sequence[OnnxTensor]) -> str:
    return _listed([each.name for each in tensors])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
