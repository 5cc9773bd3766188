"""CDK constructs that host Triton models on SageMaker.

They take real CDK types and know nothing of deployment files: use them in any CDK app. Nothing here reads a
file, the environment or AWS at synth.
"""

from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.component import Component
from seatrial_hosting.component_declaration import ComponentDeclaration, DeclaredModel
from seatrial_hosting.component_endpoint import ComponentEndpoint
from seatrial_hosting.component_fleet import ComponentFleet
from seatrial_hosting.component_observability import ComponentDashboard, ComponentObservability
from seatrial_hosting.component_scaling import ComponentScaling, ScaleToZero
from seatrial_hosting.component_settings import (
    CapacitySize,
    ComponentSpecification,
    ComputeRequirements,
    InlineContainer,
    MetricsEndpoint,
    Placement,
    PlacementStrategy,
    RollingUpdate,
)
from seatrial_hosting.container_access import ContainerAccess
from seatrial_hosting.endpoint import Endpoint
from seatrial_hosting.endpoint_dashboard import EndpointDashboard
from seatrial_hosting.errors import HostingError
from seatrial_hosting.image import TritonImage
from seatrial_hosting.inference_component import InferenceComponent
from seatrial_hosting.model import TritonModel
from seatrial_hosting.network import PrivateNetwork
from seatrial_hosting.realtime_endpoint import RealtimeEndpoint
from seatrial_hosting.routing import PrefixAwareRouting, RoutingStrategy
from seatrial_hosting.scaling_settings import Scaling, ScalingMetric, ScheduledAction, TargetTracking
from seatrial_hosting.shared_instances import ScaleIn, ScaleInStrategy, SharedInstances
from seatrial_hosting.variant_scaling import VariantScaling

__all__ = [
    "CapacitySize",
    "Component",
    "ComponentDashboard",
    "ComponentDeclaration",
    "ComponentEndpoint",
    "ComponentFleet",
    "ComponentObservability",
    "ComponentScaling",
    "ComponentSpecification",
    "ComputeRequirements",
    "ContainerAccess",
    "DeclaredModel",
    "Endpoint",
    "EndpointDashboard",
    "HostingError",
    "InferenceComponent",
    "InlineContainer",
    "MetricsEndpoint",
    "ModelArtifact",
    "Placement",
    "PlacementStrategy",
    "PrefixAwareRouting",
    "PrivateNetwork",
    "RealtimeEndpoint",
    "RollingUpdate",
    "RoutingStrategy",
    "ScaleIn",
    "ScaleInStrategy",
    "ScaleToZero",
    "Scaling",
    "ScalingMetric",
    "ScheduledAction",
    "SharedInstances",
    "TargetTracking",
    "TritonImage",
    "TritonModel",
    "VariantScaling",
]
