import json
import platform
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from model_packaging import provenance
from model_packaging.artifact.provenance import Commit, Provenance
from model_packaging.build_inputs import PACKAGING_VERSION
from model_packaging.provenance import commit_of, provenance_of


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with one commit and one ignored file."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "model.py").write_text("one\n")
    (tmp_path / ".gitignore").write_text("build\n")
    (tmp_path / "build").touch()
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    return tmp_path


def test_a_clean_tree_is_its_commit(repository: Path) -> None:
    """Files that git ignores, such as the build folder, make no tree dirty."""
    assert commit_of(repository) == Commit(git(repository, "rev-parse", "HEAD"), is_dirty=False)


def test_a_project_may_lie_below_the_repository(repository: Path) -> None:
    """The commit is that of the whole repository, and so is whether it is dirty."""
    (repository / "below").mkdir()
    assert commit_of(repository / "below") == commit_of(repository)


@pytest.mark.parametrize("name", ["model.py", "new.py"])
def test_a_changed_or_new_file_makes_it_dirty(repository: Path, name: str) -> None:
    """A factory may import a file that is in no commit."""
    (repository / name).write_text("two\n")
    assert commit_of(repository) == Commit(git(repository, "rev-parse", "HEAD"), is_dirty=True)


def test_outside_of_git_and_before_the_first_commit_there_is_none(tmp_path: Path) -> None:
    """Neither is a mistake."""
    assert commit_of(tmp_path) is None
    git(tmp_path, "init", "--quiet")
    assert commit_of(tmp_path) is None


def test_without_git_there_is_none(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build machine needs none."""
    monkeypatch.setenv("PATH", "")
    assert commit_of(repository) is None


def test_a_git_that_hangs_is_not_waited_for(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note is not worth it."""
    monkeypatch.setattr(provenance, "_GIT_TIMEOUT_SECONDS", 0.0)
    assert commit_of(repository) is None


def test_a_hooks_repository_is_not_the_projects(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git gives its hooks the variable of the repository that it works in."""
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert commit_of(repository) is not None


def test_asking_runs_nothing_of_the_repository_and_changes_nothing(repository: Path) -> None:
    """A monitor that its configuration names would be run by a plain `git status`."""
    program = repository / ".git" / "program"
    program.write_text(f"#!/bin/sh\ntouch {repository}/was-run\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))
    index = (repository / ".git" / "index").stat()
    (repository / "model.py").touch()
    assert commit_of(repository) is not None
    assert not (repository / "was-run").exists()
    assert (repository / ".git" / "index").stat().st_mtime_ns == index.st_mtime_ns


def test_versions_and_platform_are_recorded(tmp_path: Path) -> None:
    """Those of the tools that make every artifact, whatever a model imports besides."""
    found = provenance_of(tmp_path)
    versions = dict(found.frameworks)
    assert sorted(versions) == ["numpy", "protobuf", "python", "seatrial-packaging", "torch", "tritonclient"]
    assert versions["python"] == platform.python_version()
    assert versions["seatrial-packaging"] == PACKAGING_VERSION
    assert found.platform.endswith(platform.machine())
    assert found.commit is None


@pytest.mark.parametrize("commit", [None, Commit("0" * 40, is_dirty=True)])
def test_it_comes_back_from_json(commit: Commit | None) -> None:
    """Equal to what was written."""
    written = Provenance((("python", "3.11.9"), ("torch", "2.13.0")), "linux-x86_64", commit)
    assert Provenance.of_document(json.loads(json.dumps(asdict(written)))) == written


@pytest.mark.parametrize("document", [{}, {"frameworks": [], "platform": "", "commit": {}}])
def test_an_incomplete_record_is_refused(document: dict[str, object]) -> None:
    """With what the manifest's reader turns into its own error."""
    with pytest.raises((KeyError, TypeError)):
        Provenance.of_document(document)
