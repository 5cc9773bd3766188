"""Puts the server together: the only place that knows all its parts."""

from dataclasses import dataclass

from local.aws.account import LOCAL_ACCOUNT
from local.aws.server.artifact_download import ArtifactDownload
from local.aws.server.cloudformation_ec2 import register_ec2_types
from local.aws.server.cloudformation_sagemaker import register_sagemaker_types
from local.aws.server.data_plane import DataPlane
from local.aws.server.endpoint_configs import EndpointConfigs
from local.aws.server.endpoint_serving import TritonFleetLauncher
from local.aws.server.endpoints import Endpoints
from local.aws.server.ministack_gaps import close_gaps
from local.aws.server.models import Models
from local.aws.server.role_access import RoleAccess
from local.aws.server.sagemaker_api import SageMakerApi
from local.aws.server.sagemaker_store import SageMakerStore
from local.aws.server.scope import Scope
from local.aws.server.settings import Settings
from local.aws.server.status_report import status_report
from local.aws.server.vpc_access import VpcAccess

__all__ = ["Parts", "assemble"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What has to be started and stopped.

    Attributes:
        api: SageMaker's control plane.
        data_plane: SageMaker's runtime.
        launcher: runs the Tritons.
    """

    api: SageMakerApi
    data_plane: DataPlane
    launcher: TritonFleetLauncher


def assemble(settings: Settings) -> Parts:
    """Return the parts, wired, and with CloudFormation taught the types; once per process."""
    store = SageMakerStore()
    launcher = TritonFleetLauncher(
        settings.project_root,
        settings.state_folder / "endpoints",
        ArtifactDownload(settings.port, VpcAccess()),
    )
    data_plane = DataPlane(
        settings.runtime_port,
        Scope(LOCAL_ACCOUNT, settings.region),
        status=lambda: status_report(store, endpoints),
    )
    endpoints = Endpoints(store, launcher, data_plane)
    api = SageMakerApi(store, Models(store, RoleAccess()), EndpointConfigs(store), endpoints)
    register_sagemaker_types(api)
    register_ec2_types()
    close_gaps()
    return Parts(api, data_plane, launcher)
