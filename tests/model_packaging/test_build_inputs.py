import subprocess
import sys
from pathlib import Path

import pytest

from model_packaging.artifact import BuildInputs
from model_packaging.build_inputs import build_inputs_of
from model_packaging.errors import DataFileError, FactoryError
from model_packaging.source_files import SourceFiles
from spec import Model
from tests.model_packaging.projects import Project


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    """A project whose factory reaches four modules, by every form of import, and leaves two alone."""
    files = {
        "zoo/__init__.py": "",
        "zoo/vision.py": "import torch\nfrom zoo.blocks import Block\nfrom . import heads\n",
        "zoo/blocks.py": "def late():\n    import shared.maths as maths\n",
        "zoo/heads.py": "from ..shared import tables\nfrom numpy import array\n",
        "zoo/unused.py": "",
        "shared/__init__.py": "LIMIT = 1\n",
        "shared/maths.py": "from shared import LIMIT\n",
        "shared/tables.py": "import json, PIL, no_such_package\n",
        "unrelated.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def section(reference: str = "zoo.vision:classifier", **export: object) -> Model:
    return Model.model_validate(
        {
            "export": {"from": reference, "to": "torchscript", "how": "trace", **export},
            "triton": {"max_batch_size": 4},
        }
    )


def test_sources_are_what_the_factory_imports(nested: Path) -> None:
    """Absolute, relative, late and through packages; nothing else."""
    assert [path for path, _ in build_inputs_of(section(), nested).sources] == [
        "shared/__init__.py",
        "shared/maths.py",
        "shared/tables.py",
        "zoo/__init__.py",
        "zoo/blocks.py",
        "zoo/heads.py",
        "zoo/vision.py",
    ]


def test_pins_are_what_the_build_runs_on(nested: Path) -> None:
    """The tools, the interpreter, and imported packages under their distributions' names."""
    names = {name for name, _ in build_inputs_of(section(), nested).pins}
    tools = {"numpy", "protobuf", "python", "seatrial-packaging", "torch", "tritonclient"}
    assert names == {*tools, "pillow"}


def test_the_key_is_the_same_in_another_folder(
    nested: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No absolute path is part of it."""
    other = tmp_path_factory.mktemp("other") / "deep"
    subprocess.run(["cp", "-r", nested, other], check=True)
    assert build_inputs_of(section(), other) == build_inputs_of(section(), nested)


@pytest.mark.parametrize("changed", ["zoo/heads.py", "shared/maths.py", "shared/__init__.py"])
def test_a_changed_source_changes_the_key(nested: Path, changed: str) -> None:
    """Wherever it is reached from, and it is named."""
    before = build_inputs_of(section(), nested)
    (nested / changed).write_text((nested / changed).read_text() + "# changed\n")
    after = build_inputs_of(section(), nested)
    assert after.build_key != before.build_key
    assert before.differences(after) == (changed,)


@pytest.mark.parametrize("untouched", ["zoo/unused.py", "unrelated.py"])
def test_another_source_changes_nothing(nested: Path, untouched: str) -> None:
    """What the factory doesn't reach is not part of the model."""
    before = build_inputs_of(section(), nested)
    (nested / untouched).write_text("CHANGED = 1\n")
    assert build_inputs_of(section(), nested) == before


def test_arguments_are_part_of_the_key(nested: Path) -> None:
    """Another seed is another model."""
    first = build_inputs_of(section(arguments={"random_seed": 1}), nested)
    second = build_inputs_of(section(arguments={"random_seed": 2}), nested)
    assert first.differences(second) == ("the model's section of the deployment file",)


def test_acknowledgments_are_no_part_of_the_key(nested: Path) -> None:
    """They judge an artifact and change none of its bytes."""
    model = section()
    excused = model.model_copy(update={"acknowledge": {"SEA101": "because it is fine"}})
    assert build_inputs_of(excused, nested) == build_inputs_of(model, nested)


def test_an_unreadable_source_is_located(nested: Path) -> None:
    """File, line and the parser's words."""
    (nested / "zoo" / "blocks.py").write_text("x = 1\ndef (:\n")
    with pytest.raises(FactoryError, match=r"zoo/blocks\.py:2: invalid syntax"):
        build_inputs_of(section(), nested)


def test_a_missing_module_is_a_factory_error(nested: Path) -> None:
    """Found without importing anything."""
    with pytest.raises(FactoryError, match=r"no module 'zoo\.visoin'\. Did you mean 'zoo\.vision'"):
        build_inputs_of(section("zoo.visoin:classifier"), nested)


def test_a_references_missing_module_is_named_as_such(nested: Path) -> None:
    """By the key that the user wrote."""
    file = {"from": "m.onnx", "sha256": "a" * 64}
    reference = {"from": "zoo.visoin:classifier"}
    model = Model.model_validate({"file": file, "reference": reference, "triton": {"max_batch_size": 4}})
    with pytest.raises(FactoryError, match=r"^reference\.from is 'zoo\.visoin:classifier', but"):
        build_inputs_of(model, nested)


def test_asking_imports_neither_torch_nor_the_users_code(project: Project) -> None:
    """Synth asks too, in an environment without torch."""
    project.write("raise RuntimeError('imported')")
    program = f"""
import sys
from pathlib import Path
from model_packaging.artifact import BuildInputs
from model_packaging.build_inputs import build_inputs_of
from spec import Model
model = Model.model_validate_json({project.model().model_dump_json(by_alias=True)!r})
build_inputs_of(model, Path({str(project.root)!r}))
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"torch", "numpy", "tritonclient", project.module} & set(done.stdout.split())


def test_files_of_labels_decide_a_build(nested: Path) -> None:
    """They are packed as they are, so a changed one is a changed artifact."""
    (nested / "labels.txt").write_text("no\n")
    triton = {"max_batch_size": 4, "label_filename": {"OUTPUT__0": "labels.txt"}}
    export = {"from": "zoo.vision:classifier", "to": "torchscript", "how": "trace"}
    model = Model.model_validate({"export": export, "triton": triton})
    before = build_inputs_of(model, nested)
    assert "labels.txt" in dict(before.sources)
    (nested / "labels.txt").write_text("yes\n")
    assert build_inputs_of(model, nested).build_key != before.build_key


def test_data_files_decide_a_build(nested: Path) -> None:
    """They are named in what differs, as source files are."""
    (nested / "words.txt").write_text("one\n")
    before = build_inputs_of(section(files=["words.txt"]), nested)
    assert "words.txt" in dict(before.sources)
    (nested / "words.txt").write_text("two\n")
    after = build_inputs_of(section(files=["words.txt"]), nested)
    assert after.build_key != before.build_key
    assert before.differences(after) == ("words.txt",)


def test_a_missing_data_file_is_named(nested: Path) -> None:
    """Before anything is built."""
    with pytest.raises(DataFileError, match=r"export\.files names 'words\.txt', and the project has no such"):
        build_inputs_of(section(files=["words.txt"]), nested)


def test_declared_weights_decide_a_build_unread(nested: Path) -> None:
    """By their digest: whoever only synthesizes needs no file of weights."""
    first, second = (
        build_inputs_of(section(weights={"from": "w.safetensors", "sha256": digit * 64}), nested)
        for digit in "ab"
    )
    assert first.differences(second) == ("the model's section of the deployment file",)
    assert "safetensors" in dict(first.pins)


@pytest.mark.parametrize("key", ["weights", "versions"])
def test_where_weights_lie_decides_no_build(nested: Path, key: str) -> None:
    """Their digest does: weights that move from the project to S3 are the same weights."""

    def given(address: str) -> Model:
        weights = {"from": address, "sha256": "a" * 64}
        return section(
            **{"weights": weights} if key == "weights" else {"versions": {"1": {"weights": weights}}}
        )

    here, there = given("own.pt"), given("s3://bucket/own.pt")
    assert build_inputs_of(here, nested) == build_inputs_of(there, nested)


def test_where_a_file_lies_decides_no_build(nested: Path) -> None:
    """Its digest does, and its format, which its suffix says."""

    def inputs(address: str, digit: str = "a") -> BuildInputs:
        file = {"from": address, "sha256": digit * 64}
        return build_inputs_of(Model.model_validate({"file": file, "triton": {"max_batch_size": 4}}), nested)

    assert inputs("m.onnx") == inputs("s3://bucket/other.onnx")
    assert inputs("m.onnx") != inputs("m.plan")
    assert inputs("m.onnx") != inputs("m.onnx", "b")


def test_where_an_archive_lies_decides_no_build(nested: Path) -> None:
    """Its digest does, and which of its models answers."""

    def inputs(**repository: str) -> BuildInputs:
        section = {"from": "s3://bucket/a.tar.gz", "sha256": "a" * 64, **repository}
        return build_inputs_of(Model.model_validate({"repository": section}), nested)

    assert inputs() == inputs(**{"from": "s3://elsewhere/b.tar.gz"})
    assert inputs() != inputs(model="other")
    assert inputs() != inputs(sha256="b" * 64)


def test_a_file_that_may_not_be_read_is_named(nested: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packaging and synth ask; neither ends in a traceback, nor says that it could not write."""

    def refuse(_: SourceFiles, path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    (nested / "words.txt").write_text("one\n")
    monkeypatch.setattr(SourceFiles, "sha256", refuse)
    with pytest.raises(DataFileError) as caught:
        build_inputs_of(section(files=["words.txt"]), nested)
    assert caught.value.cause == "shared/__init__.py can't be read (Permission denied)."
    assert caught.value.fix == "make it readable."


def test_a_section_without_files_keeps_its_key(nested: Path) -> None:
    """What became sayable rebuilds no model that doesn't say it."""
    document = section().canonical_document()["export"]
    assert sorted(document) == ["arguments", "from", "how", "to"]
    assert build_inputs_of(section(files=[], weights=None), nested) == build_inputs_of(section(), nested)
