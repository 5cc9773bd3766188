"""Fresh samples are given up where nobody waits for them, and in time where a factory hangs."""

import threading
import time

import numpy as np
import pytest

from model_packaging.eager.samples import Sample
from model_packaging.errors import SampleError, WorkerError
from model_packaging.worker.fresh_samples import eager_answers, fresh_samples
from model_packaging.worker.process import run_worker
from model_packaging.worker.protocol import WorkerFolder, WorkerRequest
from tests.model_packaging.projects import Project

pytestmark = pytest.mark.integration

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


def test_eager_pytorch_answers_what_it_is_asked(project: Project) -> None:
    """Requests of another model's answers, in their order, each of its own batch size."""
    project.write(
        """
        class Doubled(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return 2 * x

        def factory():
            return Doubled(), lambda batch, generator: {"x": torch.rand(batch, 2, generator=generator)}
        """
    )
    asked = [np.full((batch, 2), batch, dtype=np.float32) for batch in (3, 1)]
    requests = [Sample(len(each), {"x": each}, {}) for each in asked]
    answers = eager_answers("m", project.model(), project.root, requests=requests)
    assert [each.batch_size for each in answers] == [3, 1]
    for request, answer in zip(asked, answers, strict=True):
        np.testing.assert_array_equal(answer.inputs["x"], request)
        np.testing.assert_array_equal(answer.outputs["OUTPUT__0"], 2 * request)


def test_what_the_module_refuses_is_told(project: Project) -> None:
    """With the model's name, as for requests of its own."""
    project.write(
        """
        def factory():
            return nn.Linear(2, 1), lambda batch, generator: {"input": torch.rand(batch, 2)}
        """
    )
    request = Sample(1, {"input": np.zeros((1, 3), dtype=np.float32)}, {})
    with pytest.raises(SampleError, match="m: forward raised"):
        eager_answers("m", project.model(), project.root, requests=[request])
