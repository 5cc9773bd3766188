"""Fresh samples are given up where nobody waits for them, and in time where a factory hangs."""

import threading
import time

import pytest

from model_packaging._worker_protocol import WorkerFolder, WorkerRequest
from model_packaging.errors import WorkerError
from model_packaging.fresh_samples import fresh_samples
from model_packaging.worker_process import run_worker
from tests.model_packaging.projects import Project

HANGING = """
    import time
    def factory():
        time.sleep(600)
"""


def test_another_thread_can_cancel(project: Project) -> None:
    """A rehearsal whose deploy failed doesn't wait for eager PyTorch."""
    project.write(HANGING)
    cancelled = threading.Event()
    threading.Timer(0.5, cancelled.set).start()
    started = time.monotonic()
    with pytest.raises(WorkerError, match=r"m: its worker was cancelled\. .*run the command again"):
        fresh_samples("m", project.model(), project.root, seeds=(1,), batch_sizes=(1,), cancelled=cancelled)
    assert time.monotonic() - started < 60


def test_a_factory_that_hangs_is_told(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No build waits for ever."""
    project.write(HANGING)
    request = WorkerRequest("samples", "m", project.model(), project.root, (1,), (1,))
    with pytest.raises(WorkerError, match="its factory or export took longer than 1 s"):
        run_worker(request, WorkerFolder(tmp_path_factory.mktemp("work")), timeout_seconds=1.0)
