"""A model as it is served: its artifact unpacked, and the servers that are started on it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from local.aws.server.artifact_download import ArtifactDownload
from local.aws.server.container_modes import containers_of
from local.aws.server.errors import LaunchError
from local.aws.server.fleet import ContainerPlan
from local.aws.server.scope import Scope
from local.aws.server.served_by_pytorch import ServedByPyTorch
from local.aws.server.served_by_triton import ServedByTriton
from local.aws.server.served_container import ServedContainer

__all__ = ["DEFAULT_STARTUP_SECONDS", "ModelUnpacker", "ServedModel", "only_container", "refuse_pytorch"]

DEFAULT_STARTUP_SECONDS = 300.0
"""Where no one says how long loading may take."""

_PYTORCH_IMAGE = re.compile(r"/pytorch-inference(-eia|-graviton)?[:@]")
_TRITON_IMAGE = re.compile(r"/sagemaker-tritonserver[:@]")
_ENTRY_POINT = Path("code", "inference.py")


class ServedModel(Protocol):
    """An unpacked artifact, on which any number of servers are started."""

    @property
    def serving(self) -> ContainerPlan:
        """How its container answers."""
        ...

    def start(self, label: str, log_stem: str) -> tuple[ServedContainer, tuple[str, ...]]:
        """Start a server and return it with what it serves differently from what the artifact says.

        Raises:
            UnhealthyError: it doesn't become ready.
            LaunchError: this machine can't run it.
        """
        ...


class ModelUnpacker:
    """Makes served models of containers.

    Args:
        project_root: where the environments of the servers are.
        log_folder: where servers log.
        download: fetches artifacts.
    """

    def __init__(self, project_root: Path, log_folder: Path, download: ArtifactDownload) -> None:
        self._project_root = project_root
        self._log_folder = log_folder
        self._download = download

    def unpack(
        self,
        scope: Scope,
        container: Mapping[str, Any],
        subnet_ids: Sequence[str],
        repository: Path,
        startup_seconds: float,
    ) -> ServedModel:
        """Unpack a container's artifact to the new folder ``repository``.

        Raises:
            LaunchError: the artifact can't be read or unpacked.
            UnhealthyError: the container refuses it.
        """
        self._download.unpack(scope, container, subnet_ids, repository)
        kind = ServedByPyTorch if _is_pytorch(container, repository) else ServedByTriton
        return kind.of(self._project_root, container, repository, startup_seconds, self._log_folder)


def only_container(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a model's one container.

    Raises:
        LaunchError: it has several, or is made for several models.
    """
    containers = containers_of(model)
    if len(containers) != 1:
        raise LaunchError(
            f"model {model['ModelName']} has {len(containers)} containers, which an inference component "
            "can't be served with on the laptop"
        )
    if containers[0].get("Mode") == "MultiModel":
        raise LaunchError(
            f"model {model['ModelName']} is a multi-model container, which an inference component can't be "
            "served with on the laptop"
        )
    return containers[0]


def refuse_pytorch(container: Mapping[str, Any]) -> None:
    """Refuse a multi-model container of SageMaker's PyTorch images.

    Raises:
        LaunchError: it is one.
    """
    if _PYTORCH_IMAGE.search(str(container.get("Image"))):
        raise LaunchError(
            f"image {container['Image']} as a multi-model container can't be served on the laptop: only "
            "Triton's can"
        )


def _is_pytorch(container: Mapping[str, Any], artifact: Path) -> bool:
    """Whether SageMaker's PyTorch toolkit answers: by the image's name, else by what the artifact holds."""
    image = str(container.get("Image"))
    if _PYTORCH_IMAGE.search(image):
        return True
    return not _TRITON_IMAGE.search(image) and (artifact / _ENTRY_POINT).is_file()
