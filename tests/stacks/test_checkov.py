"""checkov's opinion on all deployments: what it finds is fixed, or docs/checkov.md says why it stays."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from environments import ENVIRONMENTS, set_up
from stacks import build_app

DOCUMENT = Path(__file__).parents[2] / "docs" / "checkov.md"

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

Finding = tuple[str, str]
"""A check's id and the type of the resource that it finds something in."""


@pytest.fixture(scope="module")
def found(every_deployment: Path, tmp_path_factory: pytest.TempPathFactory) -> set[Finding]:
    """What checkov finds in the templates of every deployment of the repository."""
    folder = tmp_path_factory.mktemp("templates")
    for path in sorted((every_deployment / "deployments").glob("*.yaml")):
        build_app(
            every_deployment,
            deployment=path,
            outdir=folder / path.stem,
            context={"seatrial:nag": "false"},
            builtin_validation=False,
        ).synth()
    [environment] = [each for each in ENVIRONMENTS if each.name == "checkov"]
    set_up(environment)
    program = environment.path / "bin" / "checkov"
    # --skip-download: checkov's policies are its own, and nothing is fetched.
    options = ["--framework", "cloudformation", "--output", "json", "--quiet", "--skip-download"]
    finished = subprocess.run(
        [str(environment.python), str(program), "--directory", str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert finished.returncode in (0, 1), finished.stderr
    report = json.loads(finished.stdout)
    assert report["summary"]["passed"] > 0
    assert report["summary"]["parsing_errors"] == 0
    return {
        (each["check_id"], each["resource"].rpartition(".")[0]) for each in report["results"]["failed_checks"]
    }


@pytest.fixture(scope="module")
def reviewed() -> set[Finding]:
    """What stands in docs/checkov.md, each line with a reason."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [line.strip("|").split(" | ") for line in lines]
    assert all(len(each) == 4 and len(each[3]) > 20 for each in cells)
    return {(_code(check), _code(resource_type)) for check, resource_type, *_ in cells}


def test_every_finding_was_reviewed(found: set[Finding], reviewed: set[Finding]) -> None:
    """Nothing is found that nobody gave a reason for."""
    assert sorted(found - reviewed) == []


def test_no_reason_is_stale(found: set[Finding], reviewed: set[Finding]) -> None:
    """What is not found any more must go: it would hide the next of its kind."""
    assert sorted(reviewed - found) == []


def _code(cell: str) -> str:
    [text] = re.findall(r"`([^`]+)`", cell)
    return str(text)
