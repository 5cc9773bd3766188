"""Elastic Inference on EC2, as the posts built it: what an instance with accelerators needs around it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from seatrial_hosting._benchmark_document import BenchmarkInput, benchmark_content
from seatrial_hosting._execution_role import decrypt_artifact, read_artifact
from seatrial_hosting._name_tag import name_tag
from seatrial_hosting._place import Place
from seatrial_hosting._wildcards import acknowledge_wildcards
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.client_instance import ClientInstance

__all__ = ["BenchmarkInput", "ElasticInference"]

_ACCELERATOR_IDS = (
    "EC2 makes the accelerators with the instance, so their ids are not known before the role; the guide's "
    "own policy allows every resource."
)
_UNKNOWN_TO_CFN_LINT = "W3037"


class ElasticInference(Construct):
    """What the accelerators of a client need: the permission, a model, and the benchmark.

    Creates an SSM document that runs the benchmark on the client.

    Does not create the accelerators, which are the instance's own property; nor the interface endpoint of
    their runtime, which a VPC has once, for all clients (``elastic-inference.runtime`` of the network's
    ``private_link``); nor does it run the benchmark.

    Grants the client's role connecting to accelerators of this account and region, and reading exactly the
    artifact.

    Source: Amazon Elastic Inference Developer Guide, "Setting up to launch Amazon EC2 with Elastic
    Inference": endpoint, security groups, instance role. AWS has retired the service.

    Args:
        client: an instance with accelerators, inside a private network.
        artifact: the packaged model.
        model_file: the TorchScript file in the artifact.
        inputs: the model's arguments, in order.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        client: ClientInstance,
        artifact: ModelArtifact,
        model_file: str,
        inputs: Sequence[BenchmarkInput],
    ) -> None:
        super().__init__(scope, construct_id)
        place = Place.of(self)
        self._grant(place, client, artifact)
        self._document = ssm.CfnDocument(
            self,
            "Benchmark",
            content=benchmark_content(
                artifact_url=artifact.url,
                region=place.region,
                model_file=model_file,
                inputs_json=json.dumps([[each.datatype, each.measured_shape] for each in inputs]),
            ),
            document_type="Command",
            document_format="JSON",
            target_type="/AWS::EC2::Instance",
            update_method="NewVersion",
            tags=[name_tag(self)],
        )

    @property
    def document_name(self) -> str:
        """What ``aws ssm send-command --document-name`` takes."""
        return self._document.ref

    def _grant(self, place: Place, client: ClientInstance, artifact: ModelArtifact) -> None:
        accelerators = place.arn("elastic-inference", "elastic-inference-accelerator/*")
        client.allow(
            iam.PolicyStatement(
                sid="UseAccelerators", actions=["elastic-inference:Connect"], resources=[accelerators]
            ),
            *read_artifact(self, artifact),
            *decrypt_artifact(self, artifact),
        )
        acknowledge_wildcards(client.role, {accelerators: _ACCELERATOR_IDS})
        policy = client.policy.node.default_child
        if isinstance(policy, cdk.CfnResource):
            # cfn-lint has forgotten the prefix of a service that is retired.
            policy.add_metadata("cfn-lint", {"config": {"ignore_checks": [_UNKNOWN_TO_CFN_LINT]}})
