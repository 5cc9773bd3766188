"""What an example says, as the evidence that its rule is given; nothing is written, packed or synthesized."""

from collections.abc import Callable, Mapping
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from model_packaging.artifact import BuildInputs, Manifest, Publication
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.errors import FactoryError
from preflight.account.evidence import AccountEvidence
from preflight.acknowledgments import AcknowledgmentReview, declared_acknowledgments
from preflight.evidence import BuiltModel, DeploymentEvidence
from preflight.rule import (
    ACCOUNT,
    ACKNOWLEDGMENT,
    ARTIFACT,
    DEPLOYMENT,
    TEMPLATE,
    TEMPLATE_ACKNOWLEDGMENT,
    Rule,
    Scope,
)
from preflight.templates import SynthesizedTemplates
from spec import DeploymentFile, parse_deployment
from tests.preflight.example_changes import changed

__all__ = ["base", "evidence_of", "read_yaml"]

_BASES = Path(__file__).parent / "examples" / "bases"
_FILE = {"mode": 0o644, "size_bytes": 1, "sha256": "0" * 64}
_DEPLOYMENT_FILE = Path("deployments/vision.yaml")
_TEMPLATE = "app.template.json"

Document = Mapping[str, Any]


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what the YAML file at ``path`` says, as plain values."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@cache
def base(name: str) -> Any:  # noqa: ANN401 - as above
    """Return what examples start from: a document that no rule of its scope has anything to say about.

    That of a deployment says of every model what was packaged, whole.
    """
    document = read_yaml(_BASES / f"{name}.yaml")
    if "deployment" in document:
        given = document.get("built", {})
        models = document["deployment"]["models"]
        document["built"] = {model: changed(base("built"), given.get(model, {})) for model in models}
    return document


def evidence_of(rule: Rule[Any], document: Document) -> Any:  # noqa: ANN401 - whatever the scope's rules take
    """Return ``document`` as what ``rule`` looks at.

    Raises:
        pydantic.ValidationError: the document has not the shape of the evidence.
        spec.DeploymentFileError: its deployment file is none.
    """
    made: Mapping[str, Callable[[Document], Any]] = {
        ARTIFACT.name: lambda given: _plain(ArtifactInspection, _with_files(given)),
        DEPLOYMENT.name: _deployment,
        TEMPLATE.name: lambda given: SynthesizedTemplates({_TEMPLATE: given}),
        ACCOUNT.name: _account,
        ACKNOWLEDGMENT.name: lambda given: _review(given, rule.scope),
        TEMPLATE_ACKNOWLEDGMENT.name: lambda given: _review(given, rule.scope),
    }
    if rule.scope.name in made:
        return made[rule.scope.name](document)
    # Outcomes of trials are plain data, of the type that the check declares.
    [evidence] = (kind for name, kind in get_type_hints(rule.check).items() if name != "return")
    return _plain(evidence, document)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any dataclass
    return TypeAdapter(kind)


def _plain(kind: Any, document: Document) -> Any:  # noqa: ANN401 - an instance of ``kind``
    return _adapter(kind).validate_python(document)


def _with_files(document: Document) -> dict[str, Any]:
    """Return ``document`` with whole records of its files, and of those of the models beside it."""
    files = [{"path": each} if isinstance(each, str) else each for each in document.get("files", [])]
    beside = [_with_files(each) for each in document.get("beside", [])]
    return {**document, "files": [{**_FILE, **each} for each in files], "beside": beside}


def _deployment(document: Document) -> DeploymentEvidence:
    file, built = _parsed(document["deployment"]), document["built"]
    return DeploymentEvidence(
        file=file,
        shown_file=str(_DEPLOYMENT_FILE),
        built={
            name: _built(name, model.layout, built.get(name, base("built")))
            for name, model in file.deployment.models.items()
            if name in file.deployment.served_models
        },
        accepted_shards=document.get("accepted_shards", {}),
        missing_golden_files=frozenset(document.get("missing_golden_files", ())),
    )


def _parsed(sections: Document) -> DeploymentFile:
    text = StringIO()
    YAML(typ="safe", pure=True).dump(sections, text)
    return parse_deployment(text.getvalue(), _DEPLOYMENT_FILE)


def _built(name: str, layout: str, document: Document) -> BuiltModel:
    given, error = document.get("manifest"), document.get("declared_error")
    manifest = _manifest(name, layout, given) if given is not None else None
    publication = document.get("publication")
    return BuiltModel(
        manifest_path=document["manifest_path"],
        packaged=document["packaged"],
        manifest=manifest,
        manifest_error=document.get("manifest_error", ""),
        archive_path=Path("build") / manifest.archive.file_name if manifest else None,
        archive_size_bytes=document.get("archive_size_bytes"),
        declared=None if error else _plain(BuildInputs, document["declared"]),
        declared_error=FactoryError(error, "correct it.", "") if error else None,
        publication=_publication(manifest, publication) if publication and manifest else None,
        packaged_since=document.get("packaged_since"),
    )


def _manifest(name: str, layout: str, given: Document) -> Manifest:
    manifest: Manifest = _plain(Manifest, {"model": name, "layout": layout, **_with_files(given)})
    return manifest


def _publication(manifest: Manifest, given: Document) -> Publication:
    return Publication(
        manifest,
        region=given["region"],
        bucket_name=given["bucket_name"],
        object_key=given["object_key"],
        kms_key_arn=given.get("kms_key_arn"),
        sha256=given.get("sha256"),
    )


def _account(document: Document) -> AccountEvidence:
    """Return what the account says of the deployment; ``false`` stands for what it doesn't have."""
    facts = {key: value if key == "images" else _with_absent(value) for key, value in document.items()}
    file = _parsed(facts.pop("deployment"))
    publications = {
        name: _publication(_manifest(name, "triton", base("built")["manifest"]), given)
        for name, given in facts.pop("publications", {}).items()
    }
    evidence: AccountEvidence = _plain(AccountEvidence, {**facts, "file": file, "publications": publications})
    return evidence


def _with_absent(facts: Any) -> Any:  # noqa: ANN401 - a number, a text, a list, or facts by name
    if not isinstance(facts, Mapping):
        return facts
    return {name: None if fact is False else fact for name, fact in facts.items()}


def _review(document: Document, scope: Scope[Any]) -> AcknowledgmentReview:
    file = _parsed(document["deployment"])
    scopes = (TEMPLATE,) if scope is TEMPLATE_ACKNOWLEDGMENT else (ARTIFACT, DEPLOYMENT, ACKNOWLEDGMENT)
    return AcknowledgmentReview(
        tuple(declared_acknowledgments(file.deployment)),
        found=frozenset(document["found"].items()),
        scopes=frozenset[Scope[Any]](scopes),
    )
