"""Golden requests on a real Triton."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from preflight.trial import TrialReport
from preflight.trial.request_outcome import Form, Origin
from tests.preflight.trial.artifacts import python_model, write_npz

pytestmark = pytest.mark.integration

Try = Callable[..., TrialReport]


def test_golden_requests_are_sent_and_compared(tmp_path: Path, attempt: Try) -> None:
    """Each in both forms; what differs, is refused, or can't be read is a finding of its own."""
    doubling = python_model(tmp_path / "doubling", "return x * 2")
    x = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    right, wrong, bad = (tmp_path / name for name in ("right.npz", "wrong.json", "bad.npz"))
    write_npz(right, inputs__x=x, outputs__y=x * 2)
    tensor = {"datatype": "FP32", "shape": [1, 3]}
    document = {
        "inputs": [{"name": "x", "data": [1, 2, 3], **tensor}],
        "outputs": [{"name": "y", "data": [2, 4, 7], **tensor}],
    }
    wrong.write_text(json.dumps(document))
    write_npz(bad, inputs__x=np.zeros((1, 4), np.float32))
    report = attempt(doubling, golden=[right, wrong, bad, tmp_path / "missing.npz"])
    [outcome] = report.outcomes
    largest = {(each.batch_size, each.form) for each in outcome.requests if each.origin is Origin.MADE}
    assert largest == {(4, Form.BINARY), (4, Form.JSON)}
    assert [(Path(each.label).name, each.form, each.batch_size) for each in outcome.requests[:3]] == [
        ("right.npz", Form.BINARY, 2),
        ("right.npz", Form.JSON, 2),
        ("wrong.json", Form.BINARY, 1),
    ]
    said = {finding.rule: finding for finding in report.findings}
    assert said.keys() == {"SEA360", "SEA361", "SEA362"}
    assert said["SEA360"].what == f"{tmp_path / 'missing.npz'} is no file."
    assert str(said["SEA360"].location) == "--golden"
    assert said["SEA361"].what == (
        f"The request {str(bad)!r} is refused: the request doesn't fit: x: shape is [1, 4], the model takes "
        "[batch, 3]."
    )
    assert said["SEA362"].what == (
        f"The answer to the request {str(wrong)!r} (binary): y differs in 1 of 3 values, by up to 1; allowed "
        "are 1e-05 + 0.0001 * |expected|."
    )
