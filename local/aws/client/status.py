"""What the laptop's AWS runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ComponentStatus", "CopyStatus", "EndpointStatus", "LocalAwsStatus", "VariantStatus"]


@dataclass(frozen=True, slots=True)
class VariantStatus:
    """A production variant that answers.

    Attributes:
        name: the variant's.
        model: the Triton model that answers, or the entry point of a PyTorch image's layout.
        server_pid: the process of its Triton, or of its PyTorch server; None while it is down.
        server_http_port: where that answers, on 127.0.0.1; None while it is down.
        overlays: what it serves differently from what the artifact says, a line each.
    """

    name: str
    model: str
    server_pid: int | None
    server_http_port: int | None
    overlays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyStatus:
    """A copy of an inference component that is in service.

    Attributes:
        copy_id: unique on the endpoint.
        model: the Triton model that answers, or the entry point of a PyTorch image's layout.
        server_pid: the process of its Triton, or of its PyTorch server; None while it is down.
        server_http_port: where that answers, on 127.0.0.1; None while it is down.
        overlays: what it serves differently from what the artifact says, a line each.
    """

    copy_id: str
    model: str
    server_pid: int | None
    server_http_port: int | None
    overlays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """An inference component.

    Attributes:
        name: the component's.
        status: SageMaker's, e.g. ``InService``.
        desired_copies: how many copies it is to have.
        failure_reason: why its last change failed, if it did.
        copies: those in service.
    """

    name: str
    status: str
    desired_copies: int
    failure_reason: str | None
    copies: tuple[CopyStatus, ...]


@dataclass(frozen=True, slots=True)
class EndpointStatus:
    """An endpoint.

    Attributes:
        name: the endpoint's.
        region: where it is.
        status: SageMaker's, e.g. ``InService``.
        config_name: the endpoint configuration that it serves.
        failure_reason: why its last change failed, if it did.
        variants: what answers; none before it is in service.
        components: the inference components that it hosts.
    """

    name: str
    region: str
    status: str
    config_name: str
    failure_reason: str | None
    variants: tuple[VariantStatus, ...]
    components: tuple[ComponentStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalAwsStatus:
    """The laptop's AWS, running or not.

    Attributes:
        running: whether it answers.
        port: of the gateway, on 127.0.0.1.
        runtime_port: of ``sagemaker-runtime``, on 127.0.0.1.
        log_path: everything that the server says.
        pid: the server's process; None if it isn't running.
        as_of: the year whose AWS it stands for; None for today's.
        endpoints: what it serves.
    """

    running: bool
    port: int
    runtime_port: int
    log_path: Path
    pid: int | None = None
    as_of: int | None = None
    endpoints: tuple[EndpointStatus, ...] = ()


def endpoints_of(report: Mapping[str, Any]) -> tuple[EndpointStatus, ...]:
    """Return the endpoints of the server's status report."""
    return tuple(
        EndpointStatus(
            **{
                **endpoint,
                "variants": tuple(map(_variant_of, endpoint["variants"])),
                "components": tuple(map(_component_of, endpoint["components"])),
            }
        )
        for endpoint in report["endpoints"]
    )


def _component_of(component: Mapping[str, Any]) -> ComponentStatus:
    return ComponentStatus(**{**component, "copies": tuple(map(_copy_of, component["copies"]))})


def _copy_of(copy: Mapping[str, Any]) -> CopyStatus:
    return CopyStatus(**{**copy, "overlays": tuple(copy["overlays"])})


def _variant_of(variant: Mapping[str, Any]) -> VariantStatus:
    return VariantStatus(**{**variant, "overlays": tuple(variant["overlays"])})
