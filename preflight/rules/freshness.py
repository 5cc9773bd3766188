"""SEA4xx: what was packaged against what the deployment file says now."""

from collections.abc import Iterator

from model_packaging.artifact import Manifest
from model_packaging.errors import DataFileError, LayoutError
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation

__all__ = [
    "archive_missing",
    "archive_size_differs",
    "manifest_of_another_model",
    "manifest_older_than_file",
    "manifest_unreadable",
    "not_packaged",
    "source_unknown",
]

_KEYS = "Seatrial, two keys: what is served is named by its content key, what to build by its build key"
_NOTHING_TO_SERVE = "Nothing: the template can't name an artifact that does not exist."


def _packaged_assets(evidence: DeploymentEvidence) -> Iterator[tuple[str, Manifest]]:
    """Yield each model that `cdk deploy` uploads and whose manifest can be read, with that."""
    for name, model, manifest in evidence.packaged_models():
        if model.artifact == "asset":
            yield name, manifest


def _package(evidence: DeploymentEvidence) -> str:
    return f"Run `seatrial package {evidence.shown_file}`"


@rule(
    "SEA401",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="the model is not packaged",
    scope=DEPLOYMENT,
    source=_KEYS,
    symptom=_NOTHING_TO_SERVE,
    fix="Run `seatrial package` on the deployment file.",
)
def not_packaged(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Every model that an endpoint serves has a manifest."""
    for name, model in evidence.served_models():
        built = evidence.built[name]
        if model.artifact == "asset" and not built.packaged:
            yield Violation(
                f"There is no {built.manifest_path}: the model was not packaged.",
                "a packaged model for every endpoint.",
                ("models", name),
                f"{_package(evidence)}.",
            )


@rule(
    "SEA402",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="the manifest can't be read",
    scope=DEPLOYMENT,
    source=_KEYS,
    symptom=_NOTHING_TO_SERVE,
    fix="Package the model again.",
)
def manifest_unreadable(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A manifest is the JSON document that packaging wrote, of this version's format."""
    for name, model in evidence.served_models():
        built = evidence.built[name]
        if model.artifact == "asset" and built.manifest_error:
            yield Violation(
                f"{built.manifest_error}.",
                "a manifest that this version of Seatrial wrote.",
                ("models", name),
                f"{_package(evidence)}.",
            )


@rule(
    "SEA403",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.AT_REQUEST,
    title="the packaged model is older than the deployment file",
    scope=DEPLOYMENT,
    source=_KEYS,
    symptom="The endpoint is InService with another model than the file declares.",
    fix="Package the model again.",
)
def manifest_older_than_file(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The manifest was built from this section and these sources; synth never builds again by itself."""
    for name, manifest in _packaged_assets(evidence):
        built = evidence.built[name]
        changed = manifest.build_inputs.differences(built.declared) if built.declared else ()
        if changed:
            yield Violation(
                f"{built.manifest_path} was built before a change of {', '.join(changed)}.",
                "a model packaged from what the file declares now.",
                ("models", name),
                f"{_package(evidence)}.",
            )


@rule(
    "SEA404",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="the archive is missing",
    scope=DEPLOYMENT,
    source=_KEYS,
    symptom="`cdk deploy` fails while it publishes the asset.",
    fix="Package the model again.",
)
def archive_missing(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The archive lies beside its manifest."""
    for name, manifest in _packaged_assets(evidence):
        built = evidence.built[name]
        if built.archive_size_bytes is None:
            yield Violation(
                f"{built.manifest_path} names {manifest.archive.file_name}, which is not beside it.",
                "the archive beside its manifest.",
                ("models", name),
                f"{_package(evidence)}; with --force where the manifest is up to date.",
            )


@rule(
    "SEA405",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.AT_REQUEST,
    title="the archive is not the one that was packaged",
    scope=DEPLOYMENT,
    source=_KEYS,
    symptom="The endpoint serves something else than the manifest says, or can't unpack it and fails.",
    fix="Package the model again with --force.",
)
def archive_size_differs(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The archive has the size that its manifest recorded."""
    for name, manifest in _packaged_assets(evidence):
        built, recorded = evidence.built[name], manifest.archive
        if built.archive_size_bytes not in (None, recorded.size_bytes):
            yield Violation(
                f"{recorded.file_name} has {built.archive_size_bytes} bytes; {built.manifest_path} recorded "
                f"{recorded.size_bytes}.",
                f"{recorded.size_bytes} bytes.",
                ("models", name),
                f"{_package(evidence)} with --force.",
            )


@rule(
    "SEA406",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="the model's source can't be found",
    scope=DEPLOYMENT,
    source=_KEYS,
    symptom="The endpoint may serve another model than the file declares; no one can tell.",
    fix="Correct export.from, or bring the factory's source file back.",
)
def source_unknown(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The factory's source files say whether the packaged model is current."""
    for name, _ in evidence.served_models():
        error = evidence.built[name].declared_error
        if error is not None:
            is_file = isinstance(error, LayoutError | DataFileError)
            place = ("pytorch",) if isinstance(error, LayoutError) else ("export", "from")
            if isinstance(error, DataFileError):
                place = ("export", "files")
            yield Violation(
                error.cause,
                "a file of the project." if is_file else "module:factory of a Python file in the project.",
                ("models", name, *place),
                f"{error.fix[:1].upper()}{error.fix[1:]}",
            )


@rule(
    "SEA407",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.AT_REQUEST,
    title="the manifest is another model's",
    scope=DEPLOYMENT,
    source=_KEYS,
    symptom="The endpoint is InService with another model than the file declares, under that one's name.",
    fix="Package the model again.",
)
def manifest_of_another_model(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A manifest lies in the folder of its own model; equal models differ by nothing but the name."""
    for name, manifest in _packaged_assets(evidence):
        if manifest.model != name:
            yield Violation(
                f"{evidence.built[name].manifest_path} is of the model {manifest.model!r}.",
                f"the manifest of {name!r}.",
                ("models", name),
                f"{_package(evidence)} with --force.",
            )
