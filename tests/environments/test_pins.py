"""Every environment is fully pinned, and what a pipeline installs is what the tests ran on."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKED = {
    "synth.in": "requirements.txt",
    "packaging.in": "environments/packaging.txt",
    "development.in": "environments/development.txt",
    "local_aws.in": "environments/local_aws.txt",
    "local_triton.in": "environments/local_triton.txt",
    "checkov.in": "environments/checkov.txt",
}


def pins(path: str) -> dict[str, str]:
    found = {}
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        requirement = line.split("#")[0].strip()
        if requirement and not requirement.startswith("-r"):
            name, _, version = requirement.partition("==")
            found[re.sub(r"\[.*\]", "", name).replace("_", "-").replace(".", "-").lower()] = version
    return found


@pytest.mark.parametrize(("source", "locked"), LOCKED.items())
def test_the_pinned_file_keeps_what_was_asked_for(source: str, locked: str) -> None:
    """A version in an .in file is the version in its .txt: `make lock` ran after the last change."""
    assert pins(f"environments/{source}").items() <= pins(locked).items()


@pytest.mark.parametrize("locked", LOCKED.values())
def test_every_line_pins_exactly(locked: str) -> None:
    """No environment depends on the day it was made."""
    lines = (ROOT / locked).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)] == []


@pytest.mark.parametrize("part", ["requirements.txt", "environments/packaging.txt"])
def test_a_pipelines_pins_are_the_tested_ones(part: str) -> None:
    """`requirements.txt` never resolves to another version than the one the tests ran on."""
    assert pins(part).items() <= pins("environments/development.txt").items()


@pytest.mark.parametrize("heavy", ["torch", "sagemaker", "tritonclient", "boto3", "numpy"])
def test_requirements_txt_is_lean(heavy: str) -> None:
    """A runner that only synthesizes installs no framework."""
    assert heavy not in pins("requirements.txt")


@pytest.mark.parametrize("source", LOCKED)
def test_every_asked_for_package_says_why(source: str) -> None:
    """One line of reason beside each package that somebody chose."""
    lines = (ROOT / "environments" / source).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "==" in line and not re.search(r"\s# \w.{8,}", line)] == []


def test_lock_files_name_no_host() -> None:
    """They install from whatever index the user has."""
    npm = (ROOT / "environments/cdk/package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in npm
    assert "http" not in npm


def test_constructs_is_a_source_root() -> None:
    """constructs/__init__.py would shadow the PyPI package and break every CDK import."""
    assert not (ROOT / "constructs" / "__init__.py").exists()
