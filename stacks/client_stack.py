"""The stack that holds one client: an instance that invokes the deployment's endpoints."""

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from constructs import Construct, IConstruct

import spec
from model_packaging.artifact import Manifest
from preflight.cdk import acknowledge
from seatrial_hosting import (
    AttachedAccelerators,
    BenchmarkInput,
    ClientImage,
    ClientInstance,
    ClientPlacement,
    ElasticInference,
    PublicClientNetwork,
    ServingNetwork,
)
from stacks._acknowledged import RETIRED_BUT_ACKNOWLEDGED
from stacks._deployment_stack import DeploymentStack
from stacks._hosted_model import model_artifact
from stacks._settings import StackSettings
from stacks.built_artifacts import BuiltArtifact

__all__ = ["ClientStack", "client_stack_name"]

_MODEL_FILE_SUFFIX = "model.pt"


def client_stack_name(deployment: str, key: str) -> str:
    """Return the name of the stack of the client under ``key``."""
    return f"{deployment}-client-{key}"


class ClientStack(DeploymentStack):
    """``<deployment>-client-<client key>``: one instance, with all that is its own.

    It names endpoints and never imports from their stacks, so that neither waits for the other; from the
    network's stack it imports where it is. Termination protection is off: everything in it comes back from
    the deployment file.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        network: ServingNetwork,
        client: spec.Client,
        endpoint_names: Sequence[str],
        component_names: Sequence[str],
        streaming_endpoint_names: Sequence[str],
        streaming_component_names: Sequence[str],
        artifact: BuiltArtifact | None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description=f"the client {construct_id.removeprefix(client_stack_name(settings.deployment, ''))}",
            is_protected=False,
        )
        self._network: PublicClientNetwork | None = None
        accelerated = client.elastic_inference
        self.client = ClientInstance(
            self,
            "Client",
            placement=self._placement(client, network, settings),
            instance_type=client.instance_type,
            image=_image(client.image),
            endpoint_names=endpoint_names,
            component_names=component_names,
            streaming_endpoint_names=streaming_endpoint_names,
            streaming_component_names=streaming_component_names,
            volume_gib=client.volume_gib,
            volume_key=settings.key(self),
            ingress_cidrs=accelerated.ingress_cidrs if accelerated else (),
            accelerators=AttachedAccelerators(accelerated.type, accelerated.count) if accelerated else None,
        )
        if accelerated and artifact:
            self._accelerate(accelerated, settings, artifact)
        cdk.CfnOutput(
            self,
            "InstanceId",
            value=self.client.instance_id,
            description="What aws ssm start-session takes as --target",
        )

    @property
    def constructs(self) -> Iterator[IConstruct]:
        """What the client's section of the deployment file became."""
        yield self.client
        if self._network is not None:
            yield self._network

    def _placement(
        self, client: spec.Client, network: ServingNetwork, settings: StackSettings
    ) -> ClientPlacement:
        if client.placement == "private":
            return ClientPlacement.inside(network)
        self._network = PublicClientNetwork(
            self, "Network", availability_zone=settings.environment.availability_zones[0]
        )
        return self._network.placement

    def _accelerate(
        self, accelerated: spec.ElasticInference, settings: StackSettings, artifact: BuiltArtifact
    ) -> None:
        benchmark = ElasticInference(
            self,
            "ElasticInference",
            client=self.client,
            artifact=model_artifact(self, artifact, settings),
            model_file=_model_file(artifact.manifest),
            inputs=_inputs(artifact.manifest),
        )
        if accelerated.acknowledge_retired:
            acknowledge(self.client, "SEA801", RETIRED_BUT_ACKNOWLEDGED)
        cdk.CfnOutput(
            self,
            "BenchmarkDocument",
            value=benchmark.document_name,
            description="What aws ssm send-command takes as --document-name",
        )


def _image(name: str) -> ClientImage:
    match name:
        case "amazon-linux-2023":
            return ClientImage.amazon_linux_2023()
        case "deep-learning-pytorch":
            return ClientImage.deep_learning_pytorch()
        case _:
            return ClientImage.from_ami_id(name)


def _model_file(manifest: Manifest) -> str:
    """Return where the TorchScript file is, in either layout of the artifact."""
    return next(each.path for each in manifest.files if each.path.endswith(_MODEL_FILE_SUFFIX))


def _inputs(manifest: Manifest) -> tuple[BenchmarkInput, ...]:
    batch = (1,) if manifest.signature.batched else ()
    return tuple(
        BenchmarkInput(tensor.datatype, (*batch, *tensor.dims)) for tensor in manifest.signature.inputs
    )
