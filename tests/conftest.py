"""What every test starts from."""

import os
import sys
from pathlib import Path

import pytest

# jsii takes the first `node` on PATH, which may be one that it no longer supports; app.py does the same.
_NODE = Path(sys.executable).with_name("node")
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))

# Tests choose their own ports; a laptop's AWS of the user's own must not lend them its.
for _variable in ("SEATRIAL_LOCAL_PORT", "SEATRIAL_LOCAL_RUNTIME_PORT"):
    os.environ.pop(_variable, None)

_SHARED_FIXTURES = ("components", "rehearsed")
"""What takes a minute to set up, for the tests of several files."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep on one worker the tests that share a set-up: those of one file, or of one deployment."""
    for item in items:
        names: tuple[str, ...] = getattr(item, "fixturenames", ())
        shared = next((name for name in _SHARED_FIXTURES if name in names), item.nodeid.partition("::")[0])
        item.add_marker(pytest.mark.xdist_group(shared))
