"""What a role needs to serve an inference component that has no Model."""

import hashlib
from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from seatrial_hosting import _execution_role as execution_role
from seatrial_hosting._wildcards import acknowledge_wildcards
from seatrial_hosting.artifact import ModelArtifact
from seatrial_hosting.image import ContainerImage

__all__ = ["ContainerAccess"]


class ContainerAccess(Construct):
    """Lets roles fetch what one component runs, which names its image and artifact itself.

    Creates one policy. Another image or artifact replaces it, and it goes after the update: old copies can
    still fetch what they serve.

    Does not create a role or a component; add a dependency of the component on this.

    Grants each role: reading exactly the artifact, and decrypting it where a KMS key encrypts it; where the
    component has an image of its own, also pulling from its repository and writing the component's log group.

    Args:
        component_name: the component, or the adapter.
        roles: of the endpoint; for an adapter also of its base's Model.
        artifact: what is unpacked.
        image: the container's; None for an adapter, which runs in its base's.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        component_name: str,
        roles: Sequence[iam.IRole],
        artifact: ModelArtifact,
        image: ContainerImage | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        fetched = f"{artifact.content_key} {image.uri if image else ''}"
        statements = [
            *execution_role.read_artifact(self, artifact),
            *execution_role.decrypt_artifact(self, artifact),
        ]
        if image is not None:
            logs, wildcards = execution_role.component_logs(self, component_name)
            statements += [execution_role.pull_image(self, image), logs]
            acknowledge_wildcards(self, wildcards)
        iam.Policy(
            self,
            f"Fetch{hashlib.sha256(fetched.encode()).hexdigest()[:12]}",
            roles=list(roles),
            statements=statements,
        )
