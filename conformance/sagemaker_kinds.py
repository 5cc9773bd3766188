"""The kinds of SageMaker resources: how one is deleted, and how forgotten ones are found."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from conformance.account import Account
from conformance.registry import Kind
from conformance.waiting import until

__all__ = ["COMPONENT", "ENDPOINT", "ENDPOINT_CONFIG", "MODEL", "PROCESSING_JOB", "status_of"]

_CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "InProgress", "Stopping"})


def status_of(account: Account, kind: str, name: str) -> str:
    """Return the status of an ``Endpoint``, ``InferenceComponent`` or ``ProcessingJob``, or ``Gone``."""
    sagemaker = account.client("sagemaker")
    describe = {
        "Endpoint": sagemaker.describe_endpoint,
        "InferenceComponent": sagemaker.describe_inference_component,
        "ProcessingJob": sagemaker.describe_processing_job,
    }[kind]
    try:
        return str(describe(**{f"{kind}Name": name})[f"{kind}Status"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationException":
            return "Gone"
        raise


def _delete_settled(kind: str, method: str) -> Callable[[Account, str], None]:
    """Return what deletes a resource once nothing is in progress on it, and waits until it is gone."""

    def delete(account: Account, name: str) -> None:
        until(account, f"a change of {name}", lambda: status_of(account, kind, name) not in _CHANGING)
        if status_of(account, kind, name) == "Gone":
            return
        if status_of(account, kind, name) != "Deleting":
            getattr(account.client("sagemaker"), method)(**{f"{kind}Name": name})
        until(account, f"the deletion of {name}", lambda: status_of(account, kind, name) == "Gone")

    return delete


def _delete_at_once(method: str, key: str) -> Callable[[Account, str], None]:
    def delete(account: Account, name: str) -> None:
        getattr(account.client("sagemaker"), method)(**{key: name})

    return delete


def _stop_job(account: Account, name: str) -> None:
    """Stop a processing job; jobs themselves can't be deleted, and stay in the list of the account."""
    if status_of(account, "ProcessingJob", name) == "InProgress":
        account.client("sagemaker").stop_processing_job(ProcessingJobName=name)
    until(account, f"the end of {name}", lambda: status_of(account, "ProcessingJob", name) not in _CHANGING)


def _named(method: str, member: str, key: str, **more: str) -> Callable[[Account, str], Iterator[str]]:
    def find(account: Account, prefix: str) -> Iterator[str]:
        request: dict[str, Any] = {"NameContains": prefix, "MaxResults": 100, **more}
        while True:
            answer = getattr(account.client("sagemaker"), method)(**request)
            yield from (each[key] for each in answer[member] if each[key].startswith(prefix))
            if not answer.get("NextToken"):
                return
            request["NextToken"] = answer["NextToken"]

    return find


COMPONENT = Kind(
    "inference component",
    20,
    _delete_settled("InferenceComponent", "delete_inference_component"),
    _named("list_inference_components", "InferenceComponents", "InferenceComponentName"),
)
ENDPOINT = Kind(
    "endpoint",
    30,
    _delete_settled("Endpoint", "delete_endpoint"),
    _named("list_endpoints", "Endpoints", "EndpointName"),
)
PROCESSING_JOB = Kind(
    "processing job",
    30,
    _stop_job,
    _named("list_processing_jobs", "ProcessingJobSummaries", "ProcessingJobName", StatusEquals="InProgress"),
)
ENDPOINT_CONFIG = Kind(
    "endpoint configuration",
    40,
    _delete_at_once("delete_endpoint_config", "EndpointConfigName"),
    _named("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
)
MODEL = Kind(
    "model",
    50,
    _delete_at_once("delete_model", "ModelName"),
    _named("list_models", "Models", "ModelName"),
)
