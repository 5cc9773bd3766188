"""The account number of the laptop's AWS."""

__all__ = ["LOCAL_ACCOUNT"]

LOCAL_ACCOUNT = "000000000000"
"""Twelve digits; no account at AWS has this number, so a mix-up with a real one fails."""
