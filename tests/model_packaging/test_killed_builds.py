"""A build that dies at any moment leaves the artifact before, or none, and is no trouble to the next."""

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model_packaging.artifact import Manifest, open_archive, read_manifest
from model_packaging.eager.samples import read_samples

DRIVER = Path(__file__).with_name("build_driver.py")
REPOSITORY_ROOT = Path(__file__).parents[2]
OLD, NEW = "old", "new"
MODELS = 3


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A project beside a build folder that holds the artifact of ``OLD``."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "factories.py").write_text("def factory(content): ...\n")
    assert drive(tmp_path / "build", OLD).returncode == 0
    return tmp_path / "build"


def command(directory: Path, content: str, kill_at: int = 0, models: int = 0) -> list[str]:
    project = str(directory.parent / "project")
    return [sys.executable, str(DRIVER), project, str(directory), content, str(kill_at), str(models)]


def drive(
    directory: Path, content: str, kill_at: int = 0, models: int = 0
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(directory, content, kill_at, models),
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY_ROOT,
        env={"PYTHONPATH": str(REPOSITORY_ROOT)},
        timeout=60,
    )


def check_whole(directory: Path) -> str:
    """Check that the artifact in ``directory`` is whole, and return whose it is."""
    manifest = read_manifest(directory / "manifest.json")
    archive = directory / manifest.archive.file_name
    assert archive.stat().st_size == manifest.archive.size_bytes
    with open_archive(archive) as reader:
        found = {header.path: hashlib.sha256(reader.content(1 << 20)).hexdigest() for header in reader}
    assert found == {file.path: file.sha256 for file in manifest.files}
    assert manifest.samples is not None
    assert manifest.sbom is not None
    assert [sample.batch_size for sample in read_samples(directory / manifest.samples.file_name)] == [1, 4]
    sbom = json.loads((directory / manifest.sbom).read_text())
    assert sbom["metadata"]["component"]["version"] == manifest.content_key
    return owner(manifest)


def owner(manifest: Manifest) -> str:
    digests = {hashlib.sha256((name * 100_000).encode()).hexdigest(): name for name in (OLD, NEW)}
    return next(digests[file.sha256] for file in manifest.files if file.path.endswith("model.pt"))


def check_next_build(directory: Path) -> None:
    """The next build succeeds and leaves exactly one artifact."""
    done = drive(directory, NEW)
    assert (done.returncode, done.stderr) == (0, "")
    assert check_whole(directory) == NEW
    names = sorted(path.name for path in directory.iterdir())
    manifest = read_manifest(directory / "manifest.json")
    assert names == sorted([".lock", "manifest.json", *manifest.file_names])


def changes_of_a_build(directory: Path) -> int:
    """Return how often a build of ``NEW`` over ``OLD`` changes its folder."""
    changes = int(drive(directory, NEW).stdout)
    assert changes > 15
    drive(directory, OLD)
    return changes


@pytest.mark.integration
def test_killed_at_some_moments(built: Path) -> None:
    """Six of all the moments at which the build's folder changes, the first and the last among them."""
    changes = changes_of_a_build(built)
    seen = set()
    for kill_at in (1, changes // 4, changes // 2, 3 * changes // 4, changes - 1, changes):
        assert drive(built, NEW, kill_at).returncode == -signal.SIGKILL
        seen.add(check_whole(built))
        check_next_build(built)
        drive(built, OLD)
    assert seen == {OLD, NEW}


@pytest.fixture
def side_by_side(built: Path) -> Path:
    """A build folder with the artifacts of ``OLD`` of a deployment's models."""
    directory = built.with_name("side-by-side")
    assert drive(directory, OLD, models=MODELS).returncode == 0
    return directory


def check_each(directory: Path) -> list[str]:
    """Check that every model's artifact is whole, and return whose they are."""
    return [check_whole(directory / "test" / f"m{index}") for index in range(MODELS)]


@pytest.mark.integration
def test_builds_side_by_side_are_killed_together(side_by_side: Path) -> None:
    """Each model has its artifact before or its new one, whatever the others have."""
    changes = int(drive(side_by_side, NEW, models=MODELS).stdout)
    drive(side_by_side, OLD, models=MODELS)
    assert drive(side_by_side, NEW, changes // 2, MODELS).returncode == -signal.SIGKILL
    check_each(side_by_side)
    done = drive(side_by_side, NEW, models=MODELS)
    assert (done.returncode, done.stderr) == (0, "")
    assert check_each(side_by_side) == [NEW] * MODELS


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_builds_side_by_side_are_killed_hundreds_of_times(side_by_side: Path) -> None:
    """At random moments, from within; what a killed run left is no trouble to the next."""
    changes = int(drive(side_by_side, NEW, models=MODELS).stdout)
    moments = random.Random(0)  # noqa: S311 - no secret
    content, other = OLD, NEW
    for _ in range(200):
        if drive(side_by_side, content, moments.randint(1, changes), MODELS).returncode == 0:
            content, other = other, content
        assert set(check_each(side_by_side)) <= {OLD, NEW}
    assert drive(side_by_side, content, models=MODELS).returncode == 0
    for index in range(MODELS):
        directory = side_by_side / "test" / f"m{index}"
        manifest = read_manifest(directory / "manifest.json")
        names = sorted(path.name for path in directory.iterdir())
        assert names == sorted([".lock", "manifest.json", *manifest.file_names])
    assert check_each(side_by_side) == [content] * MODELS


@pytest.mark.soak
def test_killed_at_every_moment(built: Path) -> None:
    """Before every single change of the build's folder, over an artifact and over none."""
    changes = changes_of_a_build(built)
    for kill_at in range(1, changes + 1):
        assert drive(built, NEW, kill_at).returncode == -signal.SIGKILL
        check_whole(built)
        check_next_build(built)
        drive(built, OLD)
        first = built.with_name(f"first-{kill_at}")
        assert drive(first, NEW, kill_at).returncode in (0, -signal.SIGKILL)
        if (first / "manifest.json").exists():
            assert check_whole(first) == NEW
        check_next_build(first)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_at_hundreds_of_times(built: Path) -> None:
    """From outside, at random moments of the whole process."""
    started = time.monotonic()
    drive(built, NEW)
    longest = time.monotonic() - started
    drive(built, OLD)
    moments = random.Random(0)  # noqa: S311 - no secret
    for _ in range(300):
        process = subprocess.Popen(
            command(built, NEW),
            stdout=subprocess.DEVNULL,
            cwd=REPOSITORY_ROOT,
            env={"PYTHONPATH": str(REPOSITORY_ROOT)},
        )
        time.sleep(moments.uniform(0, longest))
        process.kill()
        process.wait(60)
        if check_whole(built) == NEW:
            drive(built, OLD)
    check_next_build(built)
