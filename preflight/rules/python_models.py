"""SEA253 to SEA258: what the text of a Python-backend model says, against how Triton will use it."""

from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.python_model import MODEL_CLASS, PythonModelText, read_python_model
from model_packaging.artifact.python_syntax import needed_python_minor
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, DEPLOYMENT, Enforcer, SeenAfter, Violation
from preflight.rules._environment import INFERENCE_TYPE
from preflight.rules._triton_config import config_of
from spec import Deployment, Model

__all__ = [
    "called_model_not_loaded",
    "class_missing",
    "decoupled_behind_infer",
    "execute_missing",
    "no_python",
    "sender_without_policy",
]

_SOURCE = "Triton Python backend, README"
_NOT_LOADED = "and the endpoint fails after its start-up time-out."


@rule(
    "SEA253",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a Python-backend model that is no Python",
    scope=ARTIFACT,
    source=f"{_SOURCE}, usage",
    symptom=f"Importing the model raises SyntaxError, {_NOT_LOADED}",
    fix="Correct the file.",
)
def no_python(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Triton imports the file; what a newer Python may read is held against the image's (SEA442)."""
    text = _text(artifact)
    if text is not None and text.error and not needed_python_minor(artifact.python_model):
        yield Violation(f"The model's file: {text.error}.", "a Python module.")


@rule(
    "SEA254",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title=f"a Python-backend model without {MODEL_CLASS}",
    scope=ARTIFACT,
    source=f"{_SOURCE}, usage; seen on Triton 2.51",
    symptom=f"Triton says \"module has no attribute '{MODEL_CLASS}'\", {_NOT_LOADED}",
    fix=f"Define class {MODEL_CLASS} in the file.",
)
def class_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Triton makes an object of this class, by this name."""
    text = _text(artifact)
    if text is not None and not text.error and not text.defines_class:
        yield Violation(f"The model's file defines no {MODEL_CLASS}.", f"class {MODEL_CLASS} at its top.")


@rule(
    "SEA255",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title=f"a {MODEL_CLASS} without execute",
    scope=ARTIFACT,
    source=f"{_SOURCE}, execute; seen on Triton 2.51: it loads",
    symptom="The endpoint is InService, and every request fails: 'does not implement `execute` method'.",
    fix="Define execute(self, requests).",
)
def execute_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Requests go to execute(); of a class with bases nobody knows what those define."""
    text = _text(artifact)
    if text is not None and text.methods is not None and "execute" not in text.methods:
        found = ", ".join(sorted(text.methods)) or "nothing"
        yield Violation(f"{MODEL_CLASS} defines {found}.", "execute(self, requests).")


@rule(
    "SEA256",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a model is called that is not loaded",
    scope=ARTIFACT,
    source=f"{_SOURCE}, business logic scripting; sagemaker-tritonserver image, serve: it loads one model, "
    "and what --load-model names",
    symptom="The endpoint is InService, and requests fail: 'Failed for execute the inference request. Model "
    "... is not ready'.",
    fix="Name the model under python.calls, or correct the name in InferenceRequest.",
)
def called_model_not_loaded(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What a model calls by name is packed beside it and loaded; a computed name is not seen."""
    text = _text(artifact)
    if text is None or not text.calls:
        return
    loaded = _loaded(artifact)
    for name in text.calls:
        if name not in loaded:
            yield Violation(f"It calls {name!r}, which is not loaded beside it.", f"{_names(loaded)}.")


@rule(
    "SEA257",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="answers by a response sender without model_transaction_policy",
    scope=ARTIFACT,
    source=f"{_SOURCE}, decoupled mode; seen on Triton 2.51",
    symptom="A request with another number of answers than one fails: 'Non-decoupled model cannot send more "
    "than one response'.",
    fix="Add model_transaction_policy: {decoupled: true}, or return the responses from execute().",
)
def sender_without_policy(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A sender is for any number of answers, and the configuration has to allow that."""
    text, config = _text(artifact), config_of(artifact)
    if text is not None and config is not None and text.sends_responses and not config.decoupled:
        yield Violation(
            "It answers by get_response_sender(), and model_transaction_policy is not decoupled.",
            "decoupled: true, or exactly one response for each request.",
        )


@rule(
    "SEA258",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a decoupled model behind plain invocations",
    scope=DEPLOYMENT,
    of_bare=(),
    source="Triton, decoupled backends and models; generate extension; seen on Triton 2.51",
    symptom="Every request fails: 'HTTP end point doesn't support models with decoupled transaction policy'.",
    fix=f"Give the container {INFERENCE_TYPE}: generate_stream, or generate for one answer to each request.",
)
def decoupled_behind_infer(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """SageMaker's frontend takes requests over HTTP, whose plain form has one answer.

    Behind a multi-model endpoint there is no other form.
    """
    deployment = evidence.file.deployment
    by_target = {name for each in deployment.multi_model_endpoints.values() for name in each.served}
    for name, model in evidence.served_models():
        inference_type = model.container.environment.get(INFERENCE_TYPE, "infer")
        decoupled = [each for each in _executed(deployment, name) if _is_decoupled(deployment.models[each])]
        if decoupled and name in by_target:
            yield Violation(
                f"{_names(decoupled)} is decoupled, and a multi-model container answers plain inference "
                "requests alone.",
                "models that are not decoupled.",
                ("models", name),
                "Give the model an endpoint of its own, or return exactly one response for each request.",
            )
        elif decoupled and inference_type == "infer":
            yield Violation(
                f"{_names(decoupled)} is decoupled, and the container answers plain inference requests.",
                f"{INFERENCE_TYPE}: generate_stream or generate.",
                ("models", name),
            )


def _executed(deployment: Deployment, name: str) -> list[str]:
    """Return the models that execute a request to ``name``: itself, or the steps of the ensemble it is."""
    ensemble = deployment.models[name].ensemble
    if ensemble is None:
        return [name]
    return list(
        dict.fromkeys(inner for member in ensemble.members for inner in _executed(deployment, member))
    )


def _is_decoupled(model: Model) -> bool:
    policy = model.triton.model_transaction_policy if model.triton is not None else None
    return policy is not None and policy.decoupled


def _text(artifact: ArtifactInspection) -> PythonModelText | None:
    return read_python_model(artifact.python_model) if artifact.python_model else None


def _loaded(artifact: ArtifactInspection) -> list[str]:
    """Return the models of the archive that Triton loads: those it is told to, and their ensembles' steps."""
    artifacts = {each.model: each for each in (artifact, *artifact.beside)}
    loaded: dict[str, None] = {}
    waiting = list(artifact.load_models or (artifact.model,))
    while waiting:
        name = waiting.pop(0)
        found = artifacts.get(name)
        if name in loaded or found is None:
            continue
        loaded[name] = None
        config = config_of(found)
        waiting += [step.model for step in config.steps] if config is not None else []
    return list(loaded)


def _names(names: list[str]) -> str:
    return ", ".join(map(repr, names))
