"""The services a private network can reach through an interface endpoint."""

from functools import cache

from catalogue._data import read_data

__all__ = ["private_link_services"]


@cache
def private_link_services() -> tuple[str, ...]:
    """Return the short names of the services, such as ``sagemaker.runtime``, sorted.

    The short name is what follows ``com.amazonaws.<region>.`` in the endpoint's service name (source: AWS
    PrivateLink guide, "AWS services that integrate with AWS PrivateLink"). S3 is not among them: a gateway
    endpoint leads there.
    """
    return tuple(read_data("private_link_services")["services"])
