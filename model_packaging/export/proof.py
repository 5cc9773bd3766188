"""Compares an exported model with eager PyTorch on inputs that it was not made with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from model_packaging.artifact.manifest import Tolerance
from model_packaging.eager.comparison import Arrays, compare_answers
from model_packaging.eager.observation import Observation
from model_packaging.errors import TraceDiffersError

__all__ = ["ExportProof", "RunFailed"]


class RunFailed(Exception):  # noqa: N818 - it ends no program: the proof turns it into an error of its own
    """The exported model gives no answer; the message is its runtime's last line."""


@dataclass(frozen=True, slots=True)
class ExportProof:
    """How one exported model is compared.

    Attributes:
        answer: runs the exported model; raises ``RunFailed`` where it gives no answer.
        tolerance: how far it may be from eager.
        hint: what may explain a difference, after a space; empty where nothing is known.
        fix: what to do about one.
    """

    answer: Callable[[Observation], Arrays]
    tolerance: Tolerance
    hint: str
    fix: str

    def hold(self, observations: Iterable[Observation]) -> None:
        """Compare on every one of ``observations``.

        Raises:
            TraceDiffersError: an answer differs beyond the tolerance, or there is none where eager has one.
        """
        for observation in observations:
            place = _place(observation)
            try:
                answers = self.answer(observation)
            except RunFailed as error:
                raise TraceDiffersError(
                    f"{place}: the exported model fails where eager answers ({error}).{self.hint}", self.fix
                ) from error
            eager = {name: value.numpy() for name, value in observation.outputs.items()}
            for difference in compare_answers(answers, eager, self.tolerance):
                raise TraceDiffersError(
                    f"{place}: exported {difference.output} {difference.what}.{self.hint}",
                    self.fix,
                )


def _place(observation: Observation) -> str:
    shapes = ", ".join(f"{name} {tuple(value.shape)}" for name, value in observation.inputs.items())
    return f"batch {observation.batch_size}, seed {observation.seed} ({shapes})"
