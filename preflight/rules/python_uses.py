"""SEA307 to SEA313: what a Python-backend model asks of Triton, of its files and of its image."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.python_model import read_python_model
from model_packaging.artifact.python_uses import PIP, PythonUses, python_uses
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._config_message import message_of
from preflight.rules._triton_config import config_of

__all__ = [
    "answer_never_given",
    "download_at_start",
    "file_beside_the_server",
    "input_not_declared",
    "method_not_callable",
    "output_not_declared",
    "package_not_in_the_image",
]

_SOURCE = "Triton Python backend, README"
_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_ENVIRONMENT = "EXECUTION_ENV_PATH"
_CALLED_WITH: Mapping[str, int] = {
    "__init__": 0,
    "auto_complete_config": 1,
    "initialize": 1,
    "execute": 1,
    "finalize": 0,
}
"""How many arguments Triton gives each method."""
_ANSWER = "InferenceResponse"
_OF_THE_CLASS = "auto_complete_config"
"""What Triton calls on the class, before there is an object."""
_STUB = "triton_python_backend_stub"
"""In the model's folder it runs the model in a Python of its own."""
_NOT_IN_THE_IMAGE = ("jax", "torch", "torchvision", "transformers")
"""What the examples of the Python backend, of Triton's tutorials and of AWS install before they use it."""


