"""Trials as the rest of Seatrial asks for them: of a deployment's models, or of one bare artifact."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from preflight.trial.report import TrialReport
from spec import DeploymentFile

__all__ = ["LOAD_TIMEOUT_SECONDS", "ContainerContext", "Progress", "trial_of_artifact", "trial_of_deployment"]

LOAD_TIMEOUT_SECONDS = 300.0
"""How long a model may take to load where nobody says otherwise, on a machine slower than an instance."""

Progress = Callable[[str, str], None]
"""Called with a model's name and what its trial does now, from any thread."""


class ContainerContext(Protocol):
    """What a bare artifact's container is told; ``preflight.bare.ServingContext`` is one."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The container's variables."""
        ...


def _say_nothing(model: str, what: str) -> None:
    """Show no progress."""


def trial_of_deployment(
    file: DeploymentFile,
    build_root: Path,
    project_root: Path,
    *,
    progress: Progress = _say_nothing,
    cancelled: threading.Event | None = None,
    load_timeout_seconds: float = LOAD_TIMEOUT_SECONDS,
) -> TrialReport:
    """Try every model that an endpoint of ``file`` serves, each alone, several at the same time.

    Args:
        file: the deployment.
        build_root: the folder that `seatrial package` writes to.
        project_root: the folder with the servers' environments; golden requests start from it.
        progress: told what happens.
        cancelled: set by another thread to give up; Ctrl-C does the same.
        load_timeout_seconds: how long each model may take to load.

    Returns:
        Outcomes, and the findings about them, each at its model in the file. They are not acknowledged yet:
        give them to ``preflight.check_deployment`` as ``also={TRIAL: report.findings}``.

    Raises:
        TrialCancelledError: ``cancelled`` was set; nothing of the trials is left.
        TrialError: this machine can't run the servers; says what to do.
        RuleFailedError: a rule raised.
    """
    # What runs trials needs numpy and the servers; synth imports this module with the rules.
    from preflight.trial._subjects import subjects_of_deployment  # noqa: PLC0415
    from preflight.trial._together import run_trials  # noqa: PLC0415
    from preflight.trial.findings import findings_in_deployment  # noqa: PLC0415

    subjects = subjects_of_deployment(file, build_root, project_root)
    outcomes = run_trials(subjects, project_root, progress, cancelled, load_timeout_seconds)
    return TrialReport(findings_in_deployment(outcomes, file, project_root), outcomes)


def trial_of_artifact(
    path: Path,
    context: ContainerContext,
    golden: Sequence[Path],
    project_root: Path,
    *,
    progress: Progress = _say_nothing,
    cancelled: threading.Event | None = None,
    load_timeout_seconds: float = LOAD_TIMEOUT_SECONDS,
) -> TrialReport:
    """Try one artifact that no deployment file describes.

    Args:
        path: a ``model.tar.gz``, the folder that it would be packed from, or one model's folder.
        context: what the container is told.
        golden: files of golden requests.
        project_root: the folder with the servers' environments.
        progress: told what happens.
        cancelled: set by another thread to give up; Ctrl-C does the same.
        load_timeout_seconds: how long it may take to load.

    Returns:
        The outcome, and the findings about it, at ``path`` or at ``--golden``.

    Raises:
        TrialCancelledError: ``cancelled`` was set; nothing of the trial is left.
        TrialError: this machine can't run the servers; says what to do.
        RuleFailedError: a rule raised.
    """
    from preflight.trial._subjects import subject_of_artifact  # noqa: PLC0415
    from preflight.trial._together import run_trials  # noqa: PLC0415
    from preflight.trial.findings import findings_in_artifact  # noqa: PLC0415

    subject = subject_of_artifact(path, context.environment, golden)
    outcomes = run_trials((subject,), project_root, progress, cancelled, load_timeout_seconds)
    return TrialReport(findings_in_artifact(outcomes, path), outcomes)
