"""IPv4 address ranges in CIDR notation."""

from typing import Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from spec._base import text

__all__ = ["WITHOUT_HOST_BITS", "cidr_text"]

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_ADDRESS = rf"{_OCTET}(\.{_OCTET}){{3}}"
_ADDRESS_BITS = 32


def cidr_text(prefix_pattern: str, *, allowed: str) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Return the annotation of a range whose prefix length matches ``prefix_pattern``."""
    return text(rf"^{_ADDRESS}/{prefix_pattern}$", allowed=allowed, maximum=18)


def _without_host_bits(cidr: str) -> str:
    address, prefix = cidr.split("/")
    number = int.from_bytes(bytes(map(int, address.split("."))))
    if number % (1 << (_ADDRESS_BITS - int(prefix))):
        raise PydanticCustomError("host_bits", "host bits set")
    return cidr


WITHOUT_HOST_BITS = AfterValidator(_without_host_bits)
"""Annotation, after ``cidr_text``: 10.0.0.1/20 is an address in a range, and no range."""
