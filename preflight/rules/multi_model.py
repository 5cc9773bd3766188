"""SEA609 to SEA612: multi-model endpoints: what one container can load, and where."""

from collections.abc import Iterator

import catalogue
from catalogue.multi_model import MULTI_MODEL_GPU_TYPES
from preflight.evidence import DeploymentEvidence, ServedModel
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation
from preflight.rules._environment import DEFAULT_MODEL_NAME, INFERENCE_TYPE
from spec import MultiModelEndpoint

__all__ = [
    "instance_type_unsupported",
    "several_models_in_one_archive",
    "toolkit_on_a_gpu",
    "variable_unheeded",
]

_INSTANCES = (
    "SageMaker Developer Guide, supported algorithms, frameworks, and instances for multi-model endpoints, "
    "GPU backed instances"
)
_FRONTEND = "triton-inference-server/server, src/sagemaker_server.cc"


@rule(
    "SEA609",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a GPU instance type that multi-model endpoints don't run on",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=_INSTANCES,
    symptom="CreateEndpointConfig or CreateEndpoint is refused, and the stack rolls back.",
    fix="Take one of these, or an instance type without a GPU; or give each model an endpoint or an "
    "inference component of its own.",
)
def instance_type_unsupported(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """With GPUs, AWS names the types; without, it takes all."""
    for key, endpoint in evidence.file.deployment.multi_model_endpoints.items():
        name = endpoint.instances.type
        if catalogue.instance_type(name).gpus and name not in MULTI_MODEL_GPU_TYPES:
            yield Violation(
                f"Multi-model endpoints don't run on {name}.",
                f"{', '.join(MULTI_MODEL_GPU_TYPES)}; or a type without a GPU.",
                ("endpoints", key, "instances", "type"),
            )


@rule(
    "SEA610",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a multi-model endpoint on GPUs without Triton",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=_INSTANCES,
    symptom="The endpoint is created, and its container loads no model onto the GPU.",
    fix="Serve the models by Triton, or take an instance type without a GPU.",
)
def toolkit_on_a_gpu(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """On GPUs, several models in one container are Triton's alone."""
    for each in _of_multi_model_endpoints(evidence):
        if each.instance_type.gpus and each.model.layout == "pytorch":
            yield Violation(
                f"SageMaker's PyTorch image serves {each.name}, and {each.instance_type.name} has a GPU.",
                "models with `triton`, or an instance type without a GPU.",
                ("endpoints", each.endpoint_key, "models"),
            )


@rule(
    "SEA611",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a variable that a multi-model container does not heed",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_FRONTEND}, SageMakerMMEHandleInfer; docker/sagemaker/serve",
    symptom="The container ignores the variable: each request names its model, which infers.",
    fix="Remove the variable; to stream answers, give the model an endpoint of its own.",
)
def variable_unheeded(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Neither a default model nor the generate forms exist where a request names its model."""
    for each in _of_multi_model_endpoints(evidence):
        for variable in (DEFAULT_MODEL_NAME, INFERENCE_TYPE):
            if variable in each.model.container.environment:
                yield Violation(
                    f"{variable} is set for {each.name}, which {each.endpoint_key} serves.",
                    "no such variable.",
                    ("models", each.name, "container", "environment", variable),
                )


@rule(
    "SEA612",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="an archive of which a multi-model endpoint loads something else",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_FRONTEND}, SageMakerMMELoadModel: of several folders the ensemble is loaded, else the last "
    "that the file system names; docker/sagemaker/serve: without --load-model",
    symptom="Each request for it fails or is answered by another model of the archive, and the others work.",
    fix="Give the model that calls others, or whose part is an ensemble, an endpoint of its own.",
)
def several_models_in_one_archive(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The frontend loads one folder, or one ensemble with its steps; what those call, nobody loads.

    Of a repository that is there already, the file doesn't say what is in it.
    """
    for each in _of_multi_model_endpoints(evidence):
        packed = {each.name: each.model, **evidence.file.deployment.members_of(each.name)}
        ensembles = [name for name, model in packed.items() if model.ensemble is not None]
        callers = [name for name, model in packed.items() if model.python is not None and model.python.calls]
        place = ("endpoints", each.endpoint_key, "models")
        if len(ensembles) > 1:
            yield Violation(
                f"The archive of {each.name} holds the ensembles {', '.join(sorted(ensembles))}.",
                "one ensemble in each archive of a multi-model endpoint.",
                place,
            )
        if callers:
            yield Violation(
                f"The archive of {each.name} holds {', '.join(sorted(callers))}, which calls other models.",
                "models that call no other in a multi-model endpoint.",
                place,
            )


def _of_multi_model_endpoints(evidence: DeploymentEvidence) -> Iterator[ServedModel]:
    return (each for each in evidence.served() if isinstance(each.endpoint, MultiModelEndpoint))
