"""What the documents say is true: examples load, commands exist, links lead somewhere."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from cli import main
from spec import parse_deployment

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_readmes_deployment_file_is_a_valid_one() -> None:
    """A reader who copies the example gets no error."""
    (example,) = re.findall(r"```yaml\n(.*?)```", text_of(ROOT / "README.md"), re.DOTALL)
    deployment = parse_deployment(example, ROOT / "deployments" / "vision.yaml").deployment
    assert list(deployment.endpoints) == ["dedicated"]


def test_readmes_commands_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """Every `seatrial` command in the table has a help page."""
    named = set(re.findall(r"`seatrial ([a-z]+)", text_of(ROOT / "README.md")))
    assert named == {
        *("package", "publish", "check", "rehearse", "replay"),
        *("local", "invoke", "client", "shards", "migrate", "doctor"),
    }
    for command in sorted(named):
        assert main([command, "--help"]) == 0
    capsys.readouterr()


def test_make_local_runs_the_rehearsal() -> None:
    """The first command of the README ends in the main job."""
    command = ["make", "-n", "--no-print-directory", "local"]
    # Without what a surrounding `make test` tells its own children.
    variables = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    planned = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=30, check=True
    )
    assert planned.stdout.splitlines()[-1] == ".venv/bin/seatrial rehearse deployments/local.yaml"


def test_make_targets_that_documents_name_exist() -> None:
    """`make local` and the others are in the Makefile, with a line of help each."""
    targets = set(re.findall(r"^([a-z]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"\bmake ([a-z]+)\b(?=[`\s])", text_of(path))}
    assert {"local", "test", "check"} <= named
    assert {name for name in named if f"`make {name}`" in "".join(map(text_of, DOCUMENTS))} <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document: Path) -> None:
    """No link into the repository is broken."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(document))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_architecture_names_every_folder() -> None:
    """A newcomer finds each top-level folder in the table."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    folders = {line.split("/")[0] for line in tracked.stdout.splitlines() if "/" in line and line[0] != "."}
    table = text_of(ROOT / "ARCHITECTURE.md")
    assert [folder for folder in sorted(folders) if f"`{folder}/" not in table] == []
