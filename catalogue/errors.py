"""The exceptions of this folder."""

__all__ = [
    "CatalogueError",
    "RefreshError",
    "UnknownInstanceTypeError",
    "UnknownRegionError",
    "UnknownReleaseError",
]


class CatalogueError(Exception):
    """The catalogue has no such entry; the message says what was asked, what there is, what to do."""


class UnknownInstanceTypeError(CatalogueError):
    """The catalogue has no such instance type."""


class UnknownRegionError(CatalogueError):
    """There is no such region, or AWS publishes no Triton image of any release there."""


class UnknownReleaseError(CatalogueError):
    """AWS publishes no such Triton release, or not in that region."""


class RefreshError(CatalogueError):
    """The catalogue's files can't be written anew; they are as they were."""
