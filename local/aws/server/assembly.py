"""Puts the server together: the only place that knows all its parts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local.aws.account import LOCAL_ACCOUNT
from local.aws.server import ministack_tables
from local.aws.server._dispatcher import CLOCK_PATH, DELAYS_PATH
from local.aws.server.artifact_download import ArtifactDownload
from local.aws.server.autoscaling.activities import ScalingActivities
from local.aws.server.autoscaling.api import AutoScalingApi
from local.aws.server.autoscaling.autoscaler import Autoscaler
from local.aws.server.autoscaling.resources import ComponentCopies, ScalableResources, VariantInstanceCount
from local.aws.server.autoscaling.target_store import TargetStore
from local.aws.server.clock import Clock
from local.aws.server.clock_request import advance_clock
from local.aws.server.cloudformation_autoscaling import register_autoscaling_types
from local.aws.server.cloudformation_ec2 import register_ec2_types
from local.aws.server.cloudformation_instances import register_instance_type
from local.aws.server.cloudformation_sagemaker import register_sagemaker_types
from local.aws.server.cloudwatch_alarms import first_in_alarm
from local.aws.server.codebuild_builds import CodeBuildBuilds
from local.aws.server.components.checks import ComponentChecks
from local.aws.server.components.copies import TritonCopyLauncher
from local.aws.server.components.delays import Delays, answer_delays
from local.aws.server.components.hosts import ComponentHosts
from local.aws.server.components.inference_components import InferenceComponents
from local.aws.server.components.serving import ServingFactory
from local.aws.server.data_plane import DataPlane
from local.aws.server.ec2_instances import close_instance_gaps
from local.aws.server.elastic_inference import ElasticInference
from local.aws.server.endpoint_configs import EndpointConfigs
from local.aws.server.endpoint_quotas import EndpointQuotas
from local.aws.server.endpoint_serving import TritonFleetLauncher
from local.aws.server.endpoints import Endpoints
from local.aws.server.json_api import JsonApi
from local.aws.server.loading_metrics import LoadingVariant, publish_loading
from local.aws.server.ministack_codebuild import run_builds_with
from local.aws.server.ministack_gaps import close_gaps
from local.aws.server.models import Models
from local.aws.server.processing_jobs import ProcessingJobs
from local.aws.server.public_images import publish_images
from local.aws.server.refusals import register_refusals
from local.aws.server.retired_services import refuse_retired_services
from local.aws.server.role_access import RoleAccess
from local.aws.server.runtime_metrics import MetricPublisher, Served
from local.aws.server.sagemaker_api import SageMakerApi
from local.aws.server.sagemaker_store import ENDPOINT, INFERENCE_COMPONENT, SageMakerStore
from local.aws.server.scope import Scope
from local.aws.server.served_model import ModelUnpacker
from local.aws.server.served_multi_model import MultiModelPlace
from local.aws.server.service_quotas import ServiceQuotasApi
from local.aws.server.settings import Settings
from local.aws.server.ssm_documents import SsmDocuments, register_ssm_documents
from local.aws.server.status_report import status_report
from local.aws.server.target_models import TargetModels
from local.aws.server.ticker import Ticker
from local.aws.server.variant_start import VariantStarter
from local.aws.server.vpc_access import VpcAccess

__all__ = ["Parts", "assemble"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What has to be started and stopped.

    Attributes:
        apis: the control planes of our own.
        data_plane: SageMaker's runtime.
        fleets: runs the Tritons of endpoints.
        copies: runs those of inference components.
        jobs: runs processing jobs.
        builds: runs those of CodeBuild.
        ticker: what goes by the clock.
    """

    apis: tuple[JsonApi, ...]
    data_plane: DataPlane
    fleets: TritonFleetLauncher
    copies: TritonCopyLauncher
    jobs: ProcessingJobs
    builds: CodeBuildBuilds
    ticker: Ticker

    def start(self) -> None:
        """Listen, and let the clock tick.

        Raises:
            PortInUseError: the data plane's port is taken.
        """
        self.data_plane.start()
        self.ticker.start()

    def stop(self) -> None:
        """Stop listening, and stop every Triton and every job."""
        self.data_plane.stop()
        self.jobs.stop_everything()
        self.builds.stop_everything()
        self.fleets.stop_everything()
        self.copies.stop_everything()


