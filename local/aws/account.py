"""Which account the laptop's AWS is, and whose year's AWS it can stand for."""

__all__ = ["AS_OF_HEADER", "AS_OF_YEARS", "LOCAL_ACCOUNT"]

LOCAL_ACCOUNT = "000000000000"
"""Twelve digits; no account at AWS has this number, so a mix-up with a real one fails."""

AS_OF_YEARS = (2020,)
"""Whose AWS the laptop can stand for besides today's: then there was Elastic Inference."""

AS_OF_HEADER = "x-seatrial-as-of"
"""The header of every answer of a server that stands for another year's AWS."""
