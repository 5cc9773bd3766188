"""The exceptions of this folder."""

__all__ = ["ControlError", "InvalidPolicyError", "NoCopyError", "UnknownStrategyError"]


class ControlError(ValueError):
    """A decision was asked for on values that no such decision exists for."""


class InvalidPolicyError(ControlError):
    """A policy, alarm or capacity contradicts itself; the message says where, what, and what is allowed."""


class UnknownStrategyError(ControlError):
    """No such routing or placement strategy is modelled here."""


class NoCopyError(ControlError):
    """A request can't be routed: there is no copy."""
