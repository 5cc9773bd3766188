"""Trials on real servers, for the tests of this folder that need them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest

from preflight.trial import TrialReport, trial_of_artifact

PROJECT_ROOT = Path(__file__).parents[3]

Try = Callable[..., TrialReport]


@dataclass(frozen=True)
class Context:
    """What a bare artifact's container is told."""

    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@pytest.fixture(scope="session")
def trial_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own, so that no test touches the user's state, with the real environments."""
    root = tmp_path_factory.mktemp("project")
    (root / ".venv-triton").symlink_to(PROJECT_ROOT / ".venv-triton")
    return root


@pytest.fixture(scope="session")
def attempt(trial_root: Path) -> Try:
    """``(path, golden=(), environment={}, load_timeout_seconds=60) -> TrialReport``."""

    def run(
        path: Path,
        golden: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        load_timeout_seconds: float = 60.0,
    ) -> TrialReport:
        return trial_of_artifact(
            path,
            Context(environment or {}),
            golden,
            trial_root,
            load_timeout_seconds=load_timeout_seconds,
        )

    return run
