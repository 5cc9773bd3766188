"""How a build ends early: at the next step that looks whether another thread has cancelled it."""

import threading

from model_packaging.errors import WorkerError

__all__ = ["check_cancelled"]


def check_cancelled(cancelled: threading.Event) -> None:
    """Do nothing while a build may go on.

    Raises:
        WorkerError: it was cancelled.
    """
    if cancelled.is_set():
        raise WorkerError("its build was cancelled.", "run the command again.")
