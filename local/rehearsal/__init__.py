"""The rehearsal of a deployment on the laptop: what `make local` runs."""

from local.rehearsal.answers import CheckedAnswer
from local.rehearsal.errors import CdkError, RehearsalError
from local.rehearsal.rehearsal import Rehearsal, rehearse
from local.rehearsal.steps import Step, Steps

__all__ = ["CdkError", "CheckedAnswer", "Rehearsal", "RehearsalError", "Step", "Steps", "rehearse"]
