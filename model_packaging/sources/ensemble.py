"""An ensemble: its steps, and the models that it is made of beside it.

Layout: Triton user guide, "Ensemble Models"; an ensemble has a version's folder without a model.
"""

from model_packaging.layout.declared_signature import declared_signature
from model_packaging.layout.repository import complete_repository, model_file_path
from model_packaging.sources.laid_out import LaidOut, SourceTask
from model_packaging.sources.members import loaded_by_members, unpack_members
from model_packaging.sources.reference import record_reference
from spec import TritonModelConfig

__all__ = ["lay_out_ensemble"]


def lay_out_ensemble(task: SourceTask, triton: TritonModelConfig) -> LaidOut:
    """Write the ensemble's configuration and unpack its members.

    Raises:
        LayoutError: a member's archive can't be unpacked.
        PackagingError: the reference fails, or takes or gives something else than is declared.
    """
    placeholder = model_file_path(task.work.repository, task.name, task.model)
    placeholder.parent.mkdir(parents=True)
    placeholder.touch()
    beside = unpack_members(task)
    signature = declared_signature(triton)
    texts = complete_repository(task.work.repository, task.name, task.model, signature, task.project_root)
    return LaidOut(
        format="ensemble",
        signature=signature,
        max_batch_size=triton.max_batch_size,
        config_pbtxt=texts.config_pbtxt,
        batch_sizes=record_reference(task, signature, triton.max_batch_size),
        load_models=loaded_by_members(task),
        beside=beside,
    )
