"""SEA411 to SEA418: what was published, as the lock file has it, against what the file says now."""

from collections.abc import Iterator

from model_packaging.artifact import Publication
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation
from spec import DeploymentFile, Model

__all__ = [
    "executable_loses_its_mode",
    "lock_unreadable",
    "not_published",
    "publication_differs_from_build",
    "publication_of_another_model",
    "publication_older_than_file",
    "published_elsewhere",
    "refused_file_name",
]

_LOCK = (
    "Seatrial, publishing: the lock file beside the deployment file says what was published, and where; "
    "nothing is published at synth"
)
_PREFIX = "SageMaker API Reference, S3ModelDataSource, CompressionType None"
_MAX_NAME_BYTES = 255
_OWNER_EXECUTES = 0o100


def _publish(evidence: DeploymentEvidence) -> str:
    return f"Run `seatrial publish {evidence.shown_file}`, and commit the lock file."


def _published(evidence: DeploymentEvidence) -> Iterator[tuple[str, Model, Publication]]:
    for name, model in evidence.served_models():
        publication = evidence.built[name].publication
        if publication is not None:
            yield name, model, publication


@rule(
    "SEA411",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="the model is not published",
    scope=DEPLOYMENT,
    source=_LOCK,
    symptom="Nothing: the template can't name an artifact whose address nobody knows.",
    fix="Run `seatrial publish` on the deployment file, and commit the lock file.",
)
def not_published(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Every model that an endpoint serves and that is no asset is in the lock file."""
    for name, model in evidence.served_models():
        built = evidence.built[name]
        if model.artifact != "asset" and built.publication is None and not built.manifest_error:
            yield Violation(
                f"{built.manifest_path} doesn't have it: the model was not published.",
                "an entry for every model whose artifact is published or uncompressed.",
                ("models", name, "artifact"),
                _publish(evidence),
            )


@rule(
    "SEA412",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="the lock file can't be read",
    scope=DEPLOYMENT,
    source=_LOCK,
    symptom="Nothing: the template can't name an artifact whose address nobody knows.",
    fix="Restore the lock file from version control, or publish again.",
)
def lock_unreadable(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The lock file is the JSON document that publishing wrote, of this version's format."""
    for name, model in evidence.served_models():
        built = evidence.built[name]
        if model.artifact != "asset" and built.manifest_error:
            yield Violation(
                f"{built.manifest_error}.",
                "a lock file that this version of Seatrial wrote.",
                ("models", name, "artifact"),
            )


@rule(
    "SEA413",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.AT_REQUEST,
    title="the published model is older than the deployment file",
    scope=DEPLOYMENT,
    source=_LOCK,
    symptom="The endpoint is InService with another model than the file declares.",
    fix="Publish the model again, and commit the lock file.",
)
def publication_older_than_file(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """What was published was built from this section and these sources."""
    for name, _, publication in _published(evidence):
        built = evidence.built[name]
        changed = publication.manifest.build_inputs.differences(built.declared) if built.declared else ()
        if changed:
            yield Violation(
                f"What {built.manifest_path} has was built before a change of {', '.join(changed)}.",
                "a model published from what the file declares now.",
                ("models", name),
                _publish(evidence),
            )


@rule(
    "SEA414",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.AT_REQUEST,
    title="the model is published elsewhere than the file declares",
    scope=DEPLOYMENT,
    source=f"{_LOCK}; {_PREFIX}; SageMaker API Reference, CreateModel: the artifact is in the model's region",
    symptom="The endpoint serves from where the file doesn't say, or fails since the region is another.",
    fix="Publish the model again, and commit the lock file.",
)
def published_elsewhere(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Form, bucket, prefix, region and key of the lock file are those of the deployment file."""
    for name, model, publication in _published(evidence):
        declared = _declared_address(evidence.file, model, publication)
        if declared != publication.url:
            yield Violation(
                f"{evidence.built[name].manifest_path} has {publication.url}.",
                f"{declared}.",
                ("models", name, "artifact"),
                _publish(evidence),
            )
        region = evidence.file.deployment.environment.region
        key = evidence.file.deployment.published_to.kms_key_arn
        if publication.region != region:
            yield Violation(
                f"{publication.url} is in {publication.region}.",
                f"{region}, the deployment's region.",
                ("models", name, "artifact"),
                _publish(evidence),
            )
        if key not in (None, publication.kms_key_arn):
            yield Violation(
                f"{publication.url} is encrypted with {publication.kms_key_arn or 'a key of Amazon S3'}.",
                f"{key}, as declared.",
                ("models", name, "artifact"),
                f"Delete what is there. {_publish(evidence)}",
            )


@rule(
    "SEA415",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.AT_REQUEST,
    title="the published model is another one",
    scope=DEPLOYMENT,
    source=_LOCK,
    symptom="The endpoint is InService with another model than the file declares, under that one's name.",
    fix="Publish the model again, and commit the lock file.",
)
def publication_of_another_model(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """An entry of the lock file is of the model whose name it bears."""
    for name, _, publication in _published(evidence):
        if publication.manifest.model != name:
            yield Violation(
                f"{evidence.built[name].manifest_path} has the model {publication.manifest.model!r} for it.",
                f"the model {name!r}.",
                ("models", name),
                _publish(evidence),
            )


@rule(
    "SEA416",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.AT_REQUEST,
    title="what was packaged last is not what is published",
    scope=DEPLOYMENT,
    source=_LOCK,
    symptom="The endpoint serves what was published, not what lies in build/ and was checked and tried.",
    fix="Publish the model again, and commit the lock file.",
)
def publication_differs_from_build(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Of a model that was packaged here from what the file declares, the content is that of the lock file."""
    for name, _, publication in _published(evidence):
        built = evidence.built[name]
        if built.packaged_since not in (None, publication.manifest.content_key):
            yield Violation(
                f"{built.manifest_path} has the content {publication.manifest.content_key[:12]}, and "
                f"{str(built.packaged_since)[:12]} was packaged here.",
                "the content that was packaged, or no build of the model here.",
                ("models", name),
                _publish(evidence),
            )


@rule(
    "SEA417",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a file name that SageMaker doesn't take below a prefix",
    scope=DEPLOYMENT,
    source=_PREFIX,
    symptom="The deployment of the endpoint fails while the model is downloaded.",
    fix="Rename the file, or take artifact: published.",
)
def refused_file_name(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """No part of a path is empty, blank, a dot or two, longer than 255 bytes, or has a null byte."""
    for name, _, publication in _published(evidence):
        for file in publication.manifest.files if publication.is_uncompressed else ():
            parts = file.path.split("/")
            if any(_is_refused(part) for part in parts):
                yield Violation(
                    f"The model has the file {file.path!r}.",
                    "names that are not blank, . or .., of at most 255 bytes.",
                    ("models", name, "artifact"),
                )


@rule(
    "SEA418",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an executable file that is not packed",
    scope=DEPLOYMENT,
    source="Amazon S3 User Guide, objects overview: an object has no permission bits",
    symptom="The container may be refused to execute the file, which an archive would have kept executable.",
    fix="Take artifact: published.",
)
def executable_loses_its_mode(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A file that may be executed is in an archive, which says so."""
    for name, _, publication in _published(evidence):
        for file in publication.manifest.files if publication.is_uncompressed else ():
            if file.mode & _OWNER_EXECUTES:
                yield Violation(
                    f"{file.path} is executable, which no object in Amazon S3 says.",
                    "files that are only read.",
                    ("models", name, "artifact"),
                )


def _declared_address(file: DeploymentFile, model: Model, publication: Publication) -> str:
    target = file.deployment.published_to
    ending = "/" if model.artifact == "uncompressed" else ".tar.gz"
    return f"s3://{target.bucket_name}/{target.prefix}{publication.manifest.content_key}{ending}"


def _is_refused(part: str) -> bool:
    too_long = len(part.encode()) > _MAX_NAME_BYTES
    return not part.strip() or part in {".", ".."} or "\0" in part or too_long
