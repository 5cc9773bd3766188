"""The trial run: an artifact on this machine's real servers, asked as SageMaker would ask it.

``trial_of_deployment`` and ``trial_of_artifact`` unpack artifacts, start a server on each (``local.triton``,
``local.pytorch``) and gather what happens in a ``TrialOutcome``, plain data without any judgment. The rules
of scope TRIAL in ``preflight.rules`` judge it. Importing this package imports no server, no numpy and nothing
of ``local``: what runs trials is imported when one is asked for.
"""

from preflight.trial.errors import TrialCancelledError, TrialError
from preflight.trial.outcome import TrialOutcome
from preflight.trial.report import TrialReport
from preflight.trial.trials import LOAD_TIMEOUT_SECONDS, trial_of_artifact, trial_of_deployment

__all__ = [
    "LOAD_TIMEOUT_SECONDS",
    "TrialCancelledError",
    "TrialError",
    "TrialOutcome",
    "TrialReport",
    "trial_of_artifact",
    "trial_of_deployment",
]
