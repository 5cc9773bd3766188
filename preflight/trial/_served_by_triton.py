"""An unpacked repository on a real Triton, asked as SageMaker's frontend passes requests on."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.triton import TritonRuntime, TritonServer, TritonStartError
from local.triton.sagemaker_contract import ServingPlan
from model_packaging.artifact import Signature
from preflight.trial._configured import read_configured
from preflight.trial._http import Connection
from preflight.trial._process_memory import resident_mib
from preflight.trial._served import Statistics
from preflight.trial._triton_client import TritonClient, words_of
from preflight.trial.errors import ServerGoneError, TrialError
from preflight.trial.request_outcome import Form

__all__ = ["ServedByTriton"]

_OK = 200
_QUESTION_SECONDS = 10.0


class ServedByTriton:
    """A running Triton with a model that has loaded; make one with ``start``."""

    def __init__(self, server: TritonServer, plan: ServingPlan, request_timeout_seconds: float) -> None:
        self._server = server
        self._plan = plan
        self._request_timeout_seconds = request_timeout_seconds
        self._path = f"/v2/models/{quote(plan.default_model, safe='')}"
        self.configured = read_configured(self._question(f"{self._path}/config"))
        self.notes = (
            *(f"{overlay}." for overlay in server.overlays),
            *(f"{each.setting} makes no difference here: {each.reason}." for each in plan.ignored),
        )
        generates = plan.inference_type != "infer"
        self.forms = (Form.GENERATE,) if generates else (Form.BINARY, Form.JSON)

    @classmethod
    def start(
        cls,
        runtime: TritonRuntime,
        repository: Path,
        plan: ServingPlan,
        environment: Mapping[str, str],
        *,
        load_timeout_seconds: float,
        request_timeout_seconds: float,
        log_path: Path,
        cancelled: threading.Event,
    ) -> "ServedByTriton":
        """Start Triton on ``repository`` and wait until the plan's models have loaded.

        Raises:
            TritonStartError: they don't load, not in time, or ``cancelled`` was set; nothing is left of it.
            TritonError: Triton can't run here.
            TrialError: it doesn't say what it has loaded.
        """
        server = TritonServer.start(
            runtime,
            repository,
            models=plan.load_models,
            startup_timeout_seconds=load_timeout_seconds,
            log_path=log_path,
            extra_arguments=plan.arguments,
            environment=environment,
            cancelled=cancelled,
        )
        try:
            return cls(server, plan, request_timeout_seconds)
        except ServerGoneError:
            raise TritonStartError(server.log.cause(), log_path) from None
        except BaseException:
            server.stop(0)
            raise

    def client(self) -> "TritonClient":
        """Return a new client."""
        connection = Connection(self._server.http_port, self._request_timeout_seconds)
        signature = self.configured.signature or Signature((), (), batched=False)
        return TritonClient(connection, self._plan, signature)

    def statistics(self) -> Statistics | None:
        """Return what Triton has counted, of all versions together."""
        versions = self._question(f"{self._path}/stats").get("model_stats", [])
        return Statistics(
            inferences=sum(int(each.get("inference_count", 0)) for each in versions),
            executions=sum(int(each.get("execution_count", 0)) for each in versions),
            cache_hits=sum(
                int(each.get("inference_stats", {}).get("cache_hit", {}).get("count", 0)) for each in versions
            ),
        )

    def memory_mib(self) -> float:
        """Return the resident memory of Triton and its stubs."""
        return resident_mib(self._server.pid)

    def died(self) -> str:
        """Return why Triton ended; empty while it runs."""
        return self._server.log.cause() if self._server.wait_dead(0) else ""

    def stop(self) -> None:
        """End it at once."""
        self._server.stop(0)

    def _question(self, path: str) -> dict[str, Any]:
        connection = Connection(self._server.http_port, _QUESTION_SECONDS)
        try:
            reply = connection.exchange("GET", path)
        finally:
            connection.close()
        if reply.status != _OK and self.died():
            raise ServerGoneError
        if reply.status != _OK:
            raise TrialError(f"Triton doesn't answer {path}: {reply.broken or words_of(reply.body)}")
        document: dict[str, Any] = json.loads(reply.body)
        return document
