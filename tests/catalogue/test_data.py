"""The catalogue's files: dated, with their source, and read only when asked for."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import catalogue

DATA = Path(catalogue.__file__).parent / "data"


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_every_file_is_dated_and_says_its_source(path: Path) -> None:
    """A reader of a data file sees when it was taken and from where."""
    document = json.loads(path.read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", document["as_of"])
    assert len(document["source"]) > 20


def test_import_reads_nothing_and_needs_only_the_standard_library() -> None:
    """Importing the catalogue opens no data file and imports no installed package."""
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import catalogue\n"
        "assert not [name for name in opened if name.endswith('.json')], opened\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(DATA.parents[1])!r})\n{code}",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert set(done.stdout.split()) == {"__main__", "catalogue"}
