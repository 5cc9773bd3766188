"""What runs have found: conformance/results.json, the last answer of each probe."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from catalogue.generated import write_generated
from conformance.errors import ConformanceError

__all__ = ["RESULTS_PATH", "Result", "read_results", "record_result"]

RESULTS_PATH = Path(__file__).resolve().parent / "results.json"


@dataclass(frozen=True, slots=True)
class Result:
    """The last answer of one probe.

    Attributes:
        assumption: such as ``A1``.
        outcome: ``confirmed``, ``refuted`` or ``not settled``.
        reason: why, where it isn't confirmed.
        said: what AWS said, word by word; the account's number is written as twelve zeros.
        date: of the answer, in UTC, as ``YYYY-MM-DD``.
        region: that was asked.
        botocore: the version that asked.
    """

    assumption: str
    outcome: str
    reason: str
    said: tuple[str, ...]
    date: str
    region: str
    botocore: str


def read_results(path: Path = RESULTS_PATH) -> dict[str, Result]:
    """Return the results by assumption and probe, as in ``A1 taken_names``; none where there is no file.

    Raises:
        ConformanceError: the file can't be read.
    """
    try:
        documents: Mapping[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
        return {name: _result(document) for name, document in documents.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConformanceError(
            f"{path} can't be read ({type(error).__name__}: {error}): restore it from its last commit"
        ) from error


def record_result(probe: str, result: Result, path: Path = RESULTS_PATH) -> None:
    """Put a probe's result into the file, in the place of its last one; a killed run leaves the old file.

    Raises:
        ConformanceError: the file can't be read or written.
    """
    results = {**read_results(path), f"{result.assumption} {probe}": result}
    documents = {each: asdict(results[each]) for each in sorted(results)}
    try:
        write_generated(path, json.dumps(documents, indent=2) + "\n")
    except OSError as error:
        raise ConformanceError(f"{path} can't be written ({error.strerror}): make room there") from error


def _result(document: Mapping[str, object]) -> Result:
    said = document["said"]
    if not isinstance(said, list):
        raise TypeError(f"said is {said!r}, no list")
    words = {
        key: str(document[key]) for key in ("assumption", "outcome", "reason", "date", "region", "botocore")
    }
    return Result(said=tuple(map(str, said)), **words)
