"""What may be said in a deployment file, and the reading of it."""

from spec.acknowledgments import Acknowledgments
from spec.adapter import Adapter
from spec.alarms import Alarms
from spec.client import Client, ElasticInference
from spec.component import Component, Compute, Copies, MetricsEndpoint, Placement, ZoneBalance
from spec.component_endpoint import (
    ComponentEndpoint,
    InstancePool,
    InstanceScaling,
    Logs,
    PrefixAwareRouting,
    ScaleIn,
    SharedInstances,
)
from spec.container import Container
from spec.deployment import Deployment, Endpoint
from spec.endpoint import Instances, RealtimeEndpoint
from spec.environment import Environment
from spec.errors import DeploymentFileError, Problem
from spec.existing_network import ExistingNetwork, ExistingSubnet, ExistingVpc
from spec.export import Export
from spec.loader import DeploymentFile, load_deployment, parse_deployment
from spec.model import Model, Tolerance
from spec.network import Network
from spec.pytorch import PyTorchServing
from spec.rolling_update import CapacitySize, RollingUpdate
from spec.scaling import ComponentScaling, ScheduledAction, VariantScaling
from spec.security import ArtifactBucket, Security
from spec.triton import TritonModelConfig
from spec.triton_batching import DynamicBatching
from spec.triton_instances import InstanceGroup
from spec.weights import Weights

__all__ = [
    "Acknowledgments",
    "Adapter",
    "Alarms",
    "ArtifactBucket",
    "CapacitySize",
    "Client",
    "Component",
    "ComponentEndpoint",
    "ComponentScaling",
    "Compute",
    "Container",
    "Copies",
    "Deployment",
    "DeploymentFile",
    "DeploymentFileError",
    "DynamicBatching",
    "ElasticInference",
    "Endpoint",
    "Environment",
    "ExistingNetwork",
    "ExistingSubnet",
    "ExistingVpc",
    "Export",
    "InstanceGroup",
    "InstancePool",
    "InstanceScaling",
    "Instances",
    "Logs",
    "MetricsEndpoint",
    "Model",
    "Network",
    "Placement",
    "PrefixAwareRouting",
    "Problem",
    "PyTorchServing",
    "RealtimeEndpoint",
    "RollingUpdate",
    "ScaleIn",
    "ScheduledAction",
    "Security",
    "SharedInstances",
    "Tolerance",
    "TritonModelConfig",
    "VariantScaling",
    "Weights",
    "ZoneBalance",
    "load_deployment",
    "parse_deployment",
]
