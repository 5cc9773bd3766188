"""Inference components: their operations, their statuses, and what goes on in between.

Create, update and delete answer at once; the work goes on in a thread of its own. An update of the
specification is a rolling one; an update of the copy count starts what is missing, or stops what is too
much.

Sources: API_CreateInferenceComponent, API_DescribeInferenceComponent, API_UpdateInferenceComponent,
API_UpdateInferenceComponentRuntimeConfig and API_DeleteInferenceComponent of the SageMaker API reference.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.server.clock import Clock
from local.aws.server.components.checks import ComponentChecks
from local.aws.server.components.copies import RunningCopy
from local.aws.server.components.rollout import RolloutPolicy
from local.aws.server.components.serving import ComponentServing
from local.aws.server.components.specification import ComponentModel
from local.aws.server.errors import AwsError, LaunchError, validation_exception
from local.aws.server.sagemaker_store import ENDPOINT, INFERENCE_COMPONENT, Record, SageMakerStore
from local.aws.server.scope import Scope

__all__ = ["InferenceComponents"]

_logger = logging.getLogger("seatrial.components")

_STATUS = INFERENCE_COMPONENT.status_key
_IN_PROGRESS = frozenset({"Creating", "Updating", "Deleting"})
_FAILURE_REASON_LENGTH = 1024
"""botocore's maximum of ``FailureReason``."""


