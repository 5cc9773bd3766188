"""Nothing of a trial is left, however it ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from preflight.trial import TrialCancelledError, trial_of_artifact
from tests.preflight.trial.artifacts import python_model, pytorch_artifact
from tests.preflight.trial.conftest import Context

pytestmark = pytest.mark.integration

SECONDS = 30.0
_SCRIPT = """\
import sys
from pathlib import Path

from preflight.trial import trial_of_artifact


class Context:
    environment = {}


trial_of_artifact(
    Path(sys.argv[1]), Context(), (), Path(sys.argv[2]), progress=lambda _, what: print(what, flush=True)
)
"""


def what_is_left(root: Path) -> list[str]:
    """Return the trial's folders, and those of running servers."""
    state = root / ".seatrial"
    folders = (state / "trials", state / "triton" / "servers", state / "pytorch" / "servers")
    return [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]


def has_server(root: Path) -> bool:
    """Say whether a server has begun to run."""
    servers = root / ".seatrial" / "triton" / "servers"
    return servers.is_dir() and any(servers.iterdir())


@pytest.mark.parametrize(
    ("body", "load", "when"),
    [("return x", "time.sleep(300)", "loading"), ("time.sleep(300)", "pass", "asking")],
    ids=["while it loads", "while it answers"],
)
def test_who_gives_up_leaves_nothing(
    tmp_path: Path, trial_root: Path, body: str, load: str, when: str
) -> None:
    """Another thread's wish ends the server, the trial and its folder at once."""
    folder = python_model(tmp_path / "slow", body, load=load)
    cancelled = threading.Event()

    def give_up(_: str, what: str) -> None:
        if what == when:
            threading.Timer(0.5, cancelled.set).start()

    started = time.monotonic()
    with pytest.raises(TrialCancelledError):
        trial_of_artifact(folder, Context(), (), trial_root, progress=give_up, cancelled=cancelled)
    assert time.monotonic() - started < SECONDS
    assert what_is_left(trial_root) == []


def test_who_gives_up_leaves_nothing_of_the_pytorch_toolkit(tmp_path: Path, trial_root: Path) -> None:
    """Its server ends as Triton does."""
    folder = pytorch_artifact(tmp_path / "slow", "time.sleep(300)")
    cancelled = threading.Event()
    threading.Timer(2.0, cancelled.set).start()
    with pytest.raises(TrialCancelledError):
        trial_of_artifact(folder, Context(), (), trial_root, cancelled=cancelled)
    assert what_is_left(trial_root) == []


def test_ctrl_c_leaves_nothing(tmp_path: Path, trial_root: Path) -> None:
    """The process ends by the signal, its server and its folder with it."""
    folder = python_model(tmp_path / "slow", "return x", load="time.sleep(300)")
    root = tmp_path / "project"
    root.mkdir()
    (root / ".venv-triton").symlink_to((trial_root / ".venv-triton").resolve())
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(folder), str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        start_new_session=True,
    )
    deadline = time.monotonic() + SECONDS
    while not has_server(root) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    said, errors = process.communicate(timeout=SECONDS)
    assert "loading" in said
    assert "KeyboardInterrupt" in errors
    assert what_is_left(root) == []


def test_an_artifact_that_fails_leaves_nothing(tmp_path: Path, trial_root: Path) -> None:
    """A failed load leaves no folder either."""
    folder = python_model(tmp_path / "failing", load='raise ValueError("no")')
    trial_of_artifact(folder, Context(), (), trial_root)
    assert what_is_left(trial_root) == []
