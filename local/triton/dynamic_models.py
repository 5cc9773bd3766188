"""Models that come and go while Triton runs: what a multi-model container does with ``/models``.

Source: triton-inference-server/server, docs/protocol/extension_model_repository.md, measured on Triton 2.51.
"""

import http.client
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.triton._namespaces import member_name, place_model, triton_name
from local.triton._ports import LOOPBACK
from local.triton._repository_files import ensemble_members, missing_model_file
from local.triton.errors import ModelLoadError, ServeRuleError, TritonError
from local.triton.overlay import Overlay
from local.triton.sagemaker_contract import answering_folder, failure_status

__all__ = ["DynamicModel", "DynamicModels"]

_POLL_SECONDS = 0.01
_UNLOAD_SECONDS = 350.0
"""The frontend's own limit (src/sagemaker_server.h, ``UNLOAD_TIMEOUT_SECS_``)."""


@dataclass(frozen=True, slots=True)
class DynamicModel:
    """A model that Triton has loaded.

    Attributes:
        target: what SageMaker's clients call it.
        name: what Triton calls it.
        placed: every name that its archive has in the repository.
        overlays: what it serves differently from what its archive says, for want of a GPU.
    """

    target: str
    name: str
    placed: tuple[str, ...]
    overlays: tuple[Overlay, ...] = ()


class DynamicModels:
    """Loads and unloads the models of one Triton, which was started on an empty repository.

    Args:
        repository: that repository.
    """

    def __init__(self, repository: Path) -> None:
        self._repository = repository

    def load(self, http_port: int, target: str, archive: Path, timeout_seconds: float) -> DynamicModel:
        """Load what an unpacked archive holds: its one model, or its ensemble with the members.

        Args:
            http_port: where the Triton answers, on loopback.
            target: what clients call it.
            archive: the unpacked archive; it is read, never written.
            timeout_seconds: how long loading may take.

        Raises:
            ModelLoadError: it can't be loaded; nothing of it stays.
            TritonError: Triton doesn't answer.
        """
        model = self._place(target, archive)
        try:
            for name in model.placed:
                if missing := missing_model_file(self._repository, name):
                    raise ModelLoadError(int(http.HTTPStatus.BAD_REQUEST), missing)
            status, body = _post(http_port, f"models/{model.name}/load", {}, timeout_seconds)
            if status != http.HTTPStatus.OK:
                message = _message(body)
                raise ModelLoadError(failure_status(message), message)
        except TritonError:
            self._remove(model)
            raise
        return model

    def unload(self, http_port: int, model: DynamicModel) -> None:
        """Unload a model and its ensemble's members, and wait until they are gone.

        Raises:
            TritonError: Triton doesn't answer, or they stay.
        """
        parameters = {"parameters": {"unload_dependents": True}}
        deadline = time.monotonic() + _UNLOAD_SECONDS
        _post(http_port, f"models/{model.name}/unload", parameters, _UNLOAD_SECONDS)
        while self._is_there(http_port, model):
            if time.monotonic() > deadline:
                raise TritonError(f"{model.target} is still being unloaded after {_UNLOAD_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)
        self._remove(model)

    def clear(self) -> None:
        """Forget every model: a Triton that is started now has loaded none."""
        shutil.rmtree(self._repository, ignore_errors=True)
        # A load that is still placing its model may have kept the folder.
        self._repository.mkdir(parents=True, exist_ok=True)

    def _place(self, target: str, archive: Path) -> DynamicModel:
        name = triton_name(target)
        try:
            answering = answering_folder(archive)
        except ServeRuleError as error:
            raise ModelLoadError(int(http.HTTPStatus.BAD_REQUEST), str(error)) from error
        overlays: list[Overlay] = []
        # By name: a step may say anything, and must not become a path to somewhere else.
        beside = {path.name: path for path in archive.iterdir() if path.is_dir()}
        placed: dict[Path, str] = {answering: name}
        waiting = [answering]
        while waiting:
            folder = waiting.pop()
            members = {member: beside[member] for member in ensemble_members(folder) if member in beside}
            for member, path in members.items():
                if path not in placed:
                    placed[path] = member_name(name, member)
                    waiting.append(path)
            names = {member: placed[path] for member, path in members.items()}
            overlays += place_model(folder, self._repository, placed[folder], names)
        return DynamicModel(target, name, tuple(placed.values()), tuple(overlays))

    def _remove(self, model: DynamicModel) -> None:
        for name in model.placed:
            shutil.rmtree(self._repository / name, ignore_errors=True)

    def _is_there(self, http_port: int, model: DynamicModel) -> bool:
        _, body = _post(http_port, "index", {"ready": False}, _UNLOAD_SECONDS)
        index: list[dict[str, Any]] = json.loads(body)
        return any(
            each["name"] in model.placed and each.get("state") in {"READY", "UNLOADING", "LOADING"}
            for each in index
        )


def _post(http_port: int, path: str, document: object, timeout_seconds: float) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, http_port, timeout=timeout_seconds)
    try:
        connection.request("POST", f"/v2/repository/{path}", json.dumps(document))
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        raise TritonError(f"Triton doesn't answer: {error or type(error).__name__}") from error
    finally:
        connection.close()


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", errors="replace")
