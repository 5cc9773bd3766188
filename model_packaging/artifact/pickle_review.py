"""What the pickles of a model file hold that a model has no use for: their opcodes are read, none is run."""

from collections.abc import Iterable
from dataclasses import dataclass

from model_packaging.artifact.effort import Effort, EffortSpentError
from model_packaging.artifact.pickle_names import reaching_names
from model_packaging.artifact.pickle_scan import refused_in_torchscript
from model_packaging.artifact.torch_zip import PICKLES, TorchZip, TorchZipError

__all__ = ["PickleReview", "review_checkpoint", "review_pickle", "review_torchscript"]

_MAX_PICKLE_BYTES = 16 << 20
"""Of one that is looked into: that of a model of thousands of tensors has about 1 MB."""
_MAX_SHOWN = 8
_MORE = "others"


@dataclass(frozen=True, slots=True)
class PickleReview:
    """What was found.

    Attributes:
        refused: what no model needs, each once and in words: ``the global os.system``.
        unread: why a pickle was not looked into; empty where all were.
    """

    refused: tuple[str, ...] = ()
    unread: str = ""


def review_torchscript(records: TorchZip, effort: Effort | None = None) -> PickleReview:
    """Return what the pickles of a TorchScript file hold beyond what torch's own reader knows.

    Args:
        records: of the file.
        effort: each opcode is a step of it; once none is left, what was found until then is returned.
    """
    refused: list[str] = []
    for name in PICKLES:
        if name not in records.names:
            continue
        try:
            content = records.read(name, _MAX_PICKLE_BYTES + 1)
        except TorchZipError as error:
            return PickleReview(_shown(refused), str(error))
        if len(content) > _MAX_PICKLE_BYTES:
            return PickleReview(_shown(refused), f"its {name} has more than {_MAX_PICKLE_BYTES} bytes")
        try:
            refused.extend(refused_in_torchscript(content, effort))
        except EffortSpentError as error:
            return PickleReview(_shown(refused), str(error))
        except ValueError as error:
            return PickleReview(_shown(refused), f"its {name} can't be read ({error})")
    return PickleReview(_shown(refused))


def review_checkpoint(records: TorchZip, effort: Effort | None = None) -> PickleReview:
    """Return what the pickle of an eager checkpoint names of the machine; as ``review_torchscript``."""
    try:
        return review_pickle(records.read(PICKLES[0], _MAX_PICKLE_BYTES + 1), effort)
    except TorchZipError as error:
        return PickleReview(unread=str(error))


def review_pickle(content: bytes, effort: Effort | None = None) -> PickleReview:
    """Return what a bare pickle names of the machine; as ``review_torchscript``."""
    if len(content) > _MAX_PICKLE_BYTES:
        return PickleReview(unread=f"its pickle has more than {_MAX_PICKLE_BYTES} bytes")
    refused: list[str] = []
    try:
        refused.extend(f"the global {name}" for name in reaching_names(content, effort))
        return PickleReview(_shown(refused))
    except EffortSpentError as error:
        return PickleReview(_shown(refused), str(error))
    except ValueError as error:
        return PickleReview(unread=f"its pickle can't be read ({error})")


def _shown(refused: Iterable[str]) -> tuple[str, ...]:
    """Return the first few, each once: a hostile pickle has millions."""
    found = dict.fromkeys(each for each in refused if not each.endswith("bytes behind its end"))
    shown = sorted(found)[:_MAX_SHOWN]
    return (*shown, _MORE) if len(found) > _MAX_SHOWN else tuple(shown)
