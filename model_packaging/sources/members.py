"""The models that another one is made of: their folders are taken from their own archives."""

from model_packaging.artifact.archive import ArchiveError, extract_archive
from model_packaging.cancellation import check_cancelled
from model_packaging.errors import LayoutError
from model_packaging.sources.laid_out import ModelFolder, SourceTask

__all__ = ["loaded_by_members", "unpack_members"]


def unpack_members(task: SourceTask) -> tuple[ModelFolder, ...]:
    """Put the folders of everything that the model is made of into ``task.work.repository``.

    A model that several others are made of is there once.

    Returns:
        The folders, in the order of ``task.members``.

    Raises:
        LayoutError: an archive can't be unpacked.
        WorkerError: the build was cancelled.
    """
    for name in task.model.members:
        unpacked = task.work.path / f"member-{name}"
        try:
            extract_archive(
                task.members[name].archive,
                unpacked,
                progress=lambda _: check_cancelled(task.cancelled),
            )
        except ArchiveError as error:
            raise LayoutError(
                f"its member {name!r} can't be unpacked ({error}).", "run `seatrial package --force`."
            ) from error
        for folder in sorted(unpacked.iterdir()):
            destination = task.work.repository / folder.name
            if not destination.exists():
                folder.rename(destination)
    return tuple(
        ModelFolder(name, member.manifest.signature, member.manifest.max_batch_size)
        for name, member in task.members.items()
    )


def loaded_by_members(task: SourceTask) -> tuple[str, ...]:
    """Return what Triton must be told to load for the members: what those call while they answer."""
    named = (each for name in task.model.members for each in task.members[name].manifest.load_models)
    return tuple(dict.fromkeys(named))
