"""A multi-model container as Triton serves it: a Triton without a model, and the models that come and go."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws.server.artifact_download import ArtifactDownload
from local.aws.server.errors import LaunchError, UnhealthyError
from local.aws.server.models import ModelDataAccess
from local.aws.server.s3_urls import parse_s3_prefix
from local.aws.server.scope import Scope
from local.aws.server.served_container import ServedContainer
from local.aws.server.target_models import TargetModels
from local.triton import (
    DynamicModels,
    ServeRuleError,
    TritonError,
    TritonRuntime,
    TritonServer,
    TritonStartError,
)
from local.triton.sagemaker_contract import MULTI_MODEL_VARIABLE, MultiModelPlan, multi_model_plan

__all__ = ["MultiModelPlace", "MultiModelServer", "start_multi_model"]

_logger = logging.getLogger("seatrial.endpoints")


@dataclass(frozen=True, slots=True)
class MultiModelPlace:
    """What every multi-model container on this machine shares.

    Attributes:
        project_root: where Triton's environment is.
        log_folder: where Tritons log.
        download: fetches archives.
        access: answers whether an archive can be read.
        memory_limit_bytes: how large the unpacked archives of one container's loaded models may be together.
    """

    project_root: Path
    log_folder: Path
    download: ArtifactDownload
    access: ModelDataAccess
    memory_limit_bytes: int


class MultiModelServer:
    """A multi-model container's Triton, with what loads its models.

    Args:
        container: its Triton.
        targets: its models.
    """

    def __init__(self, container: ServedContainer, targets: TargetModels) -> None:
        self._container = container
        self._targets = targets

    @property
    def http_port(self) -> int | None:
        """The loopback port of its HTTP front end; None while it is down."""
        return self._container.http_port

    @property
    def pid(self) -> int | None:
        """Its process; None while it is down."""
        return self._container.pid

    def stop(self, timeout_seconds: float) -> None:
        """Stop it, by force after the time-out."""
        self._targets.close()
        self._container.stop(timeout_seconds)


@dataclass(frozen=True, slots=True)
class _S3Targets:
    """Brings target models from S3, in the name of a model's role and through its subnets."""

    place: MultiModelPlace
    scope: Scope
    role_arn: str
    subnet_ids: Sequence[str]
    prefix_url: str

    def fetch(self, target: str, destination: Path) -> None:
        prefix = parse_s3_prefix(self.prefix_url)
        key = prefix.key + target
        url = f"s3://{prefix.bucket}/{key}"
        # A key may hold `..`, but then no server on the way must take it for a path.
        strange = os.path.normpath(f"/{key}") != f"/{key}"
        if strange or self.place.access.refusal(self.scope, self.role_arn, url):
            raise LaunchError(
                f"Failed to download model data(bucket: {prefix.bucket}, key: {key}). Please ensure that "
                "there is an object located at the URL and that the role passed to CreateModel has "
                "permissions to download the model."
            )
        self.place.download.unpack(self.scope, {"ModelDataUrl": url}, self.subnet_ids, destination)


def start_multi_model(
    place: MultiModelPlace,
    scope: Scope,
    model: Mapping[str, Any],
    folder: Path,
    label: str,
    *,
    startup_seconds: float,
) -> tuple[TargetModels, MultiModelServer]:
    """Start a model's multi-model container.

    Args:
        place: on this machine.
        scope: of the model.
        model: in the API's shape.
        folder: for what it serves.
        label: what the log calls it.
        startup_seconds: how long it may take.

    Raises:
        UnhealthyError: it doesn't become ready.
        LaunchError: this machine can't run it.
    """
    container = model["PrimaryContainer"]
    environment = {**container.get("Environment", {}), MULTI_MODEL_VARIABLE: "true"}
    try:
        plan = multi_model_plan(environment)
    except ServeRuleError as error:
        raise UnhealthyError(f"serve: {error}") from error
    models = DynamicModels(folder / "repository")
    targets = TargetModels(
        label,
        _S3Targets(
            place,
            scope,
            model["ExecutionRoleArn"],
            (model.get("VpcConfig") or {}).get("Subnets", []),
            container["ModelDataUrl"],
        ),
        models,
        folder / "models",
        memory_limit_bytes=place.memory_limit_bytes,
        kept=(container.get("MultiModelConfig") or {}).get("ModelCacheSetting") != "Disabled",
    )
    log_stem = f"{folder.parent.name}.{folder.name}"

    def launch(restarts: int) -> TritonServer:
        targets.forget()
        again = f".restart-{restarts}" if restarts else ""
        return TritonServer.start(
            TritonRuntime.locate(place.project_root),
            folder / "repository",
            models=(),
            startup_timeout_seconds=startup_seconds,
            log_path=place.log_folder / f"{log_stem}{again}.log",
            extra_arguments=plan.arguments,
            environment=environment,
        )

    try:
        triton = launch(0)
    except TritonStartError as error:
        raise UnhealthyError(f"Triton: {error.cause}") from error
    except TritonError as error:
        raise LaunchError(str(error)) from error
    _log(label, container, plan, triton)
    server = MultiModelServer(ServedContainer(label, triton, launch), targets)
    targets.serve_by(server)
    return targets, server


def _log(label: str, container: Mapping[str, Any], plan: MultiModelPlan, triton: TritonServer) -> None:
    _logger.warning("%s: image %s is not run: the laptop's own Triton answers", label, container.get("Image"))
    for ignored in plan.ignored:
        _logger.warning("%s: %s makes no difference: %s", label, ignored.setting, ignored.reason)
    _logger.info("%s: Triton is process %d; its log: %s", label, triton.pid, triton.log.path)
