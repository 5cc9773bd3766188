"""What every SageMaker model is, whatever serves it: isolated, in a network, with a role of its own."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct, IDependable

from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting._imported_role import ImportedRole
from seatrial_hosting._validation import raise_problems
from seatrial_hosting._wildcards import acknowledge_wildcards
from seatrial_hosting.serving_network import ServingNetwork

__all__ = ["HostedModel"]


class HostedModel(Construct):
    """A SageMaker model inside a private network; its subclasses say what serves it.

    Creates the model, with network isolation and without a name of its own, so that a changed artifact, image
    or environment replaces it; the execution role; and one policy for what is served, which is replaced
    together with the model: while an endpoint is updated, its old instances can still fetch what they serve.

    Does not create the endpoint, nor anything in the network, nor a repository for the image.

    Grants the role: network interfaces in the network's subnets with its security group; reading exactly
    what is served; pulling from the images' repositories; publishing SageMaker's metrics. Logs are granted by
    the endpoint, whose name the log group bears. An image's repository must itself admit this account where
    it is another's. A role that is given gets nothing: what it must allow is written into the model's
    template metadata, under ``seatrial:ExecutionRoleMustAllow``.

    Args:
        network: where the model's network interfaces are.
        role: a role of one's own that SageMaker may assume. Default: one is created.
        problems: what is wrong with the subclass's arguments.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ServingNetwork,
        role: iam.IRole | None,
        problems: Iterable[str],
    ) -> None:
        super().__init__(scope, construct_id)
        raise_problems(self, problems)
        self._network = network
        self._execution = (
            execution_role.import_execution_role(self, network, role)
            if role
            else execution_role.create_execution_role(self, network)
        )
        self._resource: sagemaker.CfnModel

    @property
    def role(self) -> iam.IRole:
        """The execution role."""
        return self._execution.role

    @property
    def model_name(self) -> str:
        """The name CloudFormation generates."""
        return self._resource.attr_model_name

    def grant_logs(self, endpoint_name: str) -> None:
        """Let the model write into the log group of the endpoint that serves it."""
        execution_role.write_logs(self._execution, endpoint_name)

    def grant_component_logs(self, component_name: str) -> None:
        """Let the model write into the log group of the inference component that serves it."""
        execution_role.write_component_logs(self._execution, component_name)

    def grant_volume_key(self, key: kms.IKey) -> None:
        """Let SageMaker encrypt the volumes of the model's instances with ``key``."""
        self._execution.allow(execution_role.encrypt_volumes(key.key_arn))

    def grant_rollback_alarms(self, alarm_arns: Sequence[str]) -> None:
        """Let SageMaker watch the alarms that roll back an update of the model's endpoint."""
        self._execution.allow(execution_role.describe_alarms(alarm_arns))

    def _create(
        self,
        fetched: str,
        statements: Sequence[iam.PolicyStatement],
        *,
        wildcards: Mapping[str, str] | None = None,
        **containers: Any,  # noqa: ANN401 - what CfnModel takes of containers
    ) -> None:
        """Create the model, and what lets its role fetch what it serves.

        Args:
            fetched: what is fetched, as text: another one replaces the policy.
            statements: allow fetching it.
            wildcards: reasons for the ARNs with a wildcard in ``statements``. Default: there are none.
            containers: the arguments of ``CfnModel`` that say what runs.
        """
        self._resource = sagemaker.CfnModel(
            self,
            "Resource",
            execution_role_arn=self._execution.role.role_arn,
            enable_network_isolation=True,
            vpc_config=sagemaker.CfnModel.VpcConfigProperty(
                security_group_ids=[self._network.model_security_group_id],
                subnets=list(self._network.subnet_ids),
            ),
            **containers,
        )
        # CreateModel checks what the role may do, and the artifact comes through the network.
        allowed = self._allow_fetching(fetched, statements, wildcards or {})
        self._resource.node.add_dependency(*allowed, self._network.connectivity)

    def _allow_fetching(
        self, fetched: str, statements: Sequence[iam.PolicyStatement], wildcards: Mapping[str, str]
    ) -> tuple[IDependable, ...]:
        """Let the role fetch what is served; return what must stand before the model."""
        if isinstance(self._execution, ImportedRole):
            self._execution.allow(*statements)
            self._execution.describe_at(self._resource)
            return ()
        name = f"Fetch{hashlib.sha256(fetched.encode()).hexdigest()[:12]}"
        served = iam.Policy(self, name, roles=[self._execution.role], statements=list(statements))
        acknowledge_wildcards(served, wildcards)
        return (self._execution.policy, served)
