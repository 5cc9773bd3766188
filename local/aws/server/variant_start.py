"""Starts what a production variant serves: one container, several of them, or one for many models."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.aws.server.container_modes import (
    DIRECT,
    container_names,
    containers_of,
    execution_mode,
    is_multi_model,
)
from local.aws.server.errors import LaunchError, UnhealthyError
from local.aws.server.fleet import DirectInvocation, ModelServer, SerialPipeline, VariantPlan, VariantServer
from local.aws.server.scope import Scope
from local.aws.server.served_model import DEFAULT_STARTUP_SECONDS, ModelUnpacker, refuse_pytorch
from local.aws.server.served_multi_model import MultiModelPlace, start_multi_model

__all__ = ["VariantStarter"]

_logger = logging.getLogger("seatrial.endpoints")

_STARTUP_MEMBER = "ContainerStartupHealthCheckTimeoutInSeconds"
_STOP_SECONDS = 0.0
_SIMULTANEOUS_STARTS = 4


class VariantStarter:
    """Starts variants.

    Args:
        unpacker: fetches and unpacks models.
        place: what multi-model containers share.
    """

    def __init__(self, unpacker: ModelUnpacker, place: MultiModelPlace) -> None:
        self._unpacker = unpacker
        self._place = place

    def start(self, scope: Scope, endpoint: str, plan: VariantPlan, folder: Path) -> VariantServer:
        """Start a variant and wait until it is ready.

        Args:
            scope: of the endpoint.
            endpoint: its name.
            plan: what to serve.
            folder: for what it serves.

        Raises:
            LaunchError: it isn't ready; nothing of it is left running.
        """
        label = f"endpoint {endpoint}, variant {plan.name}"
        containers = containers_of(plan.model)
        if len(containers) > 1:
            started = self._start_containers(scope, label, plan, containers, folder)
        elif is_multi_model(containers[0]):
            started = self._start_multi_model(scope, label, plan, folder)
        else:
            started = self._start_container(scope, label, plan, containers[0], folder)
        instances = plan.variant.get("InitialInstanceCount", 1)
        if instances > 1:
            _logger.warning("%s: one Triton answers for its %d instances", label, instances)
        return started

    def _start_container(
        self,
        scope: Scope,
        label: str,
        plan: VariantPlan,
        container: Mapping[str, Any],
        folder: Path,
        *,
        hostname: str = "",
    ) -> VariantServer:
        subnet_ids = (plan.model.get("VpcConfig") or {}).get("Subnets", [])
        log_stem = f"{folder.parent.name}.{folder.name}"
        try:
            model = self._unpacker.unpack(
                scope, container, subnet_ids, folder / "model", _startup_seconds(plan)
            )
            server, overlays = model.start(label, log_stem)
        except UnhealthyError as error:
            raise _unhealthy(plan, hostname or "primary", error) from error
        weight = plan.variant["InitialVariantWeight"]
        return VariantServer(hostname or plan.name, weight, model.serving, server, overlays)

    def _start_containers(
        self,
        scope: Scope,
        label: str,
        plan: VariantPlan,
        containers: Sequence[Mapping[str, Any]],
        folder: Path,
    ) -> VariantServer:
        if any(map(is_multi_model, containers)):
            raise LaunchError(
                f"model {plan.model['ModelName']} has a multi-model container among others, which can't be "
                "served on the laptop"
            )

        def start(hostname: str, container: Mapping[str, Any]) -> VariantServer:
            # Each in a folder beside the variant's, whose name its log carries.
            own = folder.with_name(f"{folder.name}.{hostname}")
            named = f"{label}, container {hostname}"
            return self._start_container(scope, named, plan, container, own, hostname=hostname)

        with ThreadPoolExecutor(_SIMULTANEOUS_STARTS, thread_name_prefix="containers") as pool:
            starts = [
                pool.submit(start, *each)
                for each in zip(container_names(containers), containers, strict=True)
            ]
        failures = [error for each in starts if (error := each.exception()) is not None]
        started = tuple(each.result() for each in starts if each.exception() is None)
        group = _ContainerGroup([each.server for each in started])
        if failures:
            group.stop(_STOP_SECONDS)
            raise failures[0]
        kind = DirectInvocation if execution_mode(plan.model) == DIRECT else SerialPipeline
        overlays = tuple(f"{each.name}: {overlay}" for each in started for overlay in each.overlays)
        weight = plan.variant["InitialVariantWeight"]
        return VariantServer(plan.name, weight, kind(started), group, overlays)

    def _start_multi_model(self, scope: Scope, label: str, plan: VariantPlan, folder: Path) -> VariantServer:
        model = {**plan.model, "PrimaryContainer": containers_of(plan.model)[0]}
        refuse_pytorch(model["PrimaryContainer"])
        try:
            targets, server = start_multi_model(
                self._place, scope, model, folder, label, startup_seconds=_startup_seconds(plan)
            )
        except UnhealthyError as error:
            raise _unhealthy(plan, "primary", error) from error
        return VariantServer(plan.name, plan.variant["InitialVariantWeight"], targets, server)


class _ContainerGroup:
    """The servers of one variant's containers, as one: a report shows the first."""

    def __init__(self, servers: Sequence[ModelServer]) -> None:
        self._servers = servers

    @property
    def http_port(self) -> int | None:
        return self._servers[0].http_port

    @property
    def pid(self) -> int | None:
        return self._servers[0].pid

    def stop(self, timeout_seconds: float) -> None:
        with ThreadPoolExecutor(thread_name_prefix="stop") as pool:
            stops = [pool.submit(server.stop, timeout_seconds) for server in self._servers]
        for stop in stops:
            stop.result()  # raises the first one's error, once all were asked to stop


def _startup_seconds(plan: VariantPlan) -> float:
    return float(plan.variant.get(_STARTUP_MEMBER, DEFAULT_STARTUP_SECONDS))


def _unhealthy(plan: VariantPlan, container: str, cause: UnhealthyError) -> LaunchError:
    return LaunchError(
        f"The {container} container for production variant {plan.name} did not pass the ping health check. "
        f"Please check CloudWatch logs for this endpoint. {cause}"
    )
