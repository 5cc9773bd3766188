"""One trial: unpacked, started, asked, stopped."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from local.errors import ModelServerError
from local.pytorch import PyTorchRuntime, PyTorchStartError
from local.triton import ServeRuleError, TritonRuntime, TritonStartError
from local.triton.sagemaker_contract import serving_plan
from model_packaging.artifact import ArchiveError
from model_packaging.artifact.layout import ENTRY_POINT_PATH
from preflight.trial._configured import Configured
from preflight.trial._observations import Observation
from preflight.trial._private_folder import private_folder, unpack
from preflight.trial._samples import Samples, samples_of, signature_of
from preflight.trial._served import Served
from preflight.trial._served_by_pytorch import ServedByPyTorch
from preflight.trial._served_by_triton import ServedByTriton
from preflight.trial._subject import Subject
from preflight.trial._untried import missing_here
from preflight.trial.errors import TrialCancelledError, TrialError
from preflight.trial.loading import Loading, Stage
from preflight.trial.outcome import Server, TrialOutcome, Untried

__all__ = ["REQUEST_TIMEOUT_SECONDS", "Trial"]

REQUEST_TIMEOUT_SECONDS = 60.0
"""SageMaker Runtime API Reference, InvokeEndpoint: a model container must respond within 60 seconds."""

_NOT_READY = "not ready within "


class Trial:
    """One trial of one model; ``run`` once.

    Args:
        subject: what is tried.
        project_root: the folder with the servers' environments.
        load_timeout_seconds: how long it may take to load.
        progress: told what happens.
        cancelled: set by another thread to give up.
    """

    def __init__(
        self,
        subject: Subject,
        project_root: Path,
        load_timeout_seconds: float,
        progress: Callable[[str], None],
        cancelled: threading.Event,
    ) -> None:
        self._subject = subject
        self._project_root = project_root
        self._load_timeout_seconds = load_timeout_seconds
        self._progress = progress
        self._cancelled = cancelled
        self._served: Served | None = None
        self._outcome = TrialOutcome(subject.model, place=subject.place)

    def run(self) -> TrialOutcome:
        """Return what was observed; nothing of the trial is left.

        Raises:
            TrialCancelledError: it was given up.
            TrialError: this machine can't run the server.
        """
        started = time.perf_counter()
        samples = samples_of(self._subject)
        self._outcome = replace(self._outcome, golden_problems=samples.problems, untried=samples.untried)
        if self._subject.source is None:
            self._leave("the model", self._subject.untried)
        else:
            with private_folder(self._project_root) as folder:
                self._try(self._subject.source, folder, samples)
        return replace(self._outcome, seconds=time.perf_counter() - started)

    def interrupt(self) -> None:
        """End the server, from any thread, so that what waits for its answer goes on at once.

        Raises:
            TrialError: its processes can't be ended.
        """
        served = self._served
        if served is None:
            return
        try:
            served.stop()
        except ModelServerError as error:
            raise TrialError(str(error)) from error

    def _try(self, source: Path, folder: Path, samples: Samples) -> None:
        self._progress("unpacking")
        model_folder = folder / "model"
        try:
            unpack(source, model_folder, self._check_cancelled)
        except (ArchiveError, OSError) as error:
            reason = error.reason if isinstance(error, ArchiveError) else str(error)
            self._fail(Stage.UNPACK, 0.0, reason)
            return
        self._progress("loading")
        started = time.perf_counter()
        try:
            served = self._serve(model_folder, folder / "server.log", samples)
        except ServeRuleError as error:
            self._fail(Stage.SERVE, 0.0, str(error))
            return
        except (TritonStartError, PyTorchStartError) as error:
            self._check_cancelled()
            self._not_loaded(error.cause, time.perf_counter() - started)
            return
        except ModelServerError as error:
            raise TrialError(str(error)) from error
        self._served = served
        try:
            self._observe(served, samples, time.perf_counter() - started)
        finally:
            self.interrupt()

    def _serve(self, model_folder: Path, log_path: Path, samples: Samples) -> Served:
        environment = self._subject.environment
        if (model_folder / ENTRY_POINT_PATH).is_file():
            self._outcome = replace(self._outcome, server=Server.PYTORCH)
            return ServedByPyTorch.start(
                PyTorchRuntime.locate(self._project_root),
                model_folder,
                environment,
                Configured(self._subject.signature or signature_of(samples), self._subject.max_batch_size),
                load_timeout_seconds=self._load_timeout_seconds,
                request_timeout_seconds=REQUEST_TIMEOUT_SECONDS,
                log_path=log_path,
                cancelled=self._cancelled,
            )
        plan = serving_plan(model_folder, environment)
        return ServedByTriton.start(
            TritonRuntime.locate(self._project_root),
            model_folder,
            plan,
            environment,
            load_timeout_seconds=self._load_timeout_seconds,
            request_timeout_seconds=REQUEST_TIMEOUT_SECONDS,
            log_path=log_path,
            cancelled=self._cancelled,
        )

    def _observe(self, served: Served, samples: Samples, seconds: float) -> None:
        self._outcome = replace(
            self._outcome, loading=Loading(Stage.LOAD, seconds, self._load_timeout_seconds)
        )
        observation = Observation(self._outcome, served, samples, self._cancelled.is_set, self._progress)
        try:
            observation.run()
        finally:
            self._check_cancelled()
        self._outcome = observation.outcome

    def _not_loaded(self, cause: str, seconds: float) -> None:
        if why := missing_here(cause):
            self._leave("the model", why)
            return
        self._fail(Stage.LOAD, seconds, cause, timed_out=cause.startswith(_NOT_READY))

    def _fail(self, stage: Stage, seconds: float, failure: str, *, timed_out: bool = False) -> None:
        loading = Loading(stage, seconds, self._load_timeout_seconds, failure, timed_out)
        self._outcome = replace(self._outcome, loading=loading)

    def _leave(self, check: str, why: str) -> None:
        self._outcome = replace(self._outcome, untried=(*self._outcome.untried, Untried(check, why)))

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise TrialCancelledError("the trial was given up")
