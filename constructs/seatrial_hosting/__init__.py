"""CDK constructs that host Triton models on SageMaker.

They take real CDK types and know nothing of deployment files: use them in any CDK app. Nothing here reads a
file, the environment or AWS at synth.
"""

from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.client_image import ClientImage
from seatrial_hosting.client_instance import AttachedAccelerators, ClientInstance
from seatrial_hosting.client_placement import ClientPlacement, PublicClientNetwork
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
from seatrial_hosting.elastic_inference import BenchmarkInput, ElasticInference
from seatrial_hosting.endpoint import Endpoint
from seatrial_hosting.endpoint_alarms import EndpointAlarms
from seatrial_hosting.endpoint_dashboard import EndpointDashboard
from seatrial_hosting.errors import HostingError
from seatrial_hosting.existing_network import ExistingNetwork
from seatrial_hosting.hosted_model import HostedModel
from seatrial_hosting.image import ContainerImage, PyTorchImage, TritonImage
from seatrial_hosting.inference_component import InferenceComponent
from seatrial_hosting.model import ContainerModel, TritonModel
from seatrial_hosting.model_prefix import ModelPrefix
from seatrial_hosting.multi_model import MultiModel
from seatrial_hosting.network import PrivateNetwork
from seatrial_hosting.pipeline_model import InferenceExecutionMode, PipelineModel
from seatrial_hosting.pytorch_model import PyTorchModel
from seatrial_hosting.realtime_endpoint import RealtimeEndpoint
from seatrial_hosting.routing import PrefixAwareRouting, RoutingStrategy
from seatrial_hosting.scaling_settings import Scaling, ScalingMetric, ScheduledAction, TargetTracking
from seatrial_hosting.served import Served
from seatrial_hosting.serving_container import ServingContainer
from seatrial_hosting.serving_network import ServingNetwork, ServingSubnet
from seatrial_hosting.shared_instances import ScaleIn, ScaleInStrategy, SharedInstances
from seatrial_hosting.variant_scaling import VariantScaling

__all__ = [
    "AttachedAccelerators",
    "BenchmarkInput",
    "CapacitySize",
    "ClientImage",
    "ClientInstance",
    "ClientPlacement",
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
    "ContainerImage",
    "ContainerModel",
    "DeclaredModel",
    "ElasticInference",
    "Endpoint",
    "EndpointAlarms",
    "EndpointDashboard",
    "ExistingNetwork",
    "HostedModel",
    "HostingError",
    "InferenceComponent",
    "InferenceExecutionMode",
    "InlineContainer",
    "MetricsEndpoint",
    "ModelArtifact",
    "ModelPrefix",
    "MultiModel",
    "PipelineModel",
    "Placement",
    "PlacementStrategy",
    "PrefixAwareRouting",
    "PrivateNetwork",
    "PublicClientNetwork",
    "PyTorchImage",
    "PyTorchModel",
    "RealtimeEndpoint",
    "RollingUpdate",
    "RoutingStrategy",
    "ScaleIn",
    "ScaleInStrategy",
    "ScaleToZero",
    "Scaling",
    "ScalingMetric",
    "ScheduledAction",
    "Served",
    "ServingContainer",
    "ServingNetwork",
    "ServingSubnet",
    "SharedInstances",
    "TargetTracking",
    "TritonImage",
    "TritonModel",
    "VariantScaling",
]
