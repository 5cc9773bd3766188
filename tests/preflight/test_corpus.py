"""The artifact rules over configurations of public repositories: each finding was judged by hand."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model_packaging.artifact import ArtifactInspection, FileRecord, Signature, TensorSpec
from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.errors import ConfigPbtxtError
from model_packaging.artifact.python_model import MODEL_CLASS
from preflight.rule import ARTIFACT
from preflight.running import violations_of

CORPUS = Path(__file__).parent / "corpus"
FINDINGS = CORPUS / "findings.json"

LEAST_FILES = 210
LEAST_REPOSITORIES = 60
MOST_FALSE = 0.01
"""Of the findings, and of the files."""

MODEL_FILES = {
    "pytorch": "model.pt",
    "onnxruntime": "model.onnx",
    "tensorrt": "model.plan",
    "python": "model.py",
    "openvino": "model.xml",
    "tensorflow": "model.savedmodel/saved_model.pb",
    "dali": "model.dali",
    "vllm": "model.json",
}
BACKENDS = {
    "pytorch_libtorch": "pytorch",
    "onnxruntime_onnx": "onnxruntime",
    "tensorrt_plan": "tensorrt",
    "tensorflow_savedmodel": "tensorflow",
}
SOME_FILE = "model.bin"
METHODS = {
    "auto_complete_config": "    @staticmethod\n"
    "    def auto_complete_config(config):\n        return config\n",
    "execute": "    def execute(self, requests):\n        return [answer(each) for each in requests]\n",
}
ENVIRONMENT = "EXECUTION_ENV_PATH"
MODEL_FOLDER = "$$TRITON_MODEL_DIRECTORY/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One configuration of the corpus, as its line has it.

    Attributes:
        repository: ``owner/name`` on GitHub.
        path: of the file in the repository.
        commit: at which it was read.
        model_folder: the model's name, as Triton takes it from the folder.
        config: the configuration.
        siblings: paths of other models of the same folder that are in the corpus.
        absent: models that its steps execute and that the repository does not have.
        model_file: in the version's folder, where the configuration names no backend.
        defines: what TritonPythonModel defines in a model of the Python backend, where that is known.
    """

    repository: str
    path: str
    commit: str
    model_folder: str
    config: str
    siblings: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    model_file: str = SOME_FILE
    defines: tuple[str, ...] = ()


def test_the_corpus_is_large_and_of_many_hands() -> None:
    """At least 210 files of at least 60 repositories, each once, its siblings among them."""
    entries = corpus()
    places = {(each.repository, each.path) for each in entries}
    assert len(entries) == len(places) >= LEAST_FILES
    assert len({each.repository for each in entries}) >= LEAST_REPOSITORIES
    for entry in entries:
        assert {(entry.repository, sibling) for sibling in entry.siblings} <= places


def test_every_finding_was_judged() -> None:
    """What the rules say is what findings.json lists: no finding is new, and none has vanished."""
    found = Counter(finding for entry in corpus() for finding in findings_of(entry))
    listed = Counter(key_of(each) for each in judged())
    assert sorted((found - listed).elements()) == []  # new: judge each by hand in findings.json
    assert sorted((listed - found).elements()) == []  # vanished: remove it from findings.json


def test_every_verdict_has_its_reason() -> None:
    """A verdict is true or false, and says why."""
    for each in judged():
        assert each["verdict"] in ("true", "false"), each
        assert len(each["why"].split()) > 3, each


def test_hardly_a_finding_is_false() -> None:
    """At most 1 % of the findings are false alarms, and at most 1 % of the files have one."""
    false = [each for each in judged() if each["verdict"] == "false"]
    files = {(each["repository"], each["path"]) for each in false}
    assert len(false) <= MOST_FALSE * len(judged()), [f"{each['rule']} {each['path']}" for each in false]
    assert len(files) <= MOST_FALSE * len(corpus()), sorted(files)


@cache
def corpus() -> tuple[Entry, ...]:
    """Return every configuration of the corpus."""
    lines = (line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines())
    return tuple(_entry(json.loads(line)) for line in lines)


def judged() -> list[dict[str, str]]:
    """Return the findings with their verdicts, as the file lists them."""
    listed: list[dict[str, str]] = json.loads(FINDINGS.read_text("utf-8"))
    return listed


def key_of(finding: dict[str, str]) -> tuple[str, str, str, str]:
    """Return what makes a listed finding the same as one of the rules."""
    return finding["repository"], finding["path"], finding["rule"], finding["what"]


