"""Checks a bare artifact: reads it, and runs the rules that can be asked about it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.bare.arrangement import arranged
from preflight.bare.context import ServingContext
from preflight.bare.deployment import bare_evidence, bare_model
from preflight.bare.errors import BareError
from preflight.bare.locating import in_context, in_model, in_root
from preflight.bare.reading import CONFIG, read_bare
from preflight.bare_artifact import BareArtifact
from preflight.finding import Finding
from preflight.registry import REGISTRY
from preflight.report import Report
from preflight.rule import ARTIFACT, BARE, DEPLOYMENT, Surrounding
from preflight.running import findings_of

__all__ = ["check_bare", "not_checked"]

_SUFFIXES = (".tar.gz", ".tgz")
_AT_THE_ROOT = "SEA101"


def check_bare(path: Path, context: ServingContext) -> Report:
    """Return what can be said about the folder or archive at ``path`` without running anything in it.

    An archive is read once from front to back. The artifact rules run over each model in it; those about
    models on instances, in images and with environments run as far as ``context`` says these.

    Args:
        path: a Triton repository, a model's folder, what SageMaker's PyTorch images read, or a .tar.gz of
            one of these.
        context: where it is to be served.

    Raises:
        BareError: there is neither a folder nor a file at ``path``.
        RuleFailedError: a rule raised.
    """
    if not path.is_dir() and not path.is_file():
        raise BareError(f"{path}: there is no such folder or archive")
    artifact = arranged(read_bare(path), _name_of(path), context.environment)
    shown = str(path)
    findings = list(findings_of(BARE, artifact, in_root(shown, artifact)))
    if artifact.answering is not None:
        findings += _of_models(artifact, artifact.answering, shown, context)
        findings += _of_deployment(artifact.answering, path, context)
    return Report(tuple(findings))


def not_checked(context: ServingContext) -> tuple[str, ...]:
    """Return in words what ``context`` leaves open, whose rules then don't run."""
    options = {Surrounding.INSTANCE: "--instance-type", Surrounding.IMAGE: "--image-tag"}
    unknown = _unknown(context)
    return tuple(f"{each} ({option})" for each, option in options.items() if each in unknown)


def _name_of(path: Path) -> str:
    name = path.resolve().name
    return next((name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)), name) or "model"


def _of_models(
    artifact: BareArtifact, answering: ArtifactInspection, shown: str, context: ServingContext
) -> Iterator[Finding]:
    """Yield what the artifact rules find in each model, but for what the environment settles."""
    section = bare_model(answering, context)
    # Settled is what stacks add to AWS's images, and here is no stack: as with an image of the user's own.
    container = section.container.model_copy(update={"image_uri": "unknown"})
    section = section.model_copy(update={"container": container})
    if artifact.is_model_folder:
        config = next(each for each in answering.files if each.path == f"{answering.model}/{CONFIG}")
        at_root = replace(answering, files=(replace(config, path=CONFIG),))
        locate = in_model(shown, artifact, answering)
        yield from (each for each in findings_of(ARTIFACT, at_root, locate) if each.rule == _AT_THE_ROOT)
    for model in artifact.models:
        for finding in findings_of(ARTIFACT, model, in_model(shown, artifact, model)):
            rule = REGISTRY.find(finding.rule)
            if rule is None or rule.settled_by is None or not rule.settled_by(section):
                yield finding


def _of_deployment(answering: ArtifactInspection, path: Path, context: ServingContext) -> Iterator[Finding]:
    """Yield what is found about the artifact on its instances, in its image and with its environment."""
    unknown = _unknown(context)
    evidence = bare_evidence(answering, path, context)
    for finding in findings_of(DEPLOYMENT, evidence, in_context(str(path), answering.model)):
        rule = REGISTRY.find(finding.rule)
        needed = rule.of_bare if rule is not None else None
        if finding.location is not None and needed is not None and not unknown.intersection(needed):
            yield finding


def _unknown(context: ServingContext) -> frozenset[Surrounding]:
    said = {Surrounding.INSTANCE: context.instance_type, Surrounding.IMAGE: context.image_tag}
    return frozenset(each for each, value in said.items() if value is None)
