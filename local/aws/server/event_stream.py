"""The encoding of streams of events in which AWS answers: ``application/vnd.amazon.eventstream``.

Source: Smithy specification, "Amazon Event Stream Specification": a message is a prelude (length of the
whole, length of the headers, checksum of both), headers, a payload, and a checksum of all before it.
"""

import struct
import zlib

__all__ = ["CONTENT_TYPE", "encode_event", "encode_exception"]

CONTENT_TYPE = b"application/vnd.amazon.eventstream"
_STRING = 7
_PRELUDE_BYTES, _CHECKSUM_BYTES = 12, 4


def encode_event(kind: str, payload: bytes) -> bytes:
    """Return an event whose payload is a blob.

    Args:
        kind: the event's member of the stream's shape.
        payload: at most 16 MiB.
    """
    return _message(
        {":event-type": kind, ":content-type": "application/octet-stream", ":message-type": "event"}, payload
    )


def encode_exception(kind: str, payload: bytes) -> bytes:
    """Return the exception that ends a stream.

    Args:
        kind: the exception's member of the stream's shape.
        payload: JSON.
    """
    return _message(
        {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}, payload
    )


def _message(headers: dict[str, str], payload: bytes) -> bytes:
    encoded = b"".join(
        bytes([len(name)]) + name.encode() + struct.pack("!BH", _STRING, len(value)) + value.encode()
        for name, value in headers.items()
    )
    length = _PRELUDE_BYTES + len(encoded) + len(payload) + _CHECKSUM_BYTES
    prelude = struct.pack("!II", length, len(encoded))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack("!I", zlib.crc32(message))
