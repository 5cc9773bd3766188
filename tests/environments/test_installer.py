"""A set-up that fails says why in one line."""

import sys
from pathlib import Path

import pytest

from environments import SetupError
from environments._installer import run


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_the_installers_own_error_is_the_reason() -> None:
    """Of all that an installer prints, its ERROR line is what helps."""
    text = (
        "import sys; print('Collecting a');"
        "print('ERROR: No matching distribution for a==9', file=sys.stderr); sys.exit(1)"
    )
    with pytest.raises(SetupError, match=r"^installing a failed: ERROR: No matching distribution for a==9$"):
        run(script(text), "installing a")


def test_no_network_says_what_to_check() -> None:
    """A chain of retries end in a sentence that names the connection."""
    text = (
        "import sys; print('WARNING: Retrying after connection broken by X', file=sys.stderr);"
        "print('ERROR: Could not find a version', file=sys.stderr); sys.exit(1)"
    )
    with pytest.raises(
        SetupError, match=r"index can't be reached: check the connection or your pip settings"
    ):
        run(script(text), "installing a")


def test_an_index_without_the_package_says_what_to_check() -> None:
    """A quiet pip that reaches nothing says only that there are no versions."""
    text = "import sys; print('ERROR: No version of a (from versions: none)', file=sys.stderr); sys.exit(1)"
    with pytest.raises(
        SetupError, match=r"index can't be reached: check the connection or your pip settings"
    ):
        run(script(text), "installing a")


def test_a_full_disk_says_how_much_is_needed() -> None:
    """The cause is the disk, not the package that happened to be unpacked."""
    text = "import sys; print('ERROR: [Errno 28] No space left on device', file=sys.stderr); sys.exit(1)"
    with pytest.raises(SetupError, match=r"The disk is full: the environments need about 5 GB"):
        run(script(text), "installing a")


def test_a_program_that_cant_start_is_named(tmp_path: Path) -> None:
    """A missing interpreter is no traceback."""
    with pytest.raises(SetupError, match=r"nothing can't be started \(No such file or directory\)"):
        run([str(tmp_path / "nothing")], "making .venv")
