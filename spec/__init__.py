"""What may be said in a deployment file, and the reading of it."""

from spec.acknowledgments import Acknowledgments
from spec.container import Container
from spec.deployment import Deployment
from spec.endpoint import Instances, RealtimeEndpoint
from spec.environment import Environment
from spec.errors import DeploymentFileError, Problem
from spec.export import Export
from spec.loader import DeploymentFile, load_deployment, parse_deployment
from spec.model import Model, Tolerance
from spec.network import Network
from spec.triton import DynamicBatching, InstanceGroup, TritonModelConfig

__all__ = [
    "Acknowledgments",
    "Container",
    "Deployment",
    "DeploymentFile",
    "DeploymentFileError",
    "DynamicBatching",
    "Environment",
    "Export",
    "InstanceGroup",
    "Instances",
    "Model",
    "Network",
    "Problem",
    "RealtimeEndpoint",
    "Tolerance",
    "TritonModelConfig",
    "load_deployment",
    "parse_deployment",
]
