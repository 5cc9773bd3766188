"""The budget of a whole artifact: it ends at the same step each time, whatever the machine."""

import pytest

from model_packaging.artifact.effort import Effort, EffortSpentError
from model_packaging.artifact.forward_bytes import ForwardBytes
from model_packaging.artifact.model_files import read_model_file

FIELDS = b"\x08\x01" * 100


def test_a_budget_is_spent_to_its_last_step() -> None:
    """And not before."""
    effort = Effort(2)
    effort.take()
    assert not effort.is_spent
    effort.take()
    assert effort.is_spent
    with pytest.raises(EffortSpentError, match="together take more than 2000000 steps to read"):
        effort.take()


def test_a_text_costs_its_words_and_signs() -> None:
    """Eight steps each."""
    effort = Effort(40)
    effort.take_text(b"a = f(1")
    with pytest.raises(EffortSpentError):
        effort.take_text(b"b")


def test_files_share_the_budget() -> None:
    """What it is spent at, and all behind it, is said not to have been looked into."""
    effort = Effort(150)
    readings = [
        read_model_file(f"m/{each}/model.onnx", ForwardBytes([FIELDS], len(FIELDS)), effort=effort)
        for each in range(3)
    ]
    assert [bool(each.problem) for each in readings] == [True, False, False]
    assert [each.unread for each in readings][1:] == [
        "the artifact's files together take more than 2000000 steps to read"
    ] * 2
