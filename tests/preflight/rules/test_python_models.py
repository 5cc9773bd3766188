"""SEA253 to SEA258: Python-backend models by their text."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from model_packaging.artifact import ArtifactInspection, FileRecord, RecordedFinding, Signature
from preflight import inspect_artifact

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]

CONFIG = """backend: "python"
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ 2 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 2 ] } ]
"""
DECOUPLED = "model_transaction_policy { decoupled: true }"
TEXT = """class TritonPythonModel:
    def execute(self, requests):
        return []
"""
CALLING = """class TritonPythonModel:
    def execute(self, requests):
        return [pb_utils.InferenceRequest(model_name="encoder", inputs=[]).exec()]
"""
SENDING = """class TritonPythonModel:
    def execute(self, requests):
        requests[0].get_response_sender()
"""
ENSEMBLE = """platform: "ensemble"
ensemble_scheduling { step [ { model_name: "caller" }, { model_name: "encoder" } ] }
"""
RULES = [f"SEA{number}" for number in range(253, 259)]


def model(name: str, text: str, config: str = CONFIG) -> ArtifactInspection:
    paths = (f"{name}/config.pbtxt", f"{name}/1/model.py")
    return ArtifactInspection(
        model=name,
        files=tuple(FileRecord(path, 0o644, 1, "0" * 64) for path in paths),
        config_pbtxt=config,
        signature=Signature((), (), batched=True),
        max_batch_size=4,
        python_model=text,
    )


@pytest.mark.parametrize(
    "artifact",
    [model("m", TEXT), model("m", SENDING, CONFIG + DECOUPLED), model("m", "")],
    ids=["plain", "decoupled", "no python backend"],
)
def test_good_models_are_silent(artifact: ArtifactInspection) -> None:
    """Nothing to say."""
    assert {each.rule for each in inspect_artifact(artifact)} & set(RULES) == set()


def test_sea253_no_python(found_in: FoundIn) -> None:
    """The line and the reason, and none of the other rules."""
    broken = model("m", "def :")
    [finding] = found_in(broken, "SEA253")
    assert finding.what == "The model's file: line 1: invalid syntax."
    assert [each.rule for each in inspect_artifact(broken) if each.rule in RULES] == ["SEA253"]


@pytest.mark.parametrize("text", ["type Names = list\n", 'x = f"{d["key"]}"\n'])
def test_sea253_syntax_of_a_newer_python(found_in: FoundIn, text: str) -> None:
    """What a newer Python may read is held against the image's, which is known when it is served."""
    assert found_in(model("m", text), "SEA253") == []


def test_sea254_class_missing(found_in: FoundIn) -> None:
    """By its exact name."""
    [finding] = found_in(model("m", "class Model:\n    pass"), "SEA254")
    assert finding.what == "The model's file defines no TritonPythonModel."


def test_sea255_execute_missing(found_in: FoundIn) -> None:
    """With what is there; a class with bases may have it from them."""
    text = "class TritonPythonModel:\n    def initialize(self, args): ...\n    def exec(self): ..."
    [finding] = found_in(model("m", text), "SEA255")
    assert finding.what == "TritonPythonModel defines exec, initialize."
    assert found_in(model("m", text.replace("Model:", "Model(Base):")), "SEA255") == []


def test_sea256_called_model_not_loaded(found_in: FoundIn) -> None:
    """Packed is not enough: the container loads one model and what it is told to."""
    caller, encoder = model("caller", CALLING), model("encoder", TEXT)
    [missing] = found_in(caller, "SEA256")
    assert missing.what == "It calls 'encoder', which is not loaded beside it."
    assert missing.allowed == "'caller'."
    packed = replace(caller, beside=(encoder,), load_models=("caller",))
    assert len(found_in(packed, "SEA256")) == 1
    assert found_in(replace(packed, load_models=("caller", "encoder")), "SEA256") == []


