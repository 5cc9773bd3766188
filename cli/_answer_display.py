"""How `seatrial invoke` shows answers: as tables, as lines that come one by one, or as one JSON document."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cli._output import Output

if TYPE_CHECKING:
    from invocation import Answer

__all__ = ["show_answer", "show_streamed"]

_SHOWN_VALUES = 4


def show_answer(output: Output, answer: "Answer") -> None:
    """Print one answer."""
    output.table(
        ["output", "shape", "first values"],
        ((name, list(array.shape), _shown(array)) for name, array in answer.outputs.items()),
    )
    output.line(f"answered by {answer.variant} in {answer.seconds * 1000:.1f} ms")
    output.document({"ok": True, "variant": answer.variant, **_document(answer)})


def show_streamed(output: Output, answers: Iterable["Answer"]) -> None:
    """Print each answer when it comes; in JSON all of them at the end."""
    documents = []
    variant = ""
    for answer in answers:
        variant = answer.variant
        documents.append(_document(answer))
        words = "; ".join(
            f"{name} {list(array.shape)}: {_shown(array)}" for name, array in answer.outputs.items()
        )
        output.line(f"{answer.seconds * 1000:8.1f} ms  {words}")
    output.line(f"{len(documents)} answers, by {variant or 'nobody'}")
    output.document({"ok": True, "variant": variant, "answers": documents})


def _document(answer: "Answer") -> dict[str, Any]:
    outputs = {name: _values(array) for name, array in answer.outputs.items()}
    return {"seconds": round(answer.seconds, 6), "outputs": outputs}


def _shown(array: Any) -> str:  # noqa: ANN401 - an array of any data type
    """Return the first values as a reader wants them, in fewer digits than they have."""
    words = ", ".join(_word(value) for value in array.ravel()[:_SHOWN_VALUES].tolist())
    return f"{words}, ..." if array.size > _SHOWN_VALUES else words


def _word(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _values(array: Any) -> list[Any]:  # noqa: ANN401 - an array of any data type
    """Nest an array as JSON has it: JSON knows no NaN and no infinity, so these become null."""
    import numpy as np

    if array.dtype.kind == "V":
        array = array.astype(np.float32)  # BF16, which is no data type of numpy's own
    if np.issubdtype(array.dtype, np.floating):
        array = np.where(np.isfinite(array), array.astype(object), None)
    elif array.dtype == object:
        array = np.vectorize(lambda value: value.decode(errors="replace"), otypes=[object])(array)
    values: list[Any] = array.tolist()
    return values
