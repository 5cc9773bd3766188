"""Whoever builds TensorRT plans, and the step of packaging that asks them."""

import threading
from pathlib import Path
from typing import Protocol

import catalogue
from model_packaging.artifact.signature import Signature
from model_packaging.remote.errors import RemoteBuildError
from model_packaging.remote.plan_request import PlanRequest
from spec import Model, TensorRT

__all__ = ["PlanBuilder", "plan_from_onnx", "required_plans"]


class PlanBuilder(Protocol):
    """Builds plans, in the account or as their stand-in; several threads may ask at once."""

    @property
    def region(self) -> str:
        """The deployment's region, which AWS's images are published for."""
        ...

    def build_plan(self, request: PlanRequest, destination: Path, cancelled: threading.Event) -> None:
        """Leave the plan at ``destination``, a new file.

        Raises:
            RemoteBuildError: it can't be built, or was cancelled.
            OSError: it can't be written.
        """
        ...


def required_plans(plans: PlanBuilder | None, tensorrt: TensorRT | None) -> tuple[PlanBuilder, TensorRT]:
    """Return both, before anything is exported in vain.

    Raises:
        RemoteBuildError: nobody builds plans, or nothing says on what.
    """
    if plans is None or tensorrt is None:
        kind = tensorrt.instance_type if tensorrt is not None else "GPU instance"
        raise RemoteBuildError(
            f"its TensorRT plan is built on a {kind} of the account, not on this machine.",
            "run `seatrial package --remote`; what is built once is found again.",
        )
    return plans, tensorrt


def plan_from_onnx(
    plans: PlanBuilder,
    name: str,
    model: Model,
    tensorrt: TensorRT,
    *,
    onnx: Path,
    destination: Path,
    signature: Signature,
    cancelled: threading.Event,
) -> None:
    """Have the plan of an exported model built.

    Args:
        plans: whoever builds it.
        name: of the model.
        model: its section.
        tensorrt: how it is built.
        onnx: in a folder that holds its external data, and nothing else.
        destination: a new file in the repository that is packed.
        signature: what was observed; the ONNX file's tensors have the same names.
        cancelled: set by another thread to end the build.

    Raises:
        RemoteBuildError: it can't be built.
        OSError: it can't be written.
    """
    container = model.container
    image = container.image_uri or catalogue.triton_image_uri(container.triton_release, plans.region)
    destination.parent.mkdir(parents=True, exist_ok=True)
    request = PlanRequest(name, onnx, signature, model.max_batch_size, tensorrt, image)
    plans.build_plan(request, destination, cancelled)