@rule(
    "SEA307",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a method that Triton can't call",
    scope=ARTIFACT,
    source=f"{_SOURCE}, usage; seen on Triton 2.51",
    symptom=f"The call raises TypeError: of initialize the model does not load, {_NOT_LOADED} Of execute "
    "every request fails.",
    fix="Write initialize(self, args), execute(self, requests), finalize(self) and, with @staticmethod, "
    "auto_complete_config(config).",
)
def method_not_callable(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Each method takes what Triton gives it; of one with a decorator nobody knows."""
    uses = _uses(artifact)
    if uses is None:
        return
    for name, count in _CALLED_WITH.items():
        method = uses.methods.get(name)
        if method is None:
            continue
        given = count - 1 if name == _OF_THE_CLASS and method.bound else count
        if not method.takes(given):
            needs = str(method.least) if method.most == method.least else f"from {method.least}"
            yield Violation(
                f"Line {method.line}: {name} is called with {_counted(count)}, and takes another number "
                f"({needs}{' with self' if method.bound else ''}).",
                f"{_signature(name)}.",
            )


@rule(
    "SEA308",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a Python model that reads an input it is not given",
    scope=ARTIFACT,
    source=f"{_SOURCE}, pb_utils.get_input_tensor_by_name; seen on Triton 2.51: it loads",
    symptom="The endpoint is InService, and every request fails: \"'NoneType' object has no attribute "
    "'as_numpy'\".",
    fix="Declare the input in config.pbtxt, or correct its name.",
)
def input_not_declared(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A request has the inputs of the configuration; of others there is None."""
    config, uses = message_of(artifact), _uses(artifact)
    if config is None or uses is None or not config.input or _OF_THE_CLASS in uses.methods:
        return
    known = [each.name for each in config.input]
    sequences = config.sequence_batching
    known += [each.name for each in sequences.control_input] + [each.input_name for each in sequences.state]
    known += [name for each in config.batch_input for name in each.target_name]
    for read in uses.inputs:
        if read.text not in known:
            yield Violation(
                f"Line {read.line} reads the input {read.text!r}.", f"{', '.join(map(repr, known))}."
            )


@rule(
    "SEA309",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a Python model that answers with an output it has not",
    scope=ARTIFACT,
    source=f"{_SOURCE}, execute; seen on Triton 2.51: the tensor is dropped without a word",
    symptom="Answers lack the tensor.",
    fix="Declare the output in config.pbtxt, or correct its name.",
)
def output_not_declared(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Only outputs of the configuration reach who asked."""
    config, uses = message_of(artifact), _uses(artifact)
    if config is None or uses is None or not config.output or _OF_THE_CLASS in uses.methods:
        return
    known = [each.name for each in config.output]
    known += [each.output_name for each in config.sequence_batching.state]
    for made in uses.outputs if _ANSWER in artifact.python_model else ():
        if made.text not in known:
            yield Violation(
                f"Line {made.line} makes the output {made.text!r}.", f"{', '.join(map(repr, known))}."
            )


@rule(
    "SEA310",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AT_REQUEST,
    title="an execute that never answers",
    scope=ARTIFACT,
    source=f"{_SOURCE}, execute; seen on Triton 2.51: it loads",
    symptom="The endpoint is InService, and no request is ever answered: each fails after 60 s.",
    fix="Return a list with one pb_utils.InferenceResponse for each request.",
)
def answer_never_given(artifact: ArtifactInspection) -> Iterator[Violation]:
    """It returns a list of answers, or sends them through a response sender; elsewhere, for all one sees."""
    config, uses = config_of(artifact), _uses(artifact)
    execute = uses.methods.get("execute") if uses is not None else None
    if execute is None or execute.answers or config is None or config.decoupled:
        return
    text = artifact.python_model
    if _ANSWER not in text or read_python_model(text).sends_responses:
        return
    yield Violation(f"Line {execute.line}: execute returns nothing.", "a list of InferenceResponse.")


@rule(
    "SEA311",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a package that the image may not have",
    scope=ARTIFACT,
    source=f"{_SOURCE}, managing Python runtime and libraries, and examples (which install them first); AWS "
    "Machine Learning Blog, Host ML models on Amazon SageMaker using Triton: Python backend (conda-pack)",
    symptom=f"Importing the model raises ModuleNotFoundError, {_NOT_LOADED} An image of your own may have "
    "it.",
    fix=f"Pack an environment with conda-pack and name it in {_ENVIRONMENT}, or acknowledge this where the "
    "image has the package.",
)
def package_not_in_the_image(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Triton's LibTorch is no Python package: torch comes with an environment, or beside the model's file.

    What a stub of the user's own finds is not known, nor what the model installs itself: SEA312 says so.
    """
    config, uses = message_of(artifact), _uses(artifact)
    if config is None or uses is None or _ENVIRONMENT in config.parameters:
        return
    packed = {part for record in artifact.files for part in PurePosixPath(record.path).parts}
    if _STUB in packed or any(each.text == PIP for each in uses.downloads):
        return
    for each in uses.imports:
        if each.text in _NOT_IN_THE_IMAGE and each.text not in packed:
            yield Violation(
                f"Line {each.line} imports {each.text}.", f"{each.text} in an environment that is packed."
            )


@rule(
    "SEA312",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a Python model that fetches from the network",
    scope=ARTIFACT,
    source="SageMaker Developer Guide, Run Inference Containers in Internet-Free Mode",
    symptom=f"In a network without the internet the call waits or fails, {_NOT_LOADED} Elsewhere each new "
    "instance fetches again, whatever is there by then.",
    fix="Pack what is fetched, and read it from the model's folder; or acknowledge this where the network "
    "allows it.",
)
def download_at_start(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What an endpoint needs is in its archive."""
    uses = _uses(artifact)
    for each in uses.downloads if uses is not None else ():
        yield Violation(f"Line {each.line}: {each.text}.", "files of the archive.")


@rule(
    "SEA313",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a file of the model, looked for beside the server",
    scope=ARTIFACT,
    source=f"{_SOURCE}, usage (args['model_repository'] and args['model_version'] say where the model lies); "
    "seen on Triton 2.51",
    symptom=f"Opening the file raises FileNotFoundError, {_NOT_LOADED}",
    fix="Take the path from the model's own: pathlib.Path(__file__).parent / name.",
)
def file_beside_the_server(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A relative path starts where the server was started, not where the model lies."""
    uses = _uses(artifact)
    if uses is None or "chdir" in artifact.python_model:
        return
    paths = [record.path for record in artifact.files]
    for each in uses.files:
        name = str(PurePosixPath(each.text))
        if any(path.endswith(f"/{name}") for path in paths):
            yield Violation(
                f"Line {each.line} opens {each.text!r}, a file of the archive.",
                "a path that starts at the model's file.",
            )


def _uses(artifact: ArtifactInspection) -> PythonUses | None:
    config = config_of(artifact)
    is_python = config is not None and config.serving_backend == "python"
    return python_uses(artifact.python_model) if is_python and artifact.python_model else None


def _counted(count: int) -> str:
    return f"{count} argument{'' if count == 1 else 's'}"


def _signature(name: str) -> str:
    names = {"initialize": "args", "execute": "requests"}
    if name == _OF_THE_CLASS:
        return f"@staticmethod {name}(auto_complete_model_config)"
    return f"{name}(self{f', {names[name]}' if name in names else ''})"
