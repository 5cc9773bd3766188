"""One of many components, whole: what runs, how it scales, what it leaves to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from seatrial_hosting.component_settings import ComponentSpecification, RollingUpdate
from seatrial_hosting.scaling_settings import Scaling

__all__ = ["ComponentDeclaration", "DeclaredModel"]


@dataclass(frozen=True, slots=True)
class DeclaredModel:
    """A Model that goes with its component, served with a role that is there already.

    Attributes:
        image: in Amazon ECR.
        artifact_url: one ``.tar.gz`` in Amazon S3.
        role_arn: the execution role, which may read both.
        subnet_ids: where copies have their network interfaces.
        security_group_ids: of these interfaces.
        environment: of the container.
    """

    image: str
    artifact_url: str
    role_arn: str
    subnet_ids: Sequence[str]
    security_group_ids: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComponentDeclaration:
    """A component of a ``ComponentFleet``.

    Attributes:
        component_name: at most 63 letters, digits and hyphens, unique in account and region.
        specifications: one for all instance types, or one for each of two to five. ``model_name`` is left out
            where ``model`` is given.
        model: the Model that all specifications serve; None where they name one, or a container.
        scaling: how copies follow the load, down to zero where its minimum is or becomes 0; None for
            ``copy_count``.
        copy_count: copies in the template, needed without ``scaling`` and best left out with it: every update
            of the component may set its copies back to the number.
        rolling_update: how a change replaces the copies; the fleet adds its alarm on errors.
        log_retention_days: how long CloudWatch Logs keeps what the copies write; None for no log group here:
            SageMaker makes one that is kept for ever.
        errors_per_minute: answers with a 5xx status that set off the alarm and roll an update back; None for
            no alarm.
    """

    component_name: str
    specifications: Sequence[ComponentSpecification]
    model: DeclaredModel | None = None
    scaling: Scaling | None = None
    copy_count: int | None = None
    rolling_update: RollingUpdate = field(default_factory=RollingUpdate)
    log_retention_days: int | None = 30
    errors_per_minute: int | None = 5
