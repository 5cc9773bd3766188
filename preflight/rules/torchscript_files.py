"""SEA231 to SEA235: config.pbtxt, whoever wrote it, against ``forward`` in the TorchScript file.

The file's source text is read, never run. It says which arguments there are and how many results, not their
data types and sizes: those only an eager module shows (SEA3xx).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.torchscript_signature import (
    TorchScriptSignature,
    argument_places,
    result_places,
)
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import NO_DATATYPE, TritonConfig, config_of, triton_datatype

__all__ = [
    "argument_no_tensor",
    "datatype_without_a_torch_type",
    "input_count_differs",
    "input_position_impossible",
    "output_index_beyond",
]

_NOT_LOADED = "Triton refuses the model, and the endpoint fails after its start-up time-out."
_DATATYPES = ("BOOL", "UINT8", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES")
"""What the backend makes tensors of; strings come as a list."""


@dataclass(frozen=True, slots=True)
class _Script:
    """A TorchScript file and the configuration it is served with."""

    path: str
    config: TritonConfig
    signature: TorchScriptSignature

    @property
    def inputs(self) -> list[str]:
        """Every input by name, those included that Triton fills for sequences."""
        return [each.name for each in self.config.inputs] + sorted(self.config.sequences.inputs)

    @property
    def arguments(self) -> list[str]:
        """The names of forward's."""
        return [each.name for each in self.signature.arguments]


@rule(
    "SEA231",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="forward takes or returns what Triton can't pass",
    scope=ARTIFACT,
    source="pytorch_backend, src/libtorch.cc, ValidateInputs and Execute",
    symptom="Triton says 'Only a single input of type Dict(str, Tensor) or input(s) of type Tensor are "
    f"supported': {_NOT_LOADED} A result of another type fails every request.",
    fix="Let forward take tensors, or one Dict[str, Tensor], and return a tensor or a tuple of tensors.",
)
def argument_no_tensor(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A default does not help: every argument wants an input."""
    for script in _scripts(artifact):
        for argument in script.signature.arguments:
            if not script.signature.takes_dictionary and argument.annotation not in ("Tensor", "List[str]"):
                yield Violation(
                    f"forward of {script.path} takes {argument.name!r} of type {argument.annotation}.",
                    "Tensor.",
                )
        if script.signature.output_count is None and script.signature.result != "List[str]":
            yield Violation(
                f"forward of {script.path} returns {script.signature.result}.",
                "Tensor or a tuple of tensors.",
            )


@rule(
    "SEA232",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="another number of inputs than forward has arguments",
    scope=ARTIFACT,
    source="pytorch_backend, src/libtorch.cc, ValidateInputs",
    symptom=f"Triton says 'configuration expects N inputs, model provides M': {_NOT_LOADED}",
    fix="Declare one input for each argument.",
)
def input_count_differs(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Each argument has an input; a dictionary takes any number."""
    for script in _scripts(artifact):
        differ = len(script.inputs) != len(script.arguments) and not script.signature.takes_dictionary
        if script.inputs and differ:
            yield Violation(
                f"config.pbtxt gives {len(script.inputs)} inputs; forward of {script.path} has "
                f"{len(script.arguments)} arguments: {', '.join(script.arguments)}.",
                f"{len(script.arguments)} inputs.",
                field=("input",),
            )


@rule(
    "SEA233",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="inputs whose names lead to no argument of forward",
    scope=ARTIFACT,
    source="pytorch_backend, src/libtorch.cc, GetNamingConvention and AddInputToMap",
    symptom="Triton writes past forward's arguments or leaves one undefined: it crashes, or every answer is "
    "wrong. Inputs of other names go by their order in config.pbtxt, which older images refuse.",
    fix="Name the inputs after forward's arguments, or <name>__<index> with every index once.",
)
def input_position_impossible(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Inputs go by the names of forward's arguments if all do, by their indices if all have one."""
    for script in _scripts(artifact):
        names, arguments = script.inputs, script.arguments
        comparable = len(names) == len(arguments) and not script.signature.takes_dictionary
        if comparable and argument_places(names, arguments) is None:
            yield Violation(
                f"The inputs {', '.join(names)} are neither forward's arguments in {script.path} nor "
                "numbered "
                f"from 0 to {len(arguments) - 1}.",
                f"{', '.join(arguments)}; or "
                f"{', '.join(f'INPUT__{place}' for place in range(len(arguments)))}.",
                field=("input",),
            )


@rule(
    "SEA234",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="an output that forward does not return",
    scope=ARTIFACT,
    source="pytorch_backend, src/libtorch.cc, ReadOutputTensors",
    symptom="Triton says 'refers to an output index which doesn't exist', to every request.",
    fix="Number outputs <name>__<index> from 0, one for each result.",
)
def output_index_beyond(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Outputs go by the index in their names if all have one, otherwise by their order."""
    for script in _scripts(artifact):
        count = script.signature.output_count
        if count is None:
            continue
        for name, place in result_places([each.name for each in script.config.outputs]).items():
            if place >= count:
                yield Violation(
                    f"The output {name!r} is result {place} of forward in {script.path}, which returns "
                    f"{count}.",
                    f"0 to {count - 1}.",
                    field=("output",),
                )


@rule(
    "SEA235",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a data type that LibTorch does not take",
    scope=ARTIFACT,
    source="pytorch_backend, src/libtorch_utils.cc, ModelConfigDataTypeToTorchType; src/libtorch.cc, "
    "ValidateInputs and ValidateOutputs",
    symptom=f"Triton says 'unsupported datatype': {_NOT_LOADED}",
    fix="Let forward take and return another type, and declare that.",
)
def datatype_without_a_torch_type(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Triton has more data types than the backend: no wider unsigned integers, no BF16."""
    script = next(_scripts(artifact), None)
    if script is None:
        return
    config = script.config
    named = [
        *((f"The input {each.name!r}", each.datatype) for each in config.inputs),
        *((f"The output {each.name!r}", each.datatype) for each in config.outputs),
        *((f"The state of {name!r}", datatype) for name, datatype in config.sequences.state_datatypes),
    ]
    for words, datatype in named:
        if datatype not in (*_DATATYPES, NO_DATATYPE):
            yield Violation(
                f"{words} is {triton_datatype(datatype)}.", f"{', '.join(map(triton_datatype, _DATATYPES))}."
            )


def _scripts(artifact: ArtifactInspection) -> Iterator[_Script]:
    config = config_of(artifact)
    if config is None or config.serving_backend != "pytorch":
        return
    for file in artifact.model_files:
        if isinstance(file.found, TorchScriptSignature):
            yield _Script(file.path, config, file.found)
