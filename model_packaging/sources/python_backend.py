"""A model of Triton's Python backend: its file is packed as it is, never imported.

Layout: Triton Python backend, README, "Usage" and "Model Config File".
"""

import shutil
from pathlib import Path, PurePosixPath

from model_packaging.errors import LayoutError
from model_packaging.layout.declared_signature import declared_signature
from model_packaging.layout.repository import complete_repository, model_file_path
from model_packaging.sources.laid_out import LaidOut, SourceTask
from model_packaging.sources.members import loaded_by_members, unpack_members
from model_packaging.sources.reference import record_reference
from spec import PythonBackend, TritonModelConfig

__all__ = ["lay_out_python"]


def lay_out_python(task: SourceTask, python: PythonBackend, triton: TritonModelConfig) -> LaidOut:
    """Pack the model's file, what lies beside it, and the models that it calls.

    Raises:
        LayoutError: two files have one name.
        PackagingError: the reference fails, or takes or gives something else than is declared.
    """
    model_file = model_file_path(task.work.repository, task.name, task.model)
    model_file.parent.mkdir(parents=True)
    _copy(task.project_root, python.from_, "python.from", model_file)
    for path in python.files:
        _copy(task.project_root, path, "python.files", model_file.parent / PurePosixPath(path).name)
    beside = unpack_members(task)
    signature = declared_signature(triton)
    texts = complete_repository(task.work.repository, task.name, task.model, signature, task.project_root)
    return LaidOut(
        format="python",
        signature=signature,
        max_batch_size=triton.max_batch_size,
        config_pbtxt=texts.config_pbtxt,
        batch_sizes=record_reference(task, signature, triton.max_batch_size),
        load_models=tuple(dict.fromkeys((*python.calls, *loaded_by_members(task)))),
        beside=beside,
    )


def _copy(project_root: Path, path: str, key: str, destination: Path) -> None:
    if destination.exists():
        raise LayoutError(
            f"{key} names {path!r}, and {destination.name!r} lies beside the model already.",
            "rename one of the two: whatever folder they come from, they lie in one.",
        )
    shutil.copyfile(project_root / path, destination)
