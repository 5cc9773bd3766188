"""What a stack is given of what it serves: what the file says, and the name in SageMaker."""

from dataclasses import dataclass

import spec
from stacks.built_artifacts import BuiltArtifact

__all__ = ["PlacedAdapter", "PlacedComponent", "PlacedModel"]


@dataclass(frozen=True, slots=True)
class PlacedModel:
    """A model that an endpoint serves.

    Attributes:
        container: its container section.
        artifact: what is served.
    """

    container: spec.Container
    artifact: BuiltArtifact


@dataclass(frozen=True, slots=True)
class PlacedComponent:
    """A component of this stack.

    Attributes:
        name: in SageMaker.
        component: as the file has it.
        container: of its model.
        artifact: of its model.
    """

    name: str
    component: spec.Component
    container: spec.Container
    artifact: BuiltArtifact


@dataclass(frozen=True, slots=True)
class PlacedAdapter:
    """An adapter of this stack, which holds its base, too.

    Attributes:
        name: in SageMaker.
        adapter: as the file has it.
    """

    name: str
    adapter: spec.Adapter
