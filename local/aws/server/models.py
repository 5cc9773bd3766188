"""Models: what SageMaker checks when one is created, and what it remembers.

Sources: API_CreateModel and API_ContainerDefinition of the SageMaker API reference.
"""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from local.aws.server.container_modes import check_containers, containers_of, is_multi_model
from local.aws.server.errors import validation_exception
from local.aws.server.model_data import check_model_data_source, is_prefix
from local.aws.server.sagemaker_store import MODEL, Record, SageMakerStore
from local.aws.server.scope import Scope

__all__ = [
    "ModelDataAccess",
    "Models",
    "check_image",
    "check_model_data",
    "model_data_url",
]

_ECR_IMAGE = re.compile(
    r"\d{12}\.dkr\.ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/[^\s:@]+([:@]\S+)?"
)


class ModelDataAccess(Protocol):
    """Whether SageMaker could read an artifact in a role's name."""

    def can_assume(self, scope: Scope, role_arn: str) -> bool:
        """Whether there is such a role, and it trusts SageMaker."""
        ...

    def refusal(self, scope: Scope, role_arn: str, url: str) -> bool:
        """Return whether ``url`` can't be read with ``role_arn``: no role, trust, permission or object.

        Of an address that ends with a slash, a prefix, one readable object under it is enough.
        """
        ...

    def refuses_listing(self, scope: Scope, role_arn: str, url: str) -> bool:
        """Return whether what is below the prefix ``url`` can't be listed with ``role_arn``."""
        ...


def model_data_url(container: Mapping[str, Any]) -> str | None:
    """Return where a container's artifact lies, given either way of saying it; None if it has none."""
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    url: str | None = container.get("ModelDataUrl") or source.get("S3Uri")
    return url


def check_image(scope: Scope, container: Mapping[str, Any]) -> None:
    """Check where a container's image comes from.

    The words are those of ed-donner/alex issue 30 and aws/sagemaker-pytorch-inference-toolkit pull 7.

    Raises:
        AwsError: from elsewhere than ECR, or from another region's.
    """
    in_vpc = container.get("ImageConfig", {}).get("RepositoryAccessMode") == "Vpc"
    image = _ECR_IMAGE.fullmatch(container["Image"])
    if not in_vpc and image is None:
        raise validation_exception(
            f'Using non-ECR image "{container["Image"]}" without Vpc repository access mode is not supported.'
        )
    if image is not None and image["region"] != scope.region:
        raise validation_exception(
            f'Region of "{container["Image"]}" does not match expected region of {scope.region}. Cross '
            "region ECR image pulls are not allowed."
        )


def check_model_data(access: ModelDataAccess, scope: Scope, role_arn: str, url: str | None) -> None:
    """Check that a role may read an artifact, if there is one.

    Raises:
        AwsError: it may not.
    """
    if url and access.refusal(scope, role_arn, url):
        raise validation_exception(
            f'Could not access model data at {url}. Please ensure that the role "{role_arn}" exists and '
            'that its trust relationship policy allows the action "sts:AssumeRole" for the service '
            'principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" '
            f"permissions and that the object is located in {scope.region}."
        )


class Models:
    """The operations on models.

    Args:
        store: remembers them.
        access: answers whether an artifact can be read.
    """

    def __init__(self, store: SageMakerStore, access: ModelDataAccess) -> None:
        self._store = store
        self._access = access

    def create(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """CreateModel."""
        containers = containers_of(request)
        if not containers:
            raise validation_exception("Either PrimaryContainer or Containers must be set.")
        if request.get("PrimaryContainer") and request.get("Containers"):
            raise validation_exception("PrimaryContainer and Containers can't both be set.")
        if not request.get("ExecutionRoleArn"):
            raise validation_exception("ExecutionRoleArn is required.")
        check_containers(request, containers)
        for container in containers:
            self._check_container(scope, request["ExecutionRoleArn"], container)
        self._check_role(scope, request["ExecutionRoleArn"])
        record = self._store.add(MODEL, scope, request)
        return {"ModelArn": record.arn}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeModel."""
        record = self._store.get(MODEL, scope, request["ModelName"])
        return {"EnableNetworkIsolation": False, **record.described()}

    def delete(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DeleteModel: deletes the entry alone, even while endpoints serve it."""
        self._store.remove(self._store.get(MODEL, scope, request["ModelName"]))
        return {}

    def get(self, scope: Scope, name: str) -> Record:
        """Return a model.

        Raises:
            AwsError: there is none of that name.
        """
        return self._store.get(MODEL, scope, name)

    def _check_role(self, scope: Scope, role_arn: str) -> None:
        # The words are those of awslabs/predictive-maintenance-using-machine-learning issue 3.
        if not self._access.can_assume(scope, role_arn):
            raise validation_exception(
                f"Could not assume role {role_arn}. Please ensure that the role exists and allows principal "
                "'sagemaker.amazonaws.com' to assume the role."
            )

    def _check_container(self, scope: Scope, role_arn: str, container: Mapping[str, Any]) -> None:
        image = container.get("Image")
        if not image:
            raise validation_exception("Image is required in a container that names no model package.")
        check_image(scope, container)
        if container.get("ModelDataUrl") and container.get("ModelDataSource"):
            raise validation_exception("ModelDataUrl and ModelDataSource can't both be set in a container.")
        check_model_data_source(container)
        url = model_data_url(container)
        if url and is_multi_model(container):
            url = f"{url.rstrip('/')}/"
        check_model_data(self._access, scope, role_arn, url)
        if url and is_prefix(container) and self._access.refuses_listing(scope, role_arn, url):
            raise validation_exception(
                f'Could not access model data at {url}. Please ensure that the role "{role_arn}" has '
                '"s3:ListBucket" permissions on the bucket for this prefix.'
            )
