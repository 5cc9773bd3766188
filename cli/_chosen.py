"""Some of the models of a deployment file."""

import dataclasses
from collections.abc import Collection

from spec import DeploymentFile, DeploymentFileError, Problem

__all__ = ["chosen_models", "without_models"]


def chosen_models(file: DeploymentFile, names: Collection[str]) -> DeploymentFile:
    """Return ``file`` with these models and what they are made of; with all of them where none is named.

    Raises:
        DeploymentFileError: it has no such model.
    """
    models = file.deployment.models
    unknown = [name for name in names if name not in models]
    if unknown:
        raise DeploymentFileError(
            (
                Problem(
                    location=f"{file.path}:{file.line_of('models')}",
                    path="models",
                    value=unknown[0],
                    what=f"there is no model {unknown[0]!r}",
                    allowed=", ".join(models),
                    fix="name one of these with --model",
                ),
            )
        )
    kept = {member for name in names for member in (name, *file.deployment.members_of(name))}
    return without_models(file, models.keys() - kept) if names else file


def without_models(file: DeploymentFile, names: Collection[str]) -> DeploymentFile:
    """Return ``file`` without these models; the rest of it still names them."""
    models = {name: model for name, model in file.deployment.models.items() if name not in names}
    return dataclasses.replace(file, deployment=file.deployment.model_copy(update={"models": models}))
