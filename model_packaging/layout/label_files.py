"""The files of labels that a model's section names; they are packed as they are."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from model_packaging.errors import LayoutError
from spec import TritonModelConfig

__all__ = ["label_files"]


def label_files(triton: TritonModelConfig, project_root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the project's files of labels: their names in the model's folder, and from where.

    Raises:
        LayoutError: one is missing.
    """
    for output, path in triton.label_filename.items():
        source = project_root / path
        if not source.is_file():
            raise LayoutError(
                f"triton.label_filename.{output} is {path!r}, and the project has no such file.",
                "correct the path, which starts from the project's root, or remove the key.",
            )
        yield PurePosixPath(path).name, source
