"""Days of declared traffic on a deployment on the laptop, in minutes: what they cost and what failed."""

from local.replay.errors import ReplayError, TrafficFileError
from local.replay.replay import replay
from local.replay.report import ArmDay, ComponentDay, EndpointDay, Replay
from local.replay.traffic import Traffic
from local.replay.traffic_file import load_traffic, parse_traffic

__all__ = [
    "ArmDay",
    "ComponentDay",
    "EndpointDay",
    "Replay",
    "ReplayError",
    "Traffic",
    "TrafficFileError",
    "load_traffic",
    "parse_traffic",
    "replay",
]
