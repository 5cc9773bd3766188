"""The exceptions of this folder."""

from collections.abc import Sequence

__all__ = [
    "BuildInProgressError",
    "DataFileError",
    "DeclaredTensorsError",
    "ExportError",
    "FactoryError",
    "FetchError",
    "LayoutError",
    "PackError",
    "PackagingError",
    "SampleError",
    "SamplesFileError",
    "SandboxError",
    "SeveralModelsError",
    "TorchScriptError",
    "TraceDiffersError",
    "WeightsError",
    "WorkerError",
]


class PackagingError(Exception):
    """A model can't be packaged.

    Attributes:
        cause: where and what, in one line.
        fix: what to do, in one line.
        model: the model of the deployment file; empty until it is known.
    """

    def __init__(self, cause: str, fix: str, model: str = "") -> None:
        super().__init__(cause, fix, model)
        self.cause = " ".join(cause.split())
        self.fix = " ".join(fix.split())
        self.model = model

    def __str__(self) -> str:
        place = f"models.{self.model}: " if self.model else ""
        return f"{place}{self.cause} Fix: {self.fix}"


class FactoryError(PackagingError):
    """The factory is missing, can't be called with the declared arguments, fails, or returns no model."""


class DataFileError(FactoryError):
    """A file of the project that a section names is missing or can't be read."""


class FetchError(PackagingError):
    """A file that a section names is missing, can't be fetched, or is another one than declared."""


class WeightsError(PackagingError):
    """The file of weights is unsafe, can't be read, or doesn't fit the module."""


class SampleError(PackagingError):
    """The samples don't fit the model, or show something Triton's libtorch backend can't serve."""


class ExportError(PackagingError):
    """The module can't leave PyTorch in the declared format."""


class TraceDiffersError(ExportError):
    """The exported model answers other than eager PyTorch."""


class PackError(PackagingError):
    """The artifact can't be written."""


class LayoutError(PackagingError):
    """A file that belongs into the archive beside the model is missing or unusable."""


class DeclaredTensorsError(LayoutError):
    """What is declared of a model's inputs and outputs does not fit what it takes and gives."""


class BuildInProgressError(PackagingError):
    """Another process builds the same model at this moment."""


class WorkerError(PackagingError):
    """The process that ran the user's code died, took too long or was cancelled."""


class TorchScriptError(PackagingError):
    """A file made elsewhere is no TorchScript, or holds more than a model."""


class SandboxError(PackagingError):
    """A model made elsewhere can't be loaded, or not within the limits of its process."""


class SamplesFileError(PackagingError):
    """A file of samples can't be read."""


class SeveralModelsError(PackagingError):
    """More than one model can't be packaged.

    Attributes:
        errors: one per model.
    """

    def __init__(self, errors: Sequence[PackagingError]) -> None:
        super().__init__(f"{len(errors)} models can't be packaged.", "see each of them.")
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)
