"""The exceptions of this folder."""

from model_packaging.errors import PackagingError

__all__ = [
    "BuildStackError",
    "JobFailedError",
    "JobStoppedError",
    "PlanRequestError",
    "RemoteBuildError",
    "RemoteResultError",
]


class RemoteBuildError(PackagingError):
    """A model can't be built in the account."""


class BuildStackError(RemoteBuildError):
    """The stack that builds in the account is missing, or the account can't be asked."""


class PlanRequestError(RemoteBuildError):
    """A plan can't be asked for: something about its inputs is not said."""


class JobFailedError(RemoteBuildError):
    """The job ran and failed, or was never started."""


class JobStoppedError(RemoteBuildError):
    """Somebody stopped the job."""


class RemoteResultError(RemoteBuildError):
    """What the job left is not what was asked for."""
