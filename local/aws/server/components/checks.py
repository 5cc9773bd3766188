"""What SageMaker refuses about an inference component before anything is done.

Sources: API_CreateInferenceComponent, API_UpdateInferenceComponent and the shapes in them, SageMaker API
reference. Limits of single members are botocore's model's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from local.aws.server.components.hosts import instance_type_of
from local.aws.server.components.specification import ComponentModel, specification_for
from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.models import ModelDataAccess, check_image, check_model_data
from local.aws.server.sagemaker_store import ENDPOINT_CONFIG, MODEL, Record, SageMakerStore

__all__ = ["ComponentChecks"]

_LEAST_PERCENT, _MOST_PERCENT = 5, 50
_SERVING = frozenset({"InService", "Updating"})


class ComponentChecks:
    """The checks.

    Args:
        store: knows the endpoints, their configurations and the models.
        access: answers whether an artifact can be read.
    """

    def __init__(self, store: SageMakerStore, access: ModelDataAccess) -> None:
        self._store = store
        self._access = access

    def variant(self, endpoint: Record, name: str | None) -> Mapping[str, Any]:
        """Return the production variant that a new component is for.

        Raises:
            AwsError: the endpoint can't host components, or lacks the variant.
        """
        status = endpoint.document["EndpointStatus"]
        if status not in _SERVING:
            raise validation_exception(
                f'Cannot create an inference component on endpoint "{endpoint.arn}" with status {status}.'
            )
        variants = self._config(endpoint).document["ProductionVariants"]
        if name is None and len(variants) > 1:
            raise validation_exception(
                f"VariantName is required: endpoint {endpoint.name} has {len(variants)} production variants."
            )
        found = next((each for each in variants if name in (None, each["VariantName"])), None)
        if found is None:
            raise validation_exception(f"Variant {name} not found for endpoint {endpoint.name}.")
        if found.get("ModelName"):
            raise validation_exception(
                "Inference Components are not supported in this Endpoint. Please make sure this endpoint can "
                "deploy inference components."
            )
        return dict(found)

    def specifications(self, request: Mapping[str, Any], endpoint: Record) -> None:
        """Check what a request says of model, container and compute.

        Raises:
            AwsError: it is refused.
        """
        one, several = request.get("Specification"), request.get("Specifications")
        if (one is None) == (several is None):
            raise validation_exception("Exactly one of Specification and Specifications must be set.")
        listed: Iterable[Mapping[str, Any]] = [one] if one is not None else several or []
        for specification in listed:
            self._specification(specification, endpoint)

    def model(
        self, endpoint: Record, variant: Mapping[str, Any], request: Mapping[str, Any]
    ) -> ComponentModel:
        """Return what a request's specification makes a component serve on a variant.

        Raises:
            AwsError: it says nothing of the variant's instance type.
        """
        specification = specification_for(request, instance_type_of(variant))
        name = specification.get("ModelName")
        subnet_ids = (self._config(endpoint).document.get("VpcConfig") or {}).get("Subnets", [])
        return ComponentModel(
            specification,
            self._store.get(MODEL, endpoint.scope, name).described() if name else None,
            tuple(subnet_ids),
        )

    def copy_count(self, runtime_config: Mapping[str, Any] | None) -> int:
        """Return how many copies a new component has; one where the request doesn't say.

        Raises:
            AwsError: it says none.
        """
        count = 1 if runtime_config is None else int(runtime_config["CopyCount"])
        if count < 1:
            raise validation_exception(
                f"Inference components copy count must be an integer larger than 0, not {count}."
            )
        return count

    def deployment(self, config: Mapping[str, Any] | None, copies: int) -> None:
        """Check a ``DeploymentConfig`` against the copies that it is to update.

        Raises:
            AwsError: a batch is too small or too large.
        """
        if config is None:
            return
        size = config["RollingUpdatePolicy"]["MaximumBatchSize"]
        value = size["Value"]
        of_copies = size["Type"] == "COPY_COUNT"
        # One copy can't be updated in parts.
        within = (
            value == 1 or _LEAST_PERCENT * copies <= 100 * value <= _MOST_PERCENT * copies
            if of_copies
            else _LEAST_PERCENT <= value <= _MOST_PERCENT
        )
        if not within:
            raise validation_exception(
                f"MaximumBatchSize {value} of type {size['Type']} must be between {_LEAST_PERCENT}% to "
                f"{_MOST_PERCENT}% of the copy count of the inference component, which is {copies}."
            )

    def _specification(self, specification: Mapping[str, Any], endpoint: Record) -> None:
        if specification.get("BaseInferenceComponentName"):
            _check_adapter(specification)
            raise AwsError(
                "UnknownOperationException",
                "Adapter inference components (BaseInferenceComponentName) are not served on the laptop.",
                501,
            )
        model, container = specification.get("ModelName"), specification.get("Container")
        if (model is None) == (container is None):
            raise validation_exception(
                "Exactly one of ModelName and Container must be set in the specification of an inference "
                "component that is no adapter."
            )
        if model is not None:
            self._store.get(MODEL, endpoint.scope, model)
        else:
            self._container(container or {}, endpoint)
        compute = specification.get("ComputeResourceRequirements")
        if compute is None:
            raise validation_exception(
                "ComputeResourceRequirements is required for an inference component that is no adapter."
            )
        least, most = compute["MinMemoryRequiredInMb"], compute.get("MaxMemoryRequiredInMb")
        if most is not None and most < least:
            raise validation_exception(
                f"MaxMemoryRequiredInMb {most} must not be below MinMemoryRequiredInMb {least}."
            )

    def _container(self, container: Mapping[str, Any], endpoint: Record) -> None:
        if not container.get("Image"):
            raise validation_exception("Image is required in the container of an inference component.")
        check_image(endpoint.scope, container)
        role_arn = self._config(endpoint).document["ExecutionRoleArn"]
        check_model_data(self._access, endpoint.scope, role_arn, container.get("ArtifactUrl"))

    def _config(self, endpoint: Record) -> Record:
        return self._store.get(ENDPOINT_CONFIG, endpoint.scope, endpoint.document["EndpointConfigName"])


def _check_adapter(specification: Mapping[str, Any]) -> None:
    # API_InferenceComponentSpecification, BaseInferenceComponentName: an adapter has an artifact, and neither
    # a model nor compute of its own. The words are this server's own.
    extra = [each for each in ("ModelName", "ComputeResourceRequirements") if specification.get(each)]
    if extra:
        raise validation_exception(
            f"{' and '.join(extra)} can't be set in the specification of an adapter inference component."
        )
    if not (specification.get("Container") or {}).get("ArtifactUrl"):
        raise validation_exception(
            "ArtifactUrl is required in the container of an adapter inference component."
        )
