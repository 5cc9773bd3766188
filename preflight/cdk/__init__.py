"""Preflight inside the CDK: `cdk synth` fails with the words of `seatrial check`.

``SeatrialValidation`` is for apps made from a deployment file, ``SeatrialNagPack`` for any app.

This package alone imports aws_cdk.
"""

from preflight.cdk.acknowledge import PLUGIN_NAME, acknowledge
from preflight.cdk.nag_pack import SeatrialNagPack
from preflight.cdk.validation import SeatrialValidation

__all__ = ["PLUGIN_NAME", "SeatrialNagPack", "SeatrialValidation", "acknowledge"]
