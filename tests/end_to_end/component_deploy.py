"""Deploying the components' stack, with an eye on the encoder's copies."""

import threading
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import CompletedProcess

from tests.end_to_end.components import ENCODER, Components

__all__ = ["Deployed", "deploy"]

_LOOK_SECONDS = 0.1
_BAKE_SECONDS = 60
"""How long the template lets each batch of a rolling update bake, on the laptop's clock."""


@dataclass(frozen=True)
class Deployed:
    """A deploy.

    Attributes:
        finished: the CDK CLI.
        copies: of the encoder, desired and current, as often as they were described meanwhile.
    """

    finished: CompletedProcess[str]
    copies: AbstractSet[tuple[int, int]]


def deploy(components: Components, *arguments: str) -> Deployed:
    """Deploy the components' stack.

    Args:
        components: what is deployed.
        arguments: more of the CDK CLI's.
    """
    with _watching(components) as copies:
        finished = components.project.cdk(
            *("deploy", components.stack, "--exclusively", "--require-approval", "never"),
            *("--context", f"deployment={components.deployment}"),
            *arguments,
        )
    return Deployed(finished, copies)


@contextmanager
def _watching(components: Components) -> Iterator[set[tuple[int, int]]]:
    """Gather the copies that are seen, and let no batch bake in real time."""
    over = threading.Event()
    seen: set[tuple[int, int]] = set()

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            seen.add(components.copies(ENCODER))
            if components.status(ENCODER) == "Updating":
                components.advance(_BAKE_SECONDS)

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield seen
        finally:
            over.set()
        watching.result()