def assemble(settings: Settings) -> Parts:
    """Return the parts, wired, and with CloudFormation taught the types; once per process."""
    store, clock, delays = SageMakerStore(), Clock(), Delays()
    elastic_inference = ElasticInference(settings.as_of)
    access, download = RoleAccess(), ArtifactDownload(settings.port, VpcAccess())
    unpacker = ModelUnpacker(settings.project_root, settings.state_folder / "logs", download)
    starter = VariantStarter(
        unpacker,
        MultiModelPlace(
            settings.project_root,
            settings.state_folder / "logs",
            download,
            access,
            settings.multi_model_memory_mib << 20,
        ),
    )
    fleets = TritonFleetLauncher(settings.state_folder / "endpoints", starter)
    copies = TritonCopyLauncher(settings.state_folder / "components", unpacker)
    data_plane = DataPlane(
        settings.runtime_port,
        Scope(LOCAL_ACCOUNT, settings.region),
        status=lambda: status_report(store, endpoints, components, settings.as_of),
        controls={
            CLOCK_PATH: lambda body: advance_clock(clock, body),
            DELAYS_PATH: lambda body: answer_delays(delays, body),
        },
    )
    hosts = ComponentHosts(_zones_of, clock.now, delays)
    quotas = EndpointQuotas()
    endpoints = Endpoints(store, fleets, data_plane, hosts, clock, quotas=quotas)
    components = InferenceComponents(
        store,
        ComponentChecks(store, access),
        ServingFactory(
            hosts, copies, data_plane, clock, lambda scope: lambda names: first_in_alarm(scope, names)
        ),
        clock,
    )
    jobs = ProcessingJobs(
        store,
        settings.state_folder / "jobs",
        settings.port,
        settings.project_root / "local" / "tensorrt" / "trtexec.py",
    )
    builds = CodeBuildBuilds(settings.state_folder / "jobs", settings.port, settings.project_root)
    run_builds_with(builds.start, builds.stop)
    sagemaker = SageMakerApi(
        store,
        Models(store, access),
        EndpointConfigs(store, elastic_inference),
        endpoints,
        components,
        further=jobs.operations,
    )
    targets, activities = TargetStore(), ScalingActivities()
    resources = ScalableResources(ComponentCopies(components), VariantInstanceCount(endpoints))
    autoscaling = AutoScalingApi(targets, resources, activities, clock.now)

    def each_minute() -> None:
        hosts.release_idle()
        components.place_what_had_no_room()
        publish_loading(_loading(store, endpoints), clock.now())

    ticker = Ticker(
        clock,
        MetricPublisher(data_plane, lambda: _served(store, endpoints, components)),
        Autoscaler(targets, resources, activities),
        each_minute,
    )
    register_sagemaker_types(sagemaker)
    register_autoscaling_types(autoscaling)
    register_ec2_types()
    register_instance_type()
    register_ssm_documents(SsmDocuments())
    close_gaps()
    close_instance_gaps(elastic_inference)
    register_refusals()
    refuse_retired_services(elastic_inference)
    publish_images()
    return Parts(
        (sagemaker, autoscaling, ServiceQuotasApi(quotas)), data_plane, fleets, copies, jobs, builds, ticker
    )


def _zones_of(scope: Scope, subnet_ids: Sequence[str]) -> Sequence[str]:
    zones = {
        subnet["AvailabilityZone"]
        for subnet_id in subnet_ids
        if (subnet := ministack_tables.subnet(scope, subnet_id)) is not None
    }
    return sorted(zones) or [f"{scope.region}a", f"{scope.region}b"]


def _served(store: SageMakerStore, endpoints: Endpoints, components: InferenceComponents) -> Iterator[Served]:
    for component in store.all(INFERENCE_COMPONENT):
        named = (("InferenceComponentName", component.name),)
        copies = len(components.copies_of(component))
        yield Served(component.scope, (component.name,), named, "Copy", copies)
    for endpoint in store.all(ENDPOINT):
        fleet = endpoints.fleet_of(endpoint)
        described = {each["VariantName"]: each for each in endpoint.document["ProductionVariants"]}
        for variant in fleet.variants if fleet else ():
            dimensions = (("EndpointName", endpoint.name), ("VariantName", variant.name))
            instances = described[variant.name]["CurrentInstanceCount"]
            yield Served(endpoint.scope, (endpoint.name, variant.name), dimensions, "Instance", instances)


def _loading(store: SageMakerStore, endpoints: Endpoints) -> Iterator[LoadingVariant]:
    for endpoint in store.all(ENDPOINT):
        fleet = endpoints.fleet_of(endpoint)
        for variant in fleet.variants if fleet else ():
            if isinstance(variant.plan, TargetModels):
                yield LoadingVariant(endpoint.scope, endpoint.name, variant.name, variant.plan)
