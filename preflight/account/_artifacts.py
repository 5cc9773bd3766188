"""Asks for the archives that models are published as."""

from collections.abc import Mapping

from model_packaging.artifact import Publication, PublicationLockError, read_publications
from preflight.account.asking import ABSENT, Asking
from preflight.account.evidence import ArtifactFacts
from spec import DeploymentFile

__all__ = ["ask_artifacts", "published_archives"]


def published_archives(file: DeploymentFile) -> Mapping[str, Publication]:
    """Return what the lock file says of each served model that is published as an archive.

    A lock file that can't be read is another rule's to tell: it says nothing here.
    """
    deployment = file.deployment
    served = {name for name in deployment.served_models if deployment.models[name].artifact == "published"}
    if not served:
        return {}
    try:
        publications = read_publications(file.path)
    except PublicationLockError:
        return {}
    return {name: publications[name] for name in sorted(served & publications.keys())}


def ask_artifacts(
    asking: Asking, publications: Mapping[str, Publication]
) -> Mapping[str, ArtifactFacts | None]:
    """Return what is there of each published archive, by model; None where there is nothing."""
    found: dict[str, ArtifactFacts | None] = {}
    for name, publication in publications.items():
        answer = asking.ask(
            "s3",
            "head_object",
            f"the archive of {name}, {publication.url}",
            "s3:GetObject and s3:ListBucket",
            absent=("404", "NoSuchKey", "NoSuchBucket"),
            Bucket=publication.bucket_name,
            Key=publication.object_key,
            ChecksumMode="ENABLED",
        )
        if answer is ABSENT:
            found[name] = None
        elif isinstance(answer, dict):
            found[name] = ArtifactFacts(answer["ContentLength"], answer.get("ChecksumSHA256"))
    return found
