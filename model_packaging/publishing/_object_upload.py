"""Sends one object: whole under its key, or not there at all, however often it is tried."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from model_packaging.publishing._bucket import Bucket, SentPart, StoredObject
from model_packaging.publishing._parts import Part, Stream, checksum_of
from model_packaging.publishing.errors import PublishError

__all__ = ["send_object"]

_IN_FLIGHT = 3
"""Parts that are sent at a time; with one more being read, they are all of the object that is in memory."""


def send_object(bucket: Bucket, key: str, stream: Stream, upload_id: str | None) -> StoredObject:
    """Make ``stream`` the object under ``key``, unless another publisher is faster with the same content.

    No object is visible before the last request, which Amazon S3 refuses where one is there already. The
    stream may raise at any of its pieces: then there is no object.

    Args:
        bucket: where it goes.
        key: names the content, so that whoever publishes under it publishes the same.
        stream: the content; what has a single part goes in one request.
        upload_id: of an upload in parts that was cut off, whose parts are not sent again; None for none.

    Raises:
        PublishError: Amazon S3 refuses or can't be reached, or got something else.
    """
    if stream.part_count == 1:
        (part,) = stream.parts()
        stored, sums = bucket.put(key, part), [part.sha256]
    else:
        stored, sums = _send_parts(bucket, key, stream.parts(), upload_id)
    expected = checksum_of(sums)
    if stored is None:
        stored = bucket.head(key)
    if stored is None:
        raise PublishError(
            f"s3://{bucket.name}/{key}: its upload was ended by someone else, and there is no object.",
            "publish again; parts that are there are not sent twice.",
        )
    if stored.sha256 not in (None, expected):
        raise PublishError(
            f"s3://{bucket.name}/{key} has the checksum {stored.sha256}; {expected} was sent.",
            "delete the object, and publish again.",
        )
    return stored


def _send_parts(
    bucket: Bucket, key: str, parts: Iterator[Part], upload_id: str | None
) -> tuple[StoredObject | None, list[str]]:
    there: Mapping[int, SentPart] = {}
    if upload_id is None:
        upload_id = bucket.begin(key)
    else:
        there = bucket.sent_parts(key, upload_id)
    sums, sent = [], list[SentPart | None]()
    pool = ThreadPoolExecutor(max_workers=_IN_FLIGHT, thread_name_prefix="publish")
    try:
        in_flight = deque[Future[SentPart | None]]()
        for part in parts:
            sums.append(part.sha256)
            in_flight.append(pool.submit(_send, bucket, key, upload_id, part, there.get(part.number)))
            del part  # the pool has it: else one more would be in memory
            if len(in_flight) == _IN_FLIGHT:
                sent.append(in_flight.popleft().result())
        sent += [each.result() for each in in_flight]
    finally:
        # After a failure, or Ctrl-C, nothing is sent any more.
        pool.shutdown(cancel_futures=True)
    whole = [each for each in sent if each is not None]
    stored = bucket.complete(key, upload_id, whole) if len(whole) == len(sent) else None
    if stored is None:
        # There is an object, or the upload has ended: nobody can use these parts any more.
        bucket.abort(key, upload_id)
    return stored, sums


def _send(bucket: Bucket, key: str, upload_id: str, part: Part, there: SentPart | None) -> SentPart | None:
    if there is not None and (there.sha256, there.size_bytes) == (part.sha256, len(part.content)):
        return there
    return bucket.send(key, upload_id, part)