class InferenceComponents:
    """The operations on inference components.

    Args:
        store: remembers them.
        checks: what is refused.
        serving_for: makes what serves a new component of a production variant.
        clock: holds still while work is under way.
    """

    def __init__(
        self,
        store: SageMakerStore,
        checks: ComponentChecks,
        serving_for: Callable[[Record, Mapping[str, Any]], ComponentServing],
        clock: Clock,
    ) -> None:
        self._store = store
        self._checks = checks
        self._serving_for = serving_for
        self._clock = clock
        self._serving: dict[str, ComponentServing] = {}
        self._changed = threading.Condition(store.lock)

    # --- the operations ---

    def create(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """CreateInferenceComponent."""
        with self._store.lock:
            endpoint = self._store.get(ENDPOINT, scope, request["EndpointName"])
            variant = self._checks.variant(endpoint, request.get("VariantName"))
            self._checks.specifications(request, endpoint)
            count = self._checks.copy_count(request.get("RuntimeConfig"))
            model = self._checks.model(endpoint, variant, request)
            record = self._store.add(
                INFERENCE_COMPONENT,
                scope,
                request,
                EndpointArn=endpoint.arn,
                VariantName=variant["VariantName"],
                RuntimeConfig={"DesiredCopyCount": count},
                **{_STATUS: "Creating"},
            )
            serving = self._serving[record.arn] = self._serving_for(record, variant)

        def bring_up() -> None:
            serving.bring_up(model, count)
            self._settle(record)

        self._in_background(record, bring_up)
        return {"InferenceComponentArn": record.arn}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeInferenceComponent."""
        with self._store.lock:
            record = self._store.get(INFERENCE_COMPONENT, scope, request["InferenceComponentName"])
            described = record.described()
            serving = self._serving[record.arn]
        current = len(serving.copies)
        described["RuntimeConfig"]["CurrentCopyCount"] = current
        if current:
            placement = {"InstanceType": serving.instance_type, "CurrentCopyCount": current}
            described["RuntimeConfig"]["PlacementStatus"] = [placement]
        specifications = [described.get("Specification"), *described.get("Specifications", [])]
        for container in (each["Container"] for each in specifications if each and "Container" in each):
            container["DeployedImage"] = {
                "SpecifiedImage": container["Image"],
                "ResolutionTime": record.creation_time,
            }
        return described

    def update(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """UpdateInferenceComponent: the specification rolls, then the copy count is what the request says.

        One that says what there is changes nothing, not even the reason of an earlier failure.
        """
        with self._store.lock:
            record = self._updatable(scope, request["InferenceComponentName"])
            changes = {key: request[key] for key in ("Specification", "Specifications") if key in request}
            before = count = record.document["RuntimeConfig"]["DesiredCopyCount"]
            model = None
            if changes and any(record.document.get(key) != value for key, value in changes.items()):
                endpoint = self._store.get(ENDPOINT, scope, record.document["EndpointName"])
                self._checks.specifications(request, endpoint)
                self._checks.deployment(request.get("DeploymentConfig"), count)
                variant = self._checks.variant(endpoint, record.document["VariantName"])
                model = self._checks.model(endpoint, variant, request)
            if "RuntimeConfig" in request:
                count = request["RuntimeConfig"]["CopyCount"]
            if model is None and count == before:
                return {"InferenceComponentArn": record.arn}
            self._begin_update(record, count)
        deployment = request.get("DeploymentConfig")
        self._in_background(
            record,
            lambda: self._roll(record, model, changes, deployment, before) if model else self._scale(record),
        )
        return {"InferenceComponentArn": record.arn}

    def update_runtime_config(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """UpdateInferenceComponentRuntimeConfig."""
        with self._store.lock:
            record = self._updatable(scope, request["InferenceComponentName"])
            self._begin_update(record, request["DesiredRuntimeConfig"]["CopyCount"])
        self._in_background(record, lambda: self._scale(record))
        return {"InferenceComponentArn": record.arn}

    def delete(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DeleteInferenceComponent."""
        with self._store.lock:
            record = self._store.get(INFERENCE_COMPONENT, scope, request["InferenceComponentName"])
            self._check_settled(record)
            self._set(record, **{_STATUS: "Deleting"})
        self._in_background(record, lambda: self._tear_down(record))
        return {}

    # --- for the rest of the server ---

    def wait_settled(self, scope: Scope, name: str, timeout_seconds: float) -> dict[str, Any] | None:
        """Wait until nothing is in progress on a component, and describe it; None once it is gone.

        Raises:
            TimeoutError: something still is after the time-out.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._in_progress(scope, name), timeout_seconds):
                raise TimeoutError(
                    f"inference component {name} did not settle within {timeout_seconds:.0f} s"
                )
            try:
                return self.describe(scope, {"InferenceComponentName": name})
            except AwsError:
                return None

    def copies_of(self, record: Record) -> tuple[RunningCopy, ...]:
        """Return the copies that serve a component now."""
        with self._store.lock:
            serving = self._serving.get(record.arn)
        return serving.copies if serving else ()

    def place_what_had_no_room(self) -> None:
        """Start copies that found no place so far, where there is room by now."""
        with self._store.lock:
            waiting = [
                record
                for record in self._store.all(INFERENCE_COMPONENT)
                if record.document[_STATUS] == "InService" and self._serving[record.arn].short_of_room
            ]
            for record in waiting:
                self._begin_update(record, record.document["RuntimeConfig"]["DesiredCopyCount"])
        for record in waiting:
            self._in_background(record, functools.partial(self._scale, record))

    # --- the work, each on a thread of its own ---

    def _roll(
        self,
        record: Record,
        model: ComponentModel,
        changes: Mapping[str, Any],
        deployment: Mapping[str, Any] | None,
        desired_before: int,
    ) -> None:
        try:
            self._serving[record.arn].roll(model, RolloutPolicy.of(deployment))
        except LaunchError:
            with self._store.lock:
                # Not what runs: copies that found no place so far are still wanted.
                record.document["RuntimeConfig"] = {"DesiredCopyCount": desired_before}
            raise
        with self._store.lock:
            for key in ("Specification", "Specifications"):
                record.document.pop(key, None)
            record.document.update(changes, LastDeploymentConfig=deployment)
        self._scale(record)

    def _scale(self, record: Record) -> None:
        self._serving[record.arn].scale_to(record.document["RuntimeConfig"]["DesiredCopyCount"])
        self._settle(record)

    def _tear_down(self, record: Record) -> None:
        self._serving[record.arn].tear_down()
        with self._changed:
            self._serving.pop(record.arn)
            self._store.remove(record)
            self._changed.notify_all()

    def _settle(self, record: Record) -> None:
        with self._store.lock:
            self._set(record, **{_STATUS: "InService"})

    def _in_background(self, record: Record, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except LaunchError as error:
                self._failed(record, str(error))
            except Exception as error:  # a thread has no caller: the status must tell
                _logger.exception("inference component %s", record.name)
                self._failed(record, f"The local server failed: {type(error).__name__}: {error}")

        self._clock.start(f"component-{record.name}", run)

    def _failed(self, record: Record, reason: str) -> None:
        _logger.error("inference component %s: %s", record.name, reason)
        with self._store.lock:
            status = "InService" if record.document[_STATUS] == "Updating" else "Failed"
            self._set(record, **{_STATUS: status}, FailureReason=reason[:_FAILURE_REASON_LENGTH])

    # --- what is remembered ---

    def _updatable(self, scope: Scope, name: str) -> Record:
        record = self._store.get(INFERENCE_COMPONENT, scope, name)
        self._check_settled(record)
        if record.document[_STATUS] != "InService":
            raise validation_exception(
                f'Cannot update inference component "{record.arn}" with status {record.document[_STATUS]}.'
            )
        return record

    def _begin_update(self, record: Record, count: int) -> None:
        self._set(
            record, **{_STATUS: "Updating"}, FailureReason=None, RuntimeConfig={"DesiredCopyCount": count}
        )

    def _set(self, record: Record, **changes: object) -> None:
        record.document.update(changes)
        record.last_modified_time = time.time()
        self._changed.notify_all()

    def _check_settled(self, record: Record) -> None:
        if record.document[_STATUS] in _IN_PROGRESS:
            raise validation_exception(f'Cannot update in-progress inference component "{record.arn}".')

    def _in_progress(self, scope: Scope, name: str) -> bool:
        try:
            return self._store.get(INFERENCE_COMPONENT, scope, name).document[_STATUS] in _IN_PROGRESS
        except AwsError:
            return False