def test_sea256_knows_what_an_ensemble_loads(found_in: FoundIn) -> None:
    """A step's model is loaded with the ensemble, and a member may call it."""
    caller, encoder, chain = model("caller", CALLING), model("encoder", TEXT), model("chain", "", ENSEMBLE)
    inner = replace(caller, beside=(encoder, chain), load_models=("chain",))
    assert found_in(replace(chain, beside=(inner, encoder), load_models=("chain",)), "SEA256") == []
    alone = replace(chain, config_pbtxt=ENSEMBLE.replace(', { model_name: "encoder" }', ""))
    inner = replace(inner, beside=(encoder, alone))
    [finding] = found_in(replace(alone, beside=(inner, encoder), load_models=("chain",)), "SEA256")
    assert finding.what == "caller: It calls 'encoder', which is not loaded beside it."


def test_sea257_sender_without_policy(found_in: FoundIn) -> None:
    """A warning: one answer for each request is allowed."""
    [finding] = found_in(model("m", SENDING), "SEA257")
    assert finding.severity == "warning"
    assert (
        finding.what == "It answers by get_response_sender(), and model_transaction_policy is not decoupled."
    )


def test_sea258_decoupled_behind_infer(project: "Project") -> None:
    """Plain invocations have one answer; both forms of the generate extension may have others."""
    policy = "      max_batch_size: 16\n      model_transaction_policy: {decoupled: true}\n"
    project.edit("      max_batch_size: 16\n", policy)
    [finding] = project.found("SEA258")
    assert finding.what == "'classifier' is decoupled, and the container answers plain inference requests."
    assert finding.subject == "models.classifier"
    for inference_type in ("generate_stream", "generate"):
        container = f"    container: {{environment: {{SAGEMAKER_TRITON_INFERENCE_TYPE: {inference_type}}}}}\n"
        project.edit("    triton:\n", f"{container}    triton:\n")
        assert project.found("SEA258") == []
        project.edit(container, "")


def test_sea258_behind_a_multi_model_endpoint(project: "Project") -> None:
    """Its frontend always infers, whatever the variable says."""
    container = "    container: {environment: {SAGEMAKER_TRITON_INFERENCE_TYPE: generate_stream}}\n"
    project.edit("    triton:\n", f"{container}    triton:\n")
    project.edit(
        "    type: realtime\n    model: classifier\n", "    type: multi-model\n    models: [classifier]\n"
    )
    assert project.found("SEA258") == []
    policy = "      max_batch_size: 16\n      model_transaction_policy: {decoupled: true}\n"
    project.edit("      max_batch_size: 16\n", policy)
    [finding] = project.found("SEA258")
    assert finding.what == (
        "'classifier' is decoupled, and a multi-model container answers plain inference requests alone."
    )
    assert finding.allowed == "models that are not decoupled."
    assert finding.subject == "models.classifier"


def test_sea258_knows_the_steps_of_an_ensemble(project: "Project") -> None:
    """One decoupled step makes the ensemble so, and an ensemble around that."""
    tensor = "[{name: x, data_type: TYPE_FP32, dims: [1]}]"
    step = "{model_name: classifier, input_map: {image: x}, output_map: {OUTPUT__0: y}}"
    chain = (
        f"  chain:\n    ensemble: {{step: [{step}]}}\n"
        f"    triton: {{max_batch_size: 16, input: {tensor}, output: {tensor}}}\nendpoints:\n"
    )
    project.edit("endpoints:\n", chain)
    project.edit("    model: classifier\n", "    model: chain\n")
    assert project.found("SEA258") == []
    policy = "      max_batch_size: 16\n      model_transaction_policy: {decoupled: true}\n"
    project.edit("      max_batch_size: 16\n", policy)
    [finding] = project.found("SEA258")
    assert finding.what == "'classifier' is decoupled, and the container answers plain inference requests."
    assert finding.subject == "models.chain"
    outer = chain.replace("chain:", "outer:").replace("model_name: classifier", "model_name: chain")
    project.edit("endpoints:\n", outer)
    project.edit("    model: chain\n", "    model: outer\n")
    [finding] = project.found("SEA258")
    assert finding.subject == "models.outer"
