"""What an export to TensorRT says about the shapes of its plan."""

import re
from collections.abc import Iterator

from spec._document import Complaint, DocumentPath
from spec._plain_data import entries, get

__all__ = ["tensorrt_complaints"]

_SHAPE = re.compile(r"[1-9][0-9]*(x[1-9][0-9]*)*")


def tensorrt_complaints(path: DocumentPath, model: dict[str, object]) -> Iterator[Complaint]:
    """Yield each range of shapes of the model at ``path`` that does not ascend, dimension by dimension.

    Source: TensorRT, developer guide, Working with Dynamic Shapes; trtexec refuses such a profile, in a job.
    """
    for name, shapes in entries(get(model, dict, "export", "tensorrt"), "shapes"):
        written = [get(shapes, str, key) or "" for key in ("min", "opt", "max")]
        if not all(_SHAPE.fullmatch(shape) for shape in written):
            continue  # another complaint says so
        smallest, optimal, largest = ([int(size) for size in shape.split("x")] for shape in written)
        same_rank = len(smallest) == len(optimal) == len(largest)
        if not same_rank or any(
            not low <= middle <= high for low, middle, high in zip(smallest, optimal, largest, strict=True)
        ):
            yield Complaint(
                (*path, "export", "tensorrt", "shapes", name),
                f"from min {written[0]} over opt {written[1]} to max {written[2]} dimensions do not ascend",
                "as many dimensions in each, and none that is smaller in the next",
                "correct min, opt or max",
            )