def findings_of(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    """Yield what the artifact rules say about one configuration, where all that it implies is there."""
    for rule, violation in violations_of(ARTIFACT, inspection_of(entry, beside=True)):
        yield entry.repository, entry.path, rule.id, violation.what


def inspection_of(entry: Entry, *, beside: bool) -> ArtifactInspection:
    """Return the model as packed with the files that its configuration implies, and the models beside it.

    A model that a step executes and that the corpus lacks is there without its configuration: nothing is
    known of it, unless the repository is known to lack it.
    """
    message = _message(entry.config)
    files = [f"{entry.model_folder}/config.pbtxt", *_implied_files(entry, message)]
    return ArtifactInspection(
        model=entry.model_folder,
        files=_records(files),
        config_pbtxt=entry.config,
        signature=_signature(message),
        max_batch_size=message.max_batch_size if message else 0,
        python_model=_python_model(entry.defines),
        beside=tuple(_beside(entry, message)) if beside else (),
    )


def _beside(entry: Entry, message: Any) -> Iterator[ArtifactInspection]:  # noqa: ANN401 - see _message
    by_place = {(each.repository, each.path): each for each in corpus()}
    siblings = [by_place[entry.repository, path] for path in entry.siblings]
    yield from (inspection_of(each, beside=False) for each in siblings)
    known = {entry.model_folder, *entry.absent, *(each.model_folder for each in siblings)}
    steps = message.ensemble_scheduling.step if message else ()
    for name in sorted({step.model_name for step in steps if step.model_name} - known):
        yield ArtifactInspection(
            model=name,
            files=_records([f"{name}/1/{SOME_FILE}"]),
            config_pbtxt="",
            signature=Signature((), (), batched=True),
            max_batch_size=0,
        )


def _implied_files(entry: Entry, message: Any) -> Iterator[str]:  # noqa: ANN401 - see _message
    if message is None:
        yield f"{entry.model_folder}/1/{entry.model_file}"
        return
    backend = message.backend or BACKENDS.get(message.platform, "")
    file = message.default_model_filename or MODEL_FILES.get(backend, entry.model_file)
    for version in message.version_policy.specific.versions or (1,):
        yield f"{entry.model_folder}/{version}/{file}"
    named = [output.label_filename for output in message.output]
    named += [
        f"warmup/{data.input_data_file}" for each in message.model_warmup for data in each.inputs.values()
    ]
    environment = message.parameters[ENVIRONMENT].string_value if ENVIRONMENT in message.parameters else ""
    named += [environment.removeprefix(MODEL_FOLDER)] if environment.startswith(MODEL_FOLDER) else []
    yield from (f"{entry.model_folder}/{name}" for name in named if name not in ("", "warmup/"))


def _python_model(defines: tuple[str, ...]) -> str:
    return "\n".join((f"class {MODEL_CLASS}:", *(METHODS[name] for name in defines))) if defines else ""


def _signature(message: Any) -> Signature:  # noqa: ANN401 - see _message
    """Return the model's tensors as its configuration has them: those of requests, and those of sequences."""
    if message is None:
        return Signature((), (), batched=False)
    sequences = message.sequence_batching
    inputs = [
        *map(_tensor, message.input),
        *(TensorSpec(each.name, "INT32", (1,)) for each in sequences.control_input),
        *(_state(each.input_name, each) for each in sequences.state),
    ]
    outputs = [*map(_tensor, message.output), *(_state(each.output_name, each) for each in sequences.state)]
    return Signature(_named_once(inputs), _named_once(outputs), batched=message.max_batch_size > 0)


def _tensor(tensor: Any) -> TensorSpec:  # noqa: ANN401 - see _message
    dims = tensor.reshape.shape if tensor.HasField("reshape") else tensor.dims
    return TensorSpec(
        tensor.name, _datatype(tensor), tuple(dims), optional=getattr(tensor, "optional", False)
    )


def _state(name: str, state: Any) -> TensorSpec:  # noqa: ANN401 - see _message
    return TensorSpec(name, _datatype(state), tuple(state.dims))


def _named_once(tensors: list[TensorSpec]) -> tuple[TensorSpec, ...]:
    return tuple({each.name: each for each in reversed(tensors)}.values())[::-1]


def _datatype(message: Any) -> str:  # noqa: ANN401 - see _message
    names = message.DESCRIPTOR.fields_by_name["data_type"].enum_type.values_by_number
    name: str = names[message.data_type].name.removeprefix("TYPE_")
    return "BYTES" if name == "STRING" else name


def _message(config: str) -> Any:  # noqa: ANN401 - protobuf's generated classes ship no types
    """Return the configuration as Triton's message; None where it is none."""
    try:
        return parse_config_pbtxt(config)
    except ConfigPbtxtError:
        return None


def _records(paths: list[str]) -> tuple[FileRecord, ...]:
    return tuple(FileRecord(path=path, mode=0o644, size_bytes=1, sha256="0" * 64) for path in paths)


def _entry(line: dict[str, Any]) -> Entry:
    return Entry(
        repository=line["repository"],
        path=line["path"],
        commit=line["commit"],
        model_folder=line["model_folder"],
        config=line["config"],
        siblings=tuple(line["siblings"]),
        absent=tuple(line.get("absent", ())),
        model_file=line.get("model_file", SOME_FILE),
        defines=tuple(line.get("defines", ())),
    )
