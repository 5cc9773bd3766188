"""Requests to a component, over and over, while something else goes on."""

import threading
import time
from collections.abc import Callable
from typing import Self

from botocore.exceptions import ClientError

from tests.local.aws.component_account import ComponentAccount

__all__ = ["ComponentLoad"]

_WAIT_SECONDS = 60.0


class ComponentLoad:
    """Invokes a component from several threads, and keeps what came of it."""

    def __init__(self, hosting: ComponentAccount, endpoint: str, component: str, *, threads: int = 4) -> None:
        self.answers: list[float] = []
        self.errors: list[ClientError] = []
        self._hosting = hosting
        self._target = endpoint, component
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for_answers(self, count: int) -> None:
        """Wait until ``count`` further requests have been answered."""
        wanted = len(self.answers) + count
        self._wait(lambda: len(self.answers) >= wanted)

    def wait_for_answer(self, answer: float) -> None:
        """Wait until a request was answered so."""
        self._wait(lambda: answer in self.answers)

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.answers)} answers, {self.errors[-1:]}")
            time.sleep(0.01)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.answers.append(self._hosting.invoke(*self._target))
            except ClientError as error:
                self.errors.append(error)
