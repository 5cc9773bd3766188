"""CDK constructs that host Triton models on SageMaker.

They take real CDK types and know nothing of deployment files: use them in any CDK app. Nothing here reads a
file, the environment or AWS at synth.
"""

from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.endpoint import Endpoint
from seatrial_hosting.errors import HostingError
from seatrial_hosting.image import TritonImage
from seatrial_hosting.model import TritonModel
from seatrial_hosting.network import PrivateNetwork
from seatrial_hosting.realtime_endpoint import RealtimeEndpoint, RoutingStrategy

__all__ = [
    "Endpoint",
    "HostingError",
    "ModelArtifact",
    "PrivateNetwork",
    "RealtimeEndpoint",
    "RoutingStrategy",
    "TritonImage",
    "TritonModel",
]
