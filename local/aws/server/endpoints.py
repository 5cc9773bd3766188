"""Endpoints: their operations, their statuses, and the blue/green change from one fleet to the next.

CreateEndpoint and UpdateEndpoint answer at once; the work goes on in a thread of its own, so several
endpoints come up side by side. An update starts the new fleet first, then switches the traffic in one step,
then lets the old fleet finish what it has in hand; an update that fails leaves the old fleet serving:
status ``InService`` with a ``FailureReason``.

An endpoint whose variants have no model hosts inference components: it has instances, and nothing runs on
them before a component comes.

Sources: API_CreateEndpoint, API_UpdateEndpoint, API_UpdateEndpointWeightsAndCapacities, API_DeleteEndpoint
and API_DescribeEndpoint of the SageMaker API reference.
"""

import copy
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from local.aws.server.clock import Clock
from local.aws.server.components.hosts import ComponentHosts
from local.aws.server.deployment_guardrails import check_deployment_config
from local.aws.server.endpoint_checks import check_capacities, check_components_stay, check_deletable
from local.aws.server.endpoint_instances import EndpointInstances
from local.aws.server.endpoint_quotas import EndpointQuotas
from local.aws.server.endpoint_variants import Variants, described_variants, retained_variants
from local.aws.server.errors import AwsError, LaunchError, validation_exception
from local.aws.server.fleet import Fleet, FleetLauncher, Traffic, VariantPlan
from local.aws.server.sagemaker_store import (
    ENDPOINT,
    ENDPOINT_CONFIG,
    MODEL,
    Record,
    SageMakerStore,
)
from local.aws.server.scope import Scope

__all__ = ["Endpoints"]

_logger = logging.getLogger("seatrial.endpoints")

_IN_PROGRESS = frozenset({"Creating", "Updating", "Deleting", "SystemUpdating", "RollingBack"})
_DRAIN_SECONDS = 60.0
"""As long as a request may take: ``data_plane`` ends it then."""
_FAILURE_REASON_LENGTH = 1024
"""botocore's maximum of ``FailureReason``."""


