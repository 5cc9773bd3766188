"""The exceptions of this folder."""

from model_packaging.errors import PackagingError

__all__ = ["PublishError", "RefusedError"]


class PublishError(PackagingError):
    """A packaged model can't be published."""


class RefusedError(PublishError):
    """Amazon S3 refused a request.

    Attributes:
        code: its error code.
    """

    def __init__(self, cause: str, fix: str, model: str = "", *, code: str = "") -> None:
        super().__init__(cause, fix, model)
        self.code = code
