"""Preflight inside the CDK: `cdk synth` fails with the words of `seatrial check`.

This package alone imports aws_cdk.
"""

from preflight.cdk.acknowledge import PLUGIN_NAME, acknowledge
from preflight.cdk.validation import SeatrialValidation

__all__ = ["PLUGIN_NAME", "SeatrialValidation", "acknowledge"]
