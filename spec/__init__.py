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
from spec.endpoint import RealtimeEndpoint, RealtimeInstances
from spec.ensemble import Ensemble, EnsembleStep
from spec.environment import Environment
from spec.errors import DeploymentFileError, Problem
from spec.existing_network import ExistingNetwork, ExistingSubnet, ExistingVpc
from spec.existing_repository import ExistingRepository
from spec.export import Export, ExportVersion
from spec.factory import Factory
from spec.hosted_endpoint import HostedEndpoint, Instances
from spec.loader import DeploymentFile, load_deployment, parse_deployment
from spec.model import Model, Tolerance
from spec.model_file import ModelFile
from spec.multi_model_endpoint import MultiModelEndpoint
from spec.network import Network
from spec.pipeline_endpoint import PipelineContainer, PipelineEndpoint
from spec.publish import Publish, PublishedTo
from spec.python_backend import PythonBackend
from spec.pytorch import PyTorchServing
from spec.remote_build import RemoteBuild
from spec.rolling_update import CapacitySize, RollingUpdate
from spec.scaling import ComponentScaling, ScheduledAction, VariantScaling
from spec.security import ArtifactBucket, Security
from spec.tensorrt import InputShapes, TensorRT
from spec.triton import TritonModelConfig
from spec.triton_batching import DynamicBatching
from spec.triton_instances import InstanceGroup
from spec.triton_tensor import BatchInput, BatchOutput, DeclaredInput, DeclaredOutput
from spec.weights import Weights

__all__ = [
    "Acknowledgments",
    "Adapter",
    "Alarms",
    "ArtifactBucket",
    "BatchInput",
    "BatchOutput",
    "CapacitySize",
    "Client",
    "Component",
    "ComponentEndpoint",
    "ComponentScaling",
    "Compute",
    "Container",
    "Copies",
    "DeclaredInput",
    "DeclaredOutput",
    "Deployment",
    "DeploymentFile",
    "DeploymentFileError",
    "DynamicBatching",
    "ElasticInference",
    "Endpoint",
    "Ensemble",
    "EnsembleStep",
    "Environment",
    "ExistingNetwork",
    "ExistingRepository",
    "ExistingSubnet",
    "ExistingVpc",
    "Export",
    "ExportVersion",
    "Factory",
    "HostedEndpoint",
    "InputShapes",
    "InstanceGroup",
    "InstancePool",
    "InstanceScaling",
    "Instances",
    "Logs",
    "MetricsEndpoint",
    "Model",
    "ModelFile",
    "MultiModelEndpoint",
    "Network",
    "PipelineContainer",
    "PipelineEndpoint",
    "Placement",
    "PrefixAwareRouting",
    "Problem",
    "Publish",
    "PublishedTo",
    "PyTorchServing",
    "PythonBackend",
    "RealtimeEndpoint",
    "RealtimeInstances",
    "RemoteBuild",
    "RollingUpdate",
    "ScaleIn",
    "ScheduledAction",
    "Security",
    "SharedInstances",
    "TensorRT",
    "Tolerance",
    "TritonModelConfig",
    "VariantScaling",
    "Weights",
    "ZoneBalance",
    "load_deployment",
    "parse_deployment",
]
