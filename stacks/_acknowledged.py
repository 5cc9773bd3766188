"""Reasons for findings that the deployment file acknowledges in words of its own."""

__all__ = ["RETIRED_BUT_ACKNOWLEDGED"]

RETIRED_BUT_ACKNOWLEDGED = (
    "acknowledge_retired in the deployment file: it is deployed to the laptop's AWS as of 2020 alone."
)
"""Why SEA801 may stay in the templates of a section with ``acknowledge_retired``."""
