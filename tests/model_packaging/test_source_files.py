"""A run looks at each file once and reads only what may have changed; what it believes is true."""

import hashlib
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_packaging import source_files
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import FactoryError
from model_packaging.source_files import CACHE_PATH, ImportStatement, SourceFiles
from spec import Model

LONG_AGO = 1_600_000_000
MODELS = 20


def age(*paths: Path) -> None:
    """Let ``paths`` look as if they had been written long ago, as far as a program can."""
    for path in paths:
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe files at once: tests don't wait for two seconds."""
    monkeypatch.setattr(source_files, "_RACY_NS", -(1 << 62))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one module for each model, all of which import a common one."""
    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "__init__.py").touch()
    (tmp_path / "zoo" / "common.py").write_text("import json\nimport torch\n")
    for index in range(MODELS):
        (tmp_path / "zoo" / f"model_{index}.py").write_text(f"from zoo import common\nINDEX = {index}\n")
    return tmp_path


def section(index: int) -> Model:
    return Model.model_validate(
        {
            "export": {"from": f"zoo.model_{index}:factory", "to": "torchscript", "how": "trace"},
            "triton": {"max_batch_size": 4},
        }
    )


def run(root: Path) -> tuple[SourceFiles, list[str]]:
    """Ask for every model's build key, as packaging a deployment does."""
    files = SourceFiles(root, remember=True)
    keys = [build_inputs_of(section(index), root, files=files).build_key for index in range(MODELS)]
    files.save()
    return files, keys


@pytest.fixture
def looks(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count the calls of stat and open for each file of the project."""
    seen: Counter[str] = Counter()
    real_stat, real_open = os.stat, Path.open

    def counted_stat(path: object, *arguments: object, **named: object) -> os.stat_result:
        if str(path).startswith(str(root / "zoo")):
            seen[f"stat {Path(str(path)).name}"] += 1
        return real_stat(path, *arguments, **named)  # type: ignore[arg-type]  # as given

    def counted_open(path: Path, *arguments: object, **named: object) -> object:
        if str(path).startswith(str(root / "zoo")):
            seen[f"open {path.name}"] += 1
        return real_open(path, *arguments, **named)  # type: ignore[call-overload]  # as given

    monkeypatch.setattr(os, "stat", counted_stat)
    monkeypatch.setattr(Path, "open", counted_open)
    yield seen
    monkeypatch.undo()


NAMES = {"__init__.py", "common.py", *(f"model_{index}.py" for index in range(MODELS))}


def test_an_unchanged_project_costs_one_stat_for_each_file(root: Path, looks: Counter[str]) -> None:
    """However many models share it; nothing is read, and the keys are the same."""
    _, before = run(root)
    looks.clear()
    files, after = run(root)
    assert after == before
    assert looks == Counter(f"stat {name}" for name in NAMES)
    assert files.read_bytes == 0


def test_the_first_run_reads_each_file_once(root: Path, looks: Counter[str]) -> None:
    """For its digest and its imports together."""
    files, _ = run(root)
    assert {name: count for name, count in looks.items() if name.startswith("open")} == {
        f"open {name}": 1 for name in NAMES
    }
    assert files.read_bytes == sum((root / "zoo" / name).stat().st_size for name in NAMES)


def test_a_changed_file_alone_is_read(root: Path, looks: Counter[str]) -> None:
    """And only the models that it belongs to have another key."""
    _, before = run(root)
    changed = root / "zoo" / "model_3.py"
    changed.write_text("from zoo import common\nINDEX = 'three'\n")
    looks.clear()
    files, after = run(root)
    assert [index for index in range(MODELS) if after[index] != before[index]] == [3]
    assert [name for name in looks if name.startswith("open")] == ["open model_3.py"]
    assert files.read_bytes == changed.stat().st_size


def test_keys_are_those_of_a_run_that_remembers_nothing(root: Path) -> None:
    """What is remembered is believed only where it is true."""
    run(root)
    (root / "zoo" / "common.py").write_text("import json\nimport numpy\n")
    (root / "zoo" / "model_1.py").unlink()
    (root / "zoo" / "model_1.py").write_text("import zoo.model_2\n")
    _, keys = run(root)
    assert keys == [build_inputs_of(section(index), root).build_key for index in range(MODELS)]


def test_an_older_file_in_its_place_is_seen(root: Path) -> None:
    """Of the same size and time: it is another inode."""
    path = root / "zoo" / "model_0.py"
    age(path)
    run(root)
    other = root / "other.py"
    other.write_bytes(path.read_bytes().replace(b"0", b"9"))
    age(other)
    other.replace(path)
    assert SourceFiles(root, remember=True).sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_forged_time_is_seen(root: Path) -> None:
    """Written in place and its time set back: the inode's own time of change tells."""
    path = root / "zoo" / "model_0.py"
    age(path)
    run(root)
    path.write_bytes(path.read_bytes().replace(b"0", b"9"))
    age(path)
    assert SourceFiles(root, remember=True).sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "x"}', '{"format": null, "files": []}'])
