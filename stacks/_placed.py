"""What a stack of components is given of each: what the file says, and the name in SageMaker."""

from dataclasses import dataclass

import spec
from stacks.built_artifacts import BuiltArtifact

__all__ = ["PlacedAdapter", "PlacedComponent"]


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
