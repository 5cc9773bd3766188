"""Whatever is wrong ends in words and a non-zero exit status, never in a traceback."""

import json
from pathlib import Path

import pytest

import cli.package
from cli import main
from cli._project import Project

DEPLOYMENT = """
name: bad
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "FACTORY", arguments: {random_seed: 7}, to: torchscript, how: trace}
    triton: {max_batch_size: 2}
"""


def deployment(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["package", "check", "rehearse"])
def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Every command that takes a deployment file says which one it can't find."""
    assert main([command, str(tmp_path / "nothing.yaml")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "nothing.yaml" in err
    assert "Traceback" not in err


def test_unreadable_yaml_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File and line, in one line."""
    assert main(["check", str(deployment(tmp_path, "name: [unclosed\n"))]) == 1
    err = capsys.readouterr().err
    assert "bad.yaml:" in err
    assert "Traceback" not in err


def test_all_problems_of_a_file_come_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One run shows everything that is wrong with the file."""
    text = DEPLOYMENT.replace("max_batch_size: 2", "max_batch_siz: -1").replace("us-east-1b", "us-east-1a")
    assert main(["package", str(deployment(tmp_path, text))]) == 1
    err = capsys.readouterr().err
    assert "max_batch_siz" in err
    assert "availability_zones" in err


def test_json_stays_json_when_a_command_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program that reads stdout gets one document, whatever happens."""
    assert main(["package", str(tmp_path / "nothing.yaml"), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert "nothing.yaml" in document["error"]


def test_json_lists_a_files_problems_field_by_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipeline annotates the line that is wrong, without parsing words."""
    path = deployment(tmp_path, DEPLOYMENT.replace("max_batch_size: 2", "max_batch_siz: 2"))
    assert main(["check", str(path), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {"location", "path", "value", "what", "allowed", "fix"} == set(problems[0])
    assert any("max_batch_siz" in problem["path"] + problem["what"] for problem in problems)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("factory", "words"),
    [
        ("examples.visoin:classifier", "examples.visoin"),
        ("examples.vision:clasifier", "classifier"),
        ("examples.vision:CLASSES", "CLASSES"),
    ],
)
def test_a_missing_factory_ends_in_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    factory: str,
    words: str,
) -> None:
    """Module and factory are named, and nothing is left of the build."""
    # The build belongs into the test's folder; factories come from the checkout.
    monkeypatch.setattr(
        cli.package, "PROJECT", _ProjectWithBuilds(cli.package.PROJECT.root, tmp_path / "build")
    )
    assert main(["package", str(deployment(tmp_path, DEPLOYMENT.replace("FACTORY", factory)))]) == 1
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err
    assert not list((tmp_path / "build").rglob("manifest.json"))
    assert not list((tmp_path / "build").rglob("*.tar.gz"))


class _ProjectWithBuilds(Project):
    """The checkout, building elsewhere."""

    def __init__(self, root: Path, build_root: Path) -> None:
        super().__init__(root)
        object.__setattr__(self, "_build_root", build_root)

    @property
    def build_root(self) -> Path:
        path: Path = object.__getattribute__(self, "_build_root")
        return path


@pytest.mark.parametrize("arguments", [["package"], ["nonsense"], ["package", "a.yaml", "--no-such-option"]])
def test_wrong_usage_exits_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A pipeline tells a typing mistake from a finding."""
    assert main(arguments) == 2
    assert capsys.readouterr().err
