"""SEA15x: what SageMaker's PyTorch images find in the archive, and whether they can serve it."""

import ast
import re
from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.layout import ENTRY_POINT_PATH, REQUIREMENTS_PATH, TORCHSCRIPT_PATH, Layout
from model_packaging.artifact.python_source import parse_python
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation
from spec import Model

__all__ = [
    "arm_instance",
    "entry_point_missing",
    "entry_point_unreadable",
    "exported_by_newer_pytorch",
    "model_file_missing",
    "model_fn_missing",
    "program_missing",
    "requirements_under_isolation",
    "several_tensors_for_default_functions",
    "transform_fn_beside_others",
]

_TOOLKIT = "SageMaker inference toolkit, transformer.py"
_PYTORCH_TOOLKIT = "SageMaker PyTorch inference toolkit, default_pytorch_inference_handler.py"
_FAILS = "and the endpoint fails after its start-up time-out."
_PROGRAM_VARIABLE = "SAGEMAKER_PROGRAM"
_CODE_FOLDER = "code/"
_STEPS = ("input_fn", "predict_fn", "output_fn")


@rule(
    "SEA151",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="no model.pt at the archive's root",
    scope=ARTIFACT,
    source=_PYTORCH_TOOLKIT,
    symptom=f"Loading fails with 'missing file model.pt', {_FAILS}",
    fix=f"Pack the TorchScript file as {TORCHSCRIPT_PATH}, in no folder.",
)
def model_file_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The default model_fn, and the one that Seatrial writes, open model.pt."""
    if artifact.layout is Layout.PYTORCH and not _holds(artifact, TORCHSCRIPT_PATH):
        yield Violation(f"The archive holds no {TORCHSCRIPT_PATH}.", f"{TORCHSCRIPT_PATH} at the root.")


@rule(
    "SEA152",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="no entry point in the archive",
    scope=ARTIFACT,
    source="SageMaker Python SDK, Using PyTorch, model directory structure; SageMaker inference toolkit, "
    "environment.py",
    symptom="The image runs its default functions in silence, whatever the entry point was to do.",
    fix=f"Pack the entry point as {ENTRY_POINT_PATH}; an empty file asks for the default functions.",
)
def entry_point_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What serves the model is said in the archive, even where it is: nothing but the defaults."""
    if artifact.layout is Layout.PYTORCH and not _holds(artifact, ENTRY_POINT_PATH):
        yield Violation(f"The archive holds no {ENTRY_POINT_PATH}.", f"{ENTRY_POINT_PATH}.")