def test_a_damaged_memory_is_no_trouble(root: Path, content: str) -> None:
    """Everything is read again, and remembered."""
    _, before = run(root)
    whole = (root / CACHE_PATH).read_text()
    (root / CACHE_PATH).write_text(content)
    files, after = run(root)
    assert after == before
    assert files.read_bytes > 0
    assert (root / CACHE_PATH).read_text() == whole


@given(at=st.integers(0, 400), damage=st.binary(min_size=1, max_size=4))
@settings(deadline=None, max_examples=30)
def test_any_damage_is_survived(at: int, damage: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Wherever it is: an error of the reader's own would end every command."""
    root = tmp_path_factory.getbasetemp() / "damaged"
    root.mkdir(exist_ok=True)
    (root / "a.py").write_text("import b\n")
    files = SourceFiles(root, remember=True)
    files.imports(root / "a.py")
    files.save()
    content = (root / CACHE_PATH).read_bytes()
    (root / CACHE_PATH).write_bytes(content[: at % len(content)] + damage + content[at % len(content) + 1 :])
    SourceFiles(root, remember=True).save()


def test_another_release_of_python_parses_again(root: Path) -> None:
    """What an import statement is, is up to it."""
    run(root)
    document = json.loads((root / CACHE_PATH).read_text())
    document["format"] = "seatrial-source-files-1 python-3.99"
    (root / CACHE_PATH).write_text(json.dumps(document))
    assert run(root)[0].read_bytes > 0


def test_what_cannot_be_remembered_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that can't be written is packaged all the same."""

    def fails(**_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(tempfile, "mkstemp", fails)
    _, before = run(root)
    assert not (root / CACHE_PATH).exists()
    assert run(root)[1] == before


def test_nothing_is_left_beside_it(root: Path) -> None:
    """It is written beside and renamed."""
    run(root)
    assert [path.name for path in (root / CACHE_PATH).parent.iterdir()] == ["source-files.json"]


def test_it_is_bounded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was longest not asked for is forgotten first."""
    monkeypatch.setattr(source_files, "MAX_REMEMBERED", 3)
    files = SourceFiles(root, remember=True)
    for index in range(5):
        files.sha256(root / "zoo" / f"model_{index}.py")
    files.save()
    assert list(json.loads((root / CACHE_PATH).read_text())["files"]) == [
        "zoo/model_2.py",
        "zoo/model_3.py",
        "zoo/model_4.py",
    ]


def test_without_being_asked_it_remembers_nothing(root: Path) -> None:
    """A synth reads the project and writes nothing."""
    files = SourceFiles(root)
    files.sha256(root / "zoo" / "common.py")
    files.save()
    assert not (root / CACHE_PATH).exists()


def test_imports_are_found_wherever_they_stand(root: Path) -> None:
    """In every form."""
    path = root / "a.py"
    path.write_text("import a.b as c, d\ndef f():\n    from . import e\n    from ..g import h as i, j\n")
    assert set(SourceFiles(root).imports(path)) == {
        ImportStatement("a.b", 0, ()),
        ImportStatement("d", 0, ()),
        ImportStatement("", 1, ("e",)),
        ImportStatement("g", 2, ("h", "j")),
    }


def test_a_file_that_is_no_python_is_told(root: Path) -> None:
    """Where, and the parser's words."""
    (root / "a.py").write_text("x = 1\ndef (:\n")
    with pytest.raises(FactoryError) as raised:
        SourceFiles(root).imports(root / "a.py")
    assert raised.value.cause == "a.py:2: invalid syntax."
    with pytest.raises(FactoryError, match=r"b\.py can't be read \(.*No such file"):
        SourceFiles(root).imports(root / "b.py")


def test_a_file_of_this_moment_is_not_believed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second change within one tick of the clock would not show; once it has settled it is."""
    monkeypatch.setattr(source_files, "_RACY_NS", 2_000_000_000)
    path = root / "zoo" / "model_0.py"
    files = SourceFiles(root, remember=True)
    files.sha256(path)
    files.save()
    assert not (root / CACHE_PATH).exists()
    later = time.time_ns() + 3_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    files = SourceFiles(root, remember=True)
    files.sha256(path)
    files.save()
    assert list(json.loads((root / CACHE_PATH).read_text())["files"]) == ["zoo/model_0.py"]
