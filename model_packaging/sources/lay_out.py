"""Finds the source of a model and lets it lay out the folder that is packed."""

from model_packaging.errors import LayoutError
from model_packaging.sources.ensemble import lay_out_ensemble
from model_packaging.sources.existing_repository import lay_out_repository
from model_packaging.sources.exported import lay_out_export
from model_packaging.sources.laid_out import LaidOut, SourceTask
from model_packaging.sources.model_file import lay_out_file
from model_packaging.sources.python_backend import lay_out_python

__all__ = ["lay_out"]


def lay_out(task: SourceTask) -> LaidOut:
    """Fill ``task.work.repository`` with everything that belongs into the archive.

    Raises:
        PackagingError: the source can't be read, built or compared.
    """
    model = task.model
    if model.export is not None:
        return lay_out_export(task, model.export)
    if model.repository is not None:
        return lay_out_repository(task, model.repository)
    if model.triton is not None and model.file is not None:
        return lay_out_file(task, model.file, model.triton)
    if model.triton is not None and model.python is not None:
        return lay_out_python(task, model.python, model.triton)
    if model.triton is not None and model.ensemble is not None:
        return lay_out_ensemble(task, model.triton)
    raise LayoutError(f"the source {model.source!r} needs a `triton` section.", "add it.")
