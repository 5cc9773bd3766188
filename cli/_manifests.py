"""Where a command finds a model's manifest."""

from pathlib import Path

from model_packaging.artifact import MANIFEST_FILE_NAME, Manifest, read_manifest, read_publications
from spec import DeploymentFile

__all__ = ["manifest_of"]


def manifest_of(file: DeploymentFile, model: str, build_root: Path) -> Manifest:
    """Return what is said of the model that ``file`` deploys: in the lock file if it is published, or build/.

    Raises:
        ManifestError: it is in neither, or can't be read.
        PublicationLockError: the lock file can't be read.
    """
    if file.deployment.models[model].artifact != "asset":
        publication = read_publications(file.path).get(model)
        if publication is not None:
            return publication.manifest
    return read_manifest(build_root / file.deployment.name / model / MANIFEST_FILE_NAME)
