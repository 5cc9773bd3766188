"""The exceptions of this folder."""

__all__ = [
    "CatalogueError",
    "RefreshError",
    "UnknownAcceleratorError",
    "UnknownInstanceTypeError",
    "UnknownRegionError",
    "UnknownReleaseError",
]


class CatalogueError(Exception):
    """The catalogue has no such entry; the message says what was asked, what there is, what to do."""


class UnknownAcceleratorError(CatalogueError):
    """There was no such Elastic Inference accelerator."""


class UnknownInstanceTypeError(CatalogueError):
    """The catalogue has no such instance type."""


class UnknownRegionError(CatalogueError):
    """There is no such region, or AWS publishes no such image of any release there."""


class UnknownReleaseError(CatalogueError):
    """AWS publishes no such release of an image, or not in that region."""


class RefreshError(CatalogueError):
    """The catalogue's files can't be written anew; they are as they were."""
