"""Says in one line why an exporter of torch failed, and where in the user's code."""

from pathlib import Path

from model_packaging.eager.factory import cause_in_user_code, place_in_project

__all__ = ["export_cause"]


def export_cause(error: BaseException, project_root: Path) -> str:
    """Return the first line of what ``error`` was raised from, and the place in the user's code.

    Exporters wrap what went wrong in words about themselves, and name the place in their message rather than
    in the traceback.
    """
    while error.__cause__ is not None:
        error = error.__cause__
    words = cause_in_user_code(error, project_root)
    lines = [line.strip(" -") for line in str(error).strip().splitlines()]
    if lines and lines[0].endswith(":") and len(lines) > 1:
        words = f"{words}: {lines[1].rstrip('.')}"
    for line in lines:
        _, found, rest = line.partition('File "')
        path, quote, number = rest.partition('", line ')
        if found and quote and (place := place_in_project(path, number.partition(",")[0], project_root)):
            return f"{words} ({place})"
    return words
