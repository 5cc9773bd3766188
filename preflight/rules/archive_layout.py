"""SEA1xx: what lies where in the archive."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.layout import Layout
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._environment import DEFAULT_MODEL_NAME, SERVE
from preflight.rules._triton_config import TritonConfig, config_of, config_path_of

__all__ = [
    "LEFT_BEHIND",
    "config_at_the_root",
    "config_missing",
    "model_file_missing",
    "no_version_folder",
    "several_models_without_default",
    "unsafe_member_path",
]

_CONFIG = "config.pbtxt"
LEFT_BEHIND = (".git", ".ipynb_checkpoints", ".svn", "__MACOSX", "__pycache__")
"""Folders of git, Jupyter, Subversion, macOS's archiver and Python; ``serve`` takes any for a model."""

_VERSION_FOLDER = re.compile(r"[1-9][0-9]*")
_COMPLETED_WHOLLY = {"model.onnx", "model.plan", "model.savedmodel", "model.xml"}
"""Files whose backends make the configuration of (Triton, auto-generated model configuration)."""
_MODEL_FILES = {
    "pytorch": ("model.pt",),
    "onnxruntime": ("model.onnx",),
    "tensorrt": ("model.plan",),
    "python": ("model.py",),
    "openvino": ("model.xml",),
}


@rule(
    "SEA101",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="config.pbtxt at the archive's root",
    scope=ARTIFACT,
    source=SERVE,
    symptom="The container exits with 'Incorrect directory structure' and the endpoint fails after its "
    "start-up time-out.",
    fix="Move config.pbtxt and the version folders into one folder named after the model.",
)
def config_at_the_root(artifact: ArtifactInspection) -> Iterator[Violation]:
    """SageMaker's container wants a model repository, not a model, at /opt/ml/model."""
    if any(record.path == _CONFIG for record in artifact.files):
        yield Violation(
            "config.pbtxt lies at the root of the archive.",
            f"{config_path_of(artifact)} and no file at the root.",
        )


@rule(
    "SEA102",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="the model's folder has no config.pbtxt",
    scope=ARTIFACT,
    source="Triton, model repository, repository layout; model configuration, auto-generated model "
    "configuration (not for the PyTorch backend)",
    symptom="Triton does not know the model's inputs and outputs: it refuses the model, or every request.",
    fix="Put config.pbtxt into the model's folder.",
)
def config_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The model's folder holds its configuration, but where its backend makes one of the model's file."""
    wanted = config_path_of(artifact)
    missing = not any(record.path == wanted for record in artifact.files)
    if missing and artifact.layout is Layout.TRITON and not _makes_its_own(artifact):
        yield Violation(f"The archive holds no {wanted}.", f"{wanted} beside the version folders.")


@rule(
    "SEA103",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="folders that are no models of the deployment, and no default model",
    scope=ARTIFACT,
    source=SERVE,
    symptom="The container exits with 'More than 1 model directory found' and the endpoint fails after its "
    "start-up time-out.",
    fix=f"Name the model that answers requests in the container's environment: {DEFAULT_MODEL_NAME}.",
    settled_by=lambda model: DEFAULT_MODEL_NAME in model.container.environment,
)
def several_models_without_default(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The container serves the only folder there is, hidden ones included, or the one that is named.

    Stacks name it where a model is packed with others; of other folders nobody knows what they are.
    """
    folders = sorted({record.path.split("/", 1)[0] for record in artifact.files if "/" in record.path})
    models = {artifact.model, *(each.model for each in artifact.beside)}
    is_settled = artifact.default_is_named and models.issuperset(folders)
    if len(folders) <= 1 or is_settled or artifact.layout is not Layout.TRITON:
        return
    left_behind = [each for each in folders if each in LEFT_BEHIND]
    fix = f"Remove {', '.join(left_behind)}: no model, and what tools leave behind." if left_behind else None
    others = [each for each in folders if each != artifact.model]
    yield Violation(
        f"The archive holds {len(folders)} folders at its root: {', '.join(folders)}.",
        f"one folder, or {DEFAULT_MODEL_NAME} with the name of one of them.",
        tuple((left_behind or others)[:1]),
        fix,
    )


