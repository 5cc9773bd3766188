import threading
import time

from model_packaging.progress import PackagingProgress, PackagingStep, one_at_a_time


def test_listeners_are_called_one_at_a_time() -> None:
    """Whoever shows progress need not know that models are built side by side."""
    inside = 0
    most = 0
    told: list[str] = []

    def listen(progress: PackagingProgress) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        told.append(progress.model)
        inside -= 1

    locked = one_at_a_time(listen)
    threads = [
        threading.Thread(target=locked, args=(PackagingProgress(str(index), PackagingStep.EXPORT),))
        for index in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert sorted(told) == [str(index) for index in range(8)]
