"""The exceptions of this folder."""

__all__ = ["PreflightError", "RegistryError", "RuleFailedError", "SynthError"]


class PreflightError(Exception):
    """Preflight can't do its work; what is wrong with a deployment is a finding, never an exception."""


class RegistryError(PreflightError):
    """A rule can't be registered: its id is taken or malformed, or its scope is unknown."""


class RuleFailedError(PreflightError):
    """A rule raised instead of answering: a defect of Seatrial, told with the rule's id."""


class SynthError(PreflightError):
    """The app ended without a validation report; the message holds the app's own words."""
