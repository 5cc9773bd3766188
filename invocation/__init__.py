"""One request to an endpoint: a body made from the model's signature, an answer back as arrays.

The same code asks an endpoint at AWS and one on the laptop: which of the two is the boto3 client's business.
"""

from invocation.answer import read_answer
from invocation.data_file import read_data_file
from invocation.endpoint_client import Answer, EndpointClient
from invocation.errors import AnswerError, DataFileError, InvocationError, NoCapacityError, RequestError
from invocation.request import RequestBody, binary_request, json_request

__all__ = [
    "Answer",
    "AnswerError",
    "DataFileError",
    "EndpointClient",
    "InvocationError",
    "NoCapacityError",
    "RequestBody",
    "RequestError",
    "binary_request",
    "json_request",
    "read_answer",
    "read_data_file",
]
