"""SEA438 to SEA442 and SEA444: what packaged models ask of their image, against the chosen release.

Images of the user's own are not judged.
"""

from collections.abc import Iterator

import catalogue
from catalogue import TritonContents
from model_packaging.artifact.image_needs import ImageNeeds
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation

__all__ = [
    "backend_of_another_image",
    "backend_of_older_images",
    "field_newer_than_the_image",
    "onnx_file_newer_than_the_image",
    "onnx_operators_newer_than_the_image",
    "syntax_newer_than_the_image",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_ONNX = (
    "ONNX Runtime, compatibility (opset and IR version of each release); catalogue/data/triton_contents.json "
    "says which rows were read"
)
_TENSORFLOW = "tensorflow"
_WITHOUT_TENSORFLOW = "25.03"
"""The first release that NVIDIA published without the backend; releases are year.month."""
_OF_OTHER_IMAGES = {"tensorrtllm": "<release>-trtllm-python-py3", "vllm": "<release>-vllm-python-py3"}
"""Backends that NVIDIA ships in containers of their own, by the tag of these."""


@rule(
    "SEA438",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a field of config.pbtxt that the image does not know",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source="Triton, common/protobuf/model_config.proto of each release; catalogue, triton_config_fields",
    symptom="Triton's log says 'has no field named', the API 'failed to poll from model repository', "
    + _NOT_LOADED,
    fix="Take a release that knows the field, or leave it out.",
)
def field_newer_than_the_image(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A configuration of a newer Triton is not read in part: it is refused."""
    for name, contents, needs in _served(evidence):
        for used in needs.config_fields:
            known = catalogue.releases_with_config_field(*used.split("."))
            if contents.release not in known:
                field = used.rpartition(".")[2]
                yield Violation(
                    f"config.pbtxt uses {field}, which Triton {contents.release} does not know.",
                    f"{field} with triton_release {' or '.join(known)}.",
                    _place(name),
                )


@rule(
    "SEA439",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an ONNX file of a newer format than the image reads",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source=f"{_ONNX}; seen with ONNX Runtime",
    symptom=f"ONNX Runtime says 'Unsupported model IR version', {_NOT_LOADED}",
    fix="Take a newer release, or export with an older onnx package.",
)
def onnx_file_newer_than_the_image(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """ONNX Runtime reads files of its own time and older ones."""
    for name, contents, needs in _served(evidence):
        if contents.onnx_ir is not None and needs.onnx_ir > contents.onnx_ir:
            yield Violation(
                f"The ONNX model has IR version {needs.onnx_ir}; Triton {contents.release} reads "
                f"{contents.onnx_ir} at most.",
                f"IR version {contents.onnx_ir} or older.",
                _place(name),
            )


@rule(
    "SEA440",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an ONNX model of newer operators than the image has",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source=f"{_ONNX}; seen with ONNX Runtime",
    symptom="ONNX Runtime says 'Opset N is under development and support for this is limited', "
    + _NOT_LOADED,
    fix="Export with an older opset_version, or take a newer release.",
)
def onnx_operators_newer_than_the_image(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A version of the operators that came after ONNX Runtime is refused, whichever operators are used."""
    for name, contents, needs in _served(evidence):
        if contents.onnx_opset is not None and needs.onnx_opset > contents.onnx_opset:
            yield Violation(
                f"The ONNX model has opset {needs.onnx_opset}; Triton {contents.release} has "
                f"{contents.onnx_opset} at most.",
                f"opset {contents.onnx_opset} or older.",
                _place(name),
            )


@rule(
    "SEA441",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a backend that comes in another image",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source="Triton user guide, release compatibility matrix (containers trtllm-python-py3 and "
    "vllm-python-py3 beside py3); seen on Triton 2.51 without the backend",
    symptom=f"Triton says 'unable to find backend library', {_NOT_LOADED}",
    fix="Mirror NVIDIA's container of the backend into a registry of your own, and name it with image_uri.",
)
def backend_of_another_image(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """AWS publishes Triton's py3 image, and large language models' backends are in others."""
    for name, contents, needs in _served(evidence):
        for backend in needs.backends:
            if backend in _OF_OTHER_IMAGES:
                tag = _OF_OTHER_IMAGES[backend].replace("<release>", contents.release)
                yield Violation(
                    f"The backend is {backend}, which NVIDIA ships in tritonserver:{tag}.",
                    f"an image_uri with {backend}.",
                    _place(name),
                )


@rule(
    "SEA442",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a Python model of newer syntax than the image's Python",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source="Triton Python backend, README, managing Python runtime and libraries; Triton user guide, release "
    "compatibility matrix; PEP 654, 695 and 701",
    symptom=f"Importing the model raises SyntaxError, {_NOT_LOADED}",
    fix="Write it for the image's Python, or take a newer release.",
)
def syntax_newer_than_the_image(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """What is no syntax error on the laptop may be one there."""
    for name, contents, needs in _served(evidence):
        major, minor = contents.python
        if needs.python_minor > minor:
            yield Violation(
                f"The Python model's syntax needs Python {major}.{needs.python_minor}; Triton "
                f"{contents.release} runs it with {major}.{minor}.",
                f"syntax of Python {major}.{minor}.",
                _place(name),
            )


@rule(
    "SEA444",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a TensorFlow model in an image without TensorFlow",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source="triton-inference-server/server, pull request 8068 (as of 25.03 the TensorFlow backend is "
    "deprecated) and issue 8204 (with 25.03 users build it themselves)",
    symptom=f"Triton says 'unable to find backend library for backend 'tensorflow'', {_NOT_LOADED}",
    fix="Take a release before 25.03, convert the model to ONNX with tf2onnx, or name an image_uri with the "
    "backend.",
)
def backend_of_older_images(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Releases from 25.03 on come without the backend."""
    older = [each for each in catalogue.triton_contents() if each < _WITHOUT_TENSORFLOW]
    for name, contents, needs in _served(evidence):
        if _TENSORFLOW in needs.backends and contents.release >= _WITHOUT_TENSORFLOW:
            yield Violation(
                f"The backend is {_TENSORFLOW}, which Triton {contents.release} may not have.",
                f"triton_release {' or '.join(older)}.",
                _place(name),
            )


def _served(evidence: DeploymentEvidence) -> Iterator[tuple[str, TritonContents, ImageNeeds]]:
    """Yield each packaged model whose image is Triton's: its name, the image's contents and its needs."""
    for name, model, manifest in evidence.packaged_models():
        contents = catalogue.triton_contents().get(model.container.triton_release)
        if model.container.image_uri is None and contents is not None:
            yield name, contents, manifest.image_needs


def _place(name: str) -> tuple[str, ...]:
    return "models", name, "container", "triton_release"