@rule(
    "SEA153",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an entry point that is no Python",
    scope=ARTIFACT,
    source=_TOOLKIT,
    symptom=f"Importing the entry point raises SyntaxError, {_FAILS}",
    fix="Correct the file that pytorch.entry_point names.",
)
def entry_point_unreadable(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The toolkit imports the entry point; what is no Python here is none in the image's Python either."""
    if artifact.layout is Layout.PYTORCH:
        try:
            parse_python(artifact.entry_point)
        except (SyntaxError, ValueError) as error:
            line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
            words = error.msg if isinstance(error, SyntaxError) else str(error)
            yield Violation(f"{ENTRY_POINT_PATH}{line}: {words}.", "a Python module.")


@rule(
    "SEA154",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="transform_fn beside functions that it replaces",
    scope=ARTIFACT,
    source=_TOOLKIT,
    symptom=f"The toolkit says 'Cannot use transform_fn implementation in conjunction with ...', {_FAILS}",
    fix="Keep transform_fn, or input_fn, predict_fn and output_fn.",
)
def transform_fn_beside_others(artifact: ArtifactInspection) -> Iterator[Violation]:
    """transform_fn does what the three others do."""
    defined = _functions(artifact)
    beside = [name for name in _STEPS if name in defined]
    if "transform_fn" in defined and beside:
        yield Violation(
            f"{ENTRY_POINT_PATH} defines transform_fn and {', '.join(beside)}.",
            f"transform_fn, or any of {', '.join(_STEPS)}.",
        )


@rule(
    "SEA155",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="packages to install where no index can be reached",
    scope=ARTIFACT,
    source="SageMaker inference toolkit, model_server.py (code/requirements.txt is installed by pip at the "
    "start); SageMaker Developer Guide, Run Inference Containers in Internet-Free Mode",
    symptom=f"pip waits for an index in vain and the container exits, {_FAILS}",
    fix="Build the packages into an image of your own, or acknowledge this where the image has them all.",
)
def requirements_under_isolation(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Models run under network isolation: pip can install only what is there already."""
    if artifact.layout is Layout.PYTORCH and _holds(artifact, REQUIREMENTS_PATH):
        yield Violation(
            f"The archive holds {REQUIREMENTS_PATH}, and the model runs under network isolation.",
            "no packages to install.",
        )


@rule(
    "SEA156",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="several tensors for the default functions",
    scope=ARTIFACT,
    source=_PYTORCH_TOOLKIT,
    symptom="The endpoint is InService, and every request fails.",
    fix="Write input_fn and predict_fn for several inputs, output_fn for several outputs, or transform_fn.",
)
def several_tensors_for_default_functions(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The default functions decode one array, call the model with it, and encode one array."""
    if artifact.layout is not Layout.PYTORCH:
        return
    defined, signature = _functions(artifact), artifact.signature
    for role, tensors, step in (
        ("inputs", signature.inputs, "input_fn"),
        ("outputs", signature.outputs, "output_fn"),
    ):
        if len(tensors) > 1 and not {step, "transform_fn"} & defined:
            names = ", ".join(tensor.name for tensor in tensors)
            yield Violation(
                f"The model has {len(tensors)} {role} ({names}), and the entry point no {step}.",
                f"one of them, or an entry point with {step} or transform_fn.",
            )


def _has_default_model_fn(model: Model) -> bool:
    return model.container.elastic_inference_release is not None


@rule(
    "SEA157",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an entry point without model_fn",
    scope=ARTIFACT,
    source="AWS Machine Learning Blog, Reduce ML inference costs on Amazon SageMaker for PyTorch models "
    "using Amazon Elastic Inference (without it one implements model_fn)",
    symptom="An image whose toolkit has no default model_fn without an accelerator raises "
    f"NotImplementedError, {_FAILS}",
    fix="Leave default_handlers out, or define model_fn in the entry point.",
    settled_by=_has_default_model_fn,
)
def model_fn_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Only with Elastic Inference every toolkit knows how to load the model by itself."""
    if artifact.layout is Layout.PYTORCH and "model_fn" not in _functions(artifact):
        yield Violation(
            f"{ENTRY_POINT_PATH} defines no model_fn.",
            "an entry point with model_fn, or the image pytorch-inference-eia.",
        )


@rule(
    "SEA158",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model exported by a newer PyTorch than the image's",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.IMAGE,),
    source="PyTorch, caffe2/serialize/versions.h (a file says which reader it needs at least; newer files "
    "are refused)",
    symptom="Where the model uses an operator or a form of file that the image's PyTorch doesn't know, "
    f"loading fails, {_FAILS}",
    fix="Export with the image's PyTorch, take an image with a newer one, or try it and acknowledge this.",
)
def exported_by_newer_pytorch(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """TorchScript is read by newer releases than wrote it; the other way round nothing is promised."""
    for name, model, manifest in evidence.packaged_models():
        container = model.container
        if manifest.layout is not Layout.PYTORCH or container.image_uri is not None:
            continue
        wrote = dict(manifest.build_inputs.pins).get("torch", "").partition("+")[0]
        eia = container.elastic_inference_release
        key = "pytorch_release" if eia is None else "elastic_inference_release"
        reads = eia or container.pytorch_release
        if _minor(wrote) > _minor(reads):
            yield Violation(
                f"{name!r} was exported by PyTorch {wrote}; the image has {reads}.",
                f"an export by PyTorch {reads} or older.",
                ("models", name, "container", key),
            )


@rule(
    "SEA159",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an Arm instance type for an x86_64 image",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE,),
    source="AWS Deep Learning Containers, available images (pytorch-inference is built for x86_64, "
    "pytorch-inference-graviton for Arm)",
    symptom=f"The container can't be started ('exec format error'), {_FAILS}",
    fix="Take an x86_64 instance type, or name a pytorch-inference-graviton image with image_uri.",
)
def arm_instance(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """AWS's images of pytorch_release and elastic_inference_release run on x86_64."""
    told: set[str] = set()
    for each in evidence.served():
        standard = each.model.layout == "pytorch" and each.model.container.image_uri is None
        if standard and each.instance_type.architecture == "arm64" and each.endpoint_key not in told:
            told.add(each.endpoint_key)
            yield Violation(
                f"{each.instance_type.name} has Arm processors, and AWS's PyTorch image is for x86_64.",
                "an x86_64 instance type.",
                each.instance_place,
            )


@rule(
    "SEA160",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an entry point that the archive does not hold",
    scope=DEPLOYMENT,
    of_bare=(),
    source="SageMaker inference toolkit, parameters.py and environment.py",
    symptom="The image runs its default functions in silence, whatever the entry point was to do.",
    fix=f"Leave {_PROGRAM_VARIABLE} out.",
)
def program_missing(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The toolkit imports what the variable names from code/, and goes on without it where it is missing."""
    for name, model, manifest in evidence.packaged_models():
        program = model.container.environment.get(_PROGRAM_VARIABLE)
        if manifest.layout is not Layout.PYTORCH or program is None:
            continue
        path = f"{_CODE_FOLDER}{program.removesuffix('.py')}.py"
        held = sorted(record.path for record in manifest.files if record.path.startswith(_CODE_FOLDER))
        if path not in held:
            yield Violation(
                f"{_PROGRAM_VARIABLE} is {program!r}; the archive holds {', '.join(held)}.",
                "the entry point's file name, or no such variable.",
                ("models", name, "container", "environment", _PROGRAM_VARIABLE),
            )


def _holds(artifact: ArtifactInspection, path: str) -> bool:
    return any(record.path == path for record in artifact.files)


def _functions(artifact: ArtifactInspection) -> set[str]:
    """Return the names that the entry point binds at its top; none where it can't be read: a rule says so."""
    try:
        module = parse_python(artifact.entry_point)
    except (SyntaxError, ValueError):
        return {"model_fn"}
    names = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _minor(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release)[:2])
