"""The folder imports nothing but the standard library, and itself."""

import subprocess
import sys
from pathlib import Path

import planning.control

ROOT = Path(planning.control.__file__).parents[2]


def test_needs_only_the_standard_library() -> None:
    """All modules import without any installed package, without clock, sockets or threads."""
    modules = sorted(each.stem for each in (ROOT / "planning" / "control").glob("*.py"))
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        f"import importlib\n"
        f"for name in {modules!r}: importlib.import_module('planning.control.' + name)\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))\n"
        "print(*sorted({'asyncio', 'socket', 'threading', 'datetime'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    packages, clocks = done.stdout.splitlines()
    assert set(packages.split()) == {"__main__", "planning"}
    assert clocks == ""
