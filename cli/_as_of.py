"""How commands label a laptop's AWS that stands for another year's."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.aws.client import LocalAwsStatus

__all__ = ["as_of_lines"]


def as_of_lines(status: "LocalAwsStatus") -> Iterator[str]:
    """Yield the label of a server that stands for another year's AWS; nothing for today's."""
    if status.as_of is not None:
        yield (
            f"as of {status.as_of}: it takes what AWS took then and refuses today, Elastic Inference; that "
            "it deploys here says nothing about AWS"
        )