@rule(
    "SEA104",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="no numbered version folder",
    scope=ARTIFACT,
    source="Triton, model repository, model versions; seen on Triton 2.51",
    symptom="Triton ignores every folder of another name: 'at least one version must be available under the "
    "version policy', and the endpoint fails after its start-up time-out.",
    fix="Put the model file into a folder named 1 below the model's folder.",
)
def no_version_folder(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A version is a folder whose name is a number without leading zeros; an ensemble has one, too."""
    if artifact.layout is not Layout.TRITON:
        return
    folders = _files_by_folder(artifact)
    if not any(_VERSION_FOLDER.fullmatch(name) for name in folders):
        found = ", ".join(sorted(folders)) or "no folder at all"
        yield Violation(
            f"{artifact.model} has no version folder; it has {found}.",
            "a number without leading zeros, such as 1.",
        )


@rule(
    "SEA105",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="the version folder has no model file",
    scope=ARTIFACT,
    source="Triton, model repository, model files",
    symptom="Triton can't load the model, or waits for minutes, without a word in the API's answer; the "
    "endpoint fails after its start-up time-out.",
    fix="Export the model under the backend's file name; the PyTorch backend reads TorchScript, never a "
    "pickle or a state dictionary.",
)
def model_file_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Each backend opens one file name, unless default_model_filename gives another."""
    config = config_of(artifact)
    if config is None or config.is_ensemble:
        return
    wanted = _model_files_of(config)
    versions = _versions_of(artifact)
    if not wanted or not versions:
        return
    newest = max(versions, key=int)
    served = {newest: versions[newest]} if config.latest_version_only else versions
    if not any(
        file in wanted or file.startswith(f"{wanted[0]}/") for files in served.values() for file in files
    ):
        found = ", ".join(sorted(served[newest]))
        yield Violation(
            f"{artifact.model}/{newest} holds no {wanted[0]}; it holds {found}.",
            f"{artifact.model}/{newest}/{wanted[0]}.",
        )


@rule(
    "SEA106",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a path that leads out of the archive",
    scope=ARTIFACT,
    source="Python, tarfile, extraction filters; GNU tar, absolute file names",
    symptom="What unpacks the archive refuses the member or drops it, and the model is incomplete; a "
    "careless one overwrites files of its own.",
    fix="Pack relative paths without '..'.",
)
def unsafe_member_path(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A member stays below the folder it is unpacked into, whoever unpacks it."""
    for record in artifact.files:
        if _is_unsafe(record.path):
            yield Violation(
                f"The archive holds the path {record.path!r}.",
                "a relative path without '..', backslashes and control characters.",
            )


def _makes_its_own(artifact: ArtifactInspection) -> bool:
    """Say whether a version has a file that some backend makes the whole configuration of.

    Of a Python model that is what auto_complete_config does: where its text was not read, it may.
    """
    names = {file.partition("/")[0] for files in _versions_of(artifact).values() for file in files}
    by_python = not artifact.python_model or "auto_complete_config" in artifact.python_model
    return bool(names & _COMPLETED_WHOLLY) or ("model.py" in names and by_python)


def _is_unsafe(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not parts or path.startswith("/") or ".." in parts or "\\" in path or not path.isprintable()


def _versions_of(artifact: ArtifactInspection) -> dict[str, list[str]]:
    """Return the files below each version's folder, by the folder's name."""
    return {
        name: files for name, files in _files_by_folder(artifact).items() if _VERSION_FOLDER.fullmatch(name)
    }


def _files_by_folder(artifact: ArtifactInspection) -> dict[str, list[str]]:
    """Return the files below each folder of the model's folder, by the folder's name."""
    folders: dict[str, list[str]] = {}
    for record in artifact.files:
        model, _, below = record.path.partition("/")
        folder, _, file = below.partition("/")
        if model == artifact.model and file:
            folders.setdefault(folder, []).append(file)
    return folders


def _model_files_of(config: TritonConfig) -> tuple[str, ...]:
    """Return the file names that the backend opens; none where the backend's names are not known."""
    if config.default_model_filename:
        return (config.default_model_filename,)
    if config.runtime:
        return ()
    return _MODEL_FILES.get(config.serving_backend, ())
