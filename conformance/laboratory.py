"""What probes work with: the run's resources, waits for their changes, and requests to them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from conformance.errors import NotSettledError
from conformance.sagemaker_kinds import status_of
from conformance.stack_calls import Stacks
from conformance.waiting import until
from conformance.workshop import INSTANCE_TYPE, SMALL, VARIANT, Workshop

__all__ = ["INSTANCE_TYPE", "SMALL", "VARIANT", "Laboratory"]

_SCALING_SECONDS = 30.0
"""Between two looks at what Application Auto Scaling does."""
_CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


@dataclass(slots=True)
class Laboratory(Workshop):
    """One run's resources, and what is asked of them."""

    @property
    def stacks(self) -> Stacks:
        """The run's stacks."""
        return Stacks(self.account, self.registry, self.new_name)

    # --- changes ---

    def settled(self, endpoint: str) -> dict[str, Any]:
        """Wait until nothing is in progress on an endpoint, and describe it."""
        until(
            self.account,
            f"a change of {endpoint}",
            lambda: self._status("Endpoint", endpoint) not in _CHANGING,
        )
        described: dict[str, Any] = self.sagemaker.describe_endpoint(EndpointName=endpoint)
        return described

    def in_service(self, endpoint: str) -> str:
        """Wait until an endpoint is in service, and return its name.

        Raises:
            NotSettledError: it fails.
        """
        described = self.settled(endpoint)
        if described["EndpointStatus"] != "InService":
            raise NotSettledError(
                f"{endpoint} is {described['EndpointStatus']}: {described.get('FailureReason')}"
            )
        return endpoint

    def settled_component(self, component: str) -> dict[str, Any]:
        """Wait until nothing is in progress on a component, and describe it."""
        until(
            self.account,
            f"a change of {component}",
            lambda: self._status("InferenceComponent", component) not in _CHANGING,
        )
        described: dict[str, Any] = self.sagemaker.describe_inference_component(
            InferenceComponentName=component
        )
        return described

    def gone(self, kind: str, name: str) -> None:
        """Wait until an ``Endpoint`` or an ``InferenceComponent`` is deleted."""
        until(self.account, f"the deletion of {name}", lambda: self._status(kind, name) == "Gone")

    def set_copies(self, component: str, copies: int) -> dict[str, Any]:
        """Ask for copies of a component, wait until it has settled, and describe it."""
        self.sagemaker.update_inference_component_runtime_config(
            InferenceComponentName=component, DesiredRuntimeConfig={"CopyCount": copies}
        )
        return self.settled_component(component)

    def sooner_or_later(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait for something that scaling does by its own clock.

        Raises:
            TimeoutError: it takes longer than the pace's longest wait.
        """

        def looked() -> bool:
            if holds():
                return True
            self.account.pace.sleep(_SCALING_SECONDS)
            return holds()

        until(self.account, what, looked)

    def _status(self, kind: str, name: str) -> str:
        return status_of(self.account, kind, name)

    # --- requests ---

    def invoke(self, endpoint: str, *values: float, **members: Any) -> list[float]:  # noqa: ANN401 - API members
        """Send numbers to one of our models, and return what it made of them."""
        inputs = [{"name": "x", "shape": [1, len(values)], "datatype": "FP32", "data": list(values)}]
        request = {"ContentType": "application/json", "Body": json.dumps({"inputs": inputs}), **members}
        answer = self.runtime.invoke_endpoint(EndpointName=endpoint, **request)
        document = json.loads(answer["Body"].read())
        return [float(value) for value in document["outputs"][0]["data"]]

    def answers_again(self, endpoint: str) -> None:
        """Wait until one of our models answers."""

        def answers() -> bool:
            try:
                return self.invoke(endpoint, 1.0) == [2.0]
            except ClientError as error:
                if error.response["Error"]["Code"] != "ModelError":
                    raise
                return False

        until(self.account, f"an answer of {endpoint}", answers)
