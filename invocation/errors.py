"""The exceptions of this folder."""

__all__ = [
    "AnswerError",
    "ClientSettingsError",
    "DataFileError",
    "EndpointError",
    "InvocationError",
    "NoCapacityError",
    "RequestError",
    "TypedClientError",
]


class InvocationError(Exception):
    """A request can't be made or answered; the message says what is wrong and what to do."""


class RequestError(InvocationError):
    """The inputs don't fit the model's signature."""


class DataFileError(InvocationError):
    """A file of inputs can't be read."""


class EndpointError(InvocationError):
    """The endpoint refused the request or the model failed on it."""


class NoCapacityError(EndpointError):
    """An inference component has no copy; its first one starts after a request like this."""


class AnswerError(InvocationError):
    """The endpoint answered with something that is no inference answer."""


class ClientSettingsError(InvocationError):
    """No client can be made from what it was given: AWS settings, or what it shall ask."""


class TypedClientError(InvocationError):
    """No typed client can be written for a model."""
