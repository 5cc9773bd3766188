"""One request to an endpoint: a body made from the model's signature, an answer back as arrays.

The same code asks an endpoint at AWS and one on the laptop: which of the two is the boto3 client's business.
"""

from invocation.answer import check_outputs, read_answer
from invocation.data_file import read_data_file
from invocation.endpoint_client import Answer, EndpointClient
from invocation.errors import (
    AnswerError,
    ClientSettingsError,
    DataFileError,
    EndpointError,
    InvocationError,
    NoCapacityError,
    RequestError,
    TypedClientError,
)
from invocation.generate import Parameter, generate_request, read_generated
from invocation.npy import npy_request, read_array_answer
from invocation.request import RequestBody, binary_request, json_request
from invocation.runtime import local_runtime_client, runtime_client
from invocation.typed_client import typed_client_source

__all__ = [
    "Answer",
    "AnswerError",
    "ClientSettingsError",
    "DataFileError",
    "EndpointClient",
    "EndpointError",
    "InvocationError",
    "NoCapacityError",
    "Parameter",
    "RequestBody",
    "RequestError",
    "TypedClientError",
    "binary_request",
    "check_outputs",
    "generate_request",
    "json_request",
    "local_runtime_client",
    "npy_request",
    "read_answer",
    "read_array_answer",
    "read_data_file",
    "read_generated",
    "runtime_client",
    "typed_client_source",
]
