"""Which NVIDIA drivers a Triton release runs on."""

from dataclasses import dataclass
from functools import cache

from catalogue._data import read_data

__all__ = ["TritonDrivers", "triton_drivers"]


@dataclass(frozen=True, slots=True)
class TritonDrivers:
    """The drivers of data-centre GPUs that one release of Triton runs on.

    Attributes:
        release: such as ``24.09``.
        cuda: the major version of CUDA that it is built with.
        driver: the branch that it asks for; newer ones do as well.
        older_branches: older branches that NVIDIA's release notes name, with CUDA's forward compatibility.
        oldest_of_cuda: the oldest branch that runs this major version of CUDA without that.
    """

    release: str
    cuda: int
    driver: int
    older_branches: tuple[int, ...]
    oldest_of_cuda: int

    def run_on(self, driver: int) -> bool:
        """Say whether the release runs on the branch ``driver``, by any of NVIDIA's three ways."""
        return driver >= min(self.driver, self.oldest_of_cuda) or driver in self.older_branches


@cache
def triton_drivers() -> dict[str, TritonDrivers]:
    """Return the drivers of every release that AWS publishes an image of, by release."""
    document = read_data("triton_drivers")
    oldest = document["without_forward_compatibility"]["oldest_driver_by_cuda"]
    return {
        release: TritonDrivers(
            release=release,
            cuda=row["cuda"],
            driver=row["driver"],
            older_branches=tuple(row["older_branches"]),
            oldest_of_cuda=oldest[str(row["cuda"])],
        )
        for release, row in document["releases"].items()
    }