class Endpoints:
    """The operations on endpoints.

    Args:
        store: remembers them, and knows the configurations and models.
        launcher: starts and stops the model servers.
        traffic: the data plane.
        hosts: the instances of endpoints that host inference components.
        clock: holds still while work is under way.
        quotas: how many instances there may be.
    """

    def __init__(
        self,
        store: SageMakerStore,
        launcher: FleetLauncher,
        traffic: Traffic,
        hosts: ComponentHosts,
        clock: Clock,
        *,
        quotas: EndpointQuotas | None = None,
    ) -> None:
        self._store = store
        self._hosts = hosts
        self._clock = clock
        self._instances = EndpointInstances(store, hosts, quotas or EndpointQuotas())
        self._launcher = launcher
        self._traffic = traffic
        self._fleets: dict[str, Fleet] = {}
        self._changed = threading.Condition(store.lock)

    def create(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """CreateEndpoint."""
        with self._store.lock:
            variants, plans = self._plans(scope, request["EndpointConfigName"])
            self._instances.check_more(scope, variants)
            record = self._store.add(
                ENDPOINT,
                scope,
                request,
                EndpointStatus="Creating",
                ProductionVariants=described_variants(variants, running=False),
            )
        self._in_background(record, self._bring_up, plans, variants)
        return {"EndpointArn": record.arn}

    def update(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """UpdateEndpoint."""
        with self._store.lock:
            record = self._store.get(ENDPOINT, scope, request["EndpointName"])
            self._check_settled(record)
            if record.document["EndpointStatus"] != "InService":
                raise validation_exception(
                    f'Cannot update endpoint "{record.arn}" with status {record.document["EndpointStatus"]}: '
                    "DeleteEndpoint is the only operation that can be performed on it."
                )
            # "You must not delete an EndpointConfig in use by an endpoint that is live" (API_UpdateEndpoint).
            self._store.get(ENDPOINT_CONFIG, scope, record.document["EndpointConfigName"])
            variants, plans = self._plans(scope, request["EndpointConfigName"])
            check_components_stay(self._store, record, variants)
            described = self._instances.described(record)["ProductionVariants"]
            check_deployment_config(request.get("DeploymentConfig"), described)
            variants = retained_variants(variants, described, request)
            self._instances.check_more(scope, variants)
            self._set(record, EndpointStatus="Updating", FailureReason=None)
        self._in_background(record, self._replace_fleet, plans, variants, dict(request))
        return {"EndpointArn": record.arn}

    def update_capacities(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """UpdateEndpointWeightsAndCapacities; weights can't be changed on the laptop."""
        desired = request["DesiredWeightsAndCapacities"]
        with self._store.lock:
            record = self._store.get(ENDPOINT, scope, request["EndpointName"])
            self._check_settled(record)
            check_capacities(record, desired)
            self._instances.check_growth(record, desired)
            self._set(record, EndpointStatus="Updating", FailureReason=None)
        counts = {each["VariantName"]: each["DesiredInstanceCount"] for each in desired}
        self._in_background(record, self._resize, counts)
        return {"EndpointArn": record.arn}

    def delete(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DeleteEndpoint: refused while it hosts inference components."""
        with self._store.lock:
            record = self._store.get(ENDPOINT, scope, request["EndpointName"])
            self._check_settled(record)
            check_deletable(self._store, record)
            self._set(record, EndpointStatus="Deleting")
        self._in_background(record, self._tear_down)
        return {}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeEndpoint."""
        with self._store.lock:
            return self._instances.described(self._store.get(ENDPOINT, scope, request["EndpointName"]))

    def wait_settled(self, scope: Scope, name: str, timeout_seconds: float) -> dict[str, Any] | None:
        """Wait until nothing is in progress on an endpoint, and describe it; None once it is gone.

        Raises:
            TimeoutError: something still is after the time-out.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._in_progress(scope, name), timeout_seconds):
                raise TimeoutError(f"endpoint {name} did not settle within {timeout_seconds:.0f} s")
            try:
                return self.describe(scope, {"EndpointName": name})
            except AwsError:
                return None

    def instance_types(self, scope: Scope, name: str, variant: str) -> tuple[str, ...]:
        """Return the instance types that a variant has; none where the configuration is gone."""
        return self._instances.types(self._store.get(ENDPOINT, scope, name), variant)

    def fleet_of(self, record: Record) -> Fleet | None:
        """Return what serves an endpoint now."""
        with self._store.lock:
            return self._fleets.get(record.arn)

    # --- the work, each on a thread of its own ---

    def _bring_up(self, record: Record, plans: tuple[VariantPlan, ...], variants: Variants) -> None:
        self._open_host(record, record.document["EndpointConfigName"], variants)
        fleet = self._launcher.launch(record.scope, record.name, plans)
        self._traffic.publish(fleet)
        with self._store.lock:
            self._fleets[record.arn] = fleet
            self._set(
                record,
                EndpointStatus="InService",
                ProductionVariants=described_variants(variants, running=True),
            )

    def _replace_fleet(
        self,
        record: Record,
        plans: tuple[VariantPlan, ...],
        variants: Variants,
        request: Mapping[str, Any],
    ) -> None:
        fleet = self._launcher.launch(record.scope, record.name, plans)
        self._open_host(record, request["EndpointConfigName"], variants)
        self._traffic.publish(fleet)
        with self._store.lock:
            old = self._fleets[record.arn]
            self._fleets[record.arn] = fleet
            self._set(
                record,
                EndpointStatus="InService",
                EndpointConfigName=request["EndpointConfigName"],
                ProductionVariants=described_variants(variants, running=True),
                LastDeploymentConfig=request.get("DeploymentConfig"),
            )
        self._traffic.drain(old, _DRAIN_SECONDS)
        self._launcher.stop(old)

    def _resize(self, record: Record, counts: Mapping[str, int]) -> None:
        variants = copy.deepcopy(record.document["ProductionVariants"])
        for variant in variants:
            count = counts.get(variant["VariantName"])
            instances = self._hosts.find(record.scope, record.name, variant["VariantName"])
            if count is not None:
                variant.update(CurrentInstanceCount=count, DesiredInstanceCount=count)
                if instances is not None:
                    instances.resize(count)
        with self._store.lock:
            self._set(record, EndpointStatus="InService", ProductionVariants=variants)

    def _tear_down(self, record: Record) -> None:
        fleet = self.fleet_of(record)
        self._hosts.close(record.scope, record.name)
        if fleet is not None:
            self._traffic.withdraw(fleet)
            self._traffic.drain(fleet, _DRAIN_SECONDS)
            self._launcher.stop(fleet)
        with self._changed:
            self._fleets.pop(record.arn, None)
            self._store.remove(record)
            self._changed.notify_all()

    def _in_background(self, record: Record, work: Any, *arguments: Any) -> None:  # noqa: ANN401 - a method and its arguments
        def run() -> None:
            try:
                work(record, *arguments)
            except LaunchError as error:
                self._failed(record, str(error))
            except Exception as error:  # a thread has no caller: the status must tell
                _logger.exception("endpoint %s", record.name)
                self._failed(record, f"The local server failed: {type(error).__name__}: {error}")

        self._clock.start(f"endpoint-{record.name}", run)

    def _failed(self, record: Record, reason: str) -> None:
        _logger.error("endpoint %s: %s", record.name, reason)
        with self._store.lock:
            serving = record.arn in self._fleets and record.document["EndpointStatus"] != "Deleting"
            self._set(
                record,
                EndpointStatus="InService" if serving else "Failed",
                FailureReason=reason[:_FAILURE_REASON_LENGTH],
            )

    # --- what is remembered ---

    def _plans(self, scope: Scope, config_name: str) -> tuple[Variants, tuple[VariantPlan, ...]]:
        config = self._store.get(ENDPOINT_CONFIG, scope, config_name).document
        variants = copy.deepcopy(config["ProductionVariants"])
        plans = tuple(
            VariantPlan(variant, self._store.get(MODEL, scope, variant["ModelName"]).described())
            for variant in variants
            if variant.get("ModelName")
        )
        return variants, plans

    def _open_host(self, record: Record, config_name: str, variants: Variants) -> None:
        config = self._store.get(ENDPOINT_CONFIG, record.scope, config_name).document
        subnet_ids = (config.get("VpcConfig") or {}).get("Subnets", [])
        self._hosts.open(record.scope, record.name, variants, subnet_ids)

    def _set(self, record: Record, **changes: object) -> None:
        record.document.update(changes)
        record.last_modified_time = time.time()
        self._changed.notify_all()

    def _check_settled(self, record: Record) -> None:
        if record.document["EndpointStatus"] in _IN_PROGRESS:
            raise validation_exception(f'Cannot update in-progress endpoint "{record.arn}".')

    def _in_progress(self, scope: Scope, name: str) -> bool:
        try:
            return self._store.get(ENDPOINT, scope, name).document["EndpointStatus"] in _IN_PROGRESS
        except AwsError:
            return False
