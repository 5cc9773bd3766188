"""The ways to write the address of an S3 object."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from local.aws.server.errors import LaunchError

__all__ = ["S3Object", "parse_s3_prefix", "parse_s3_url"]

_FORMS = (
    re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.+)"),
    re.compile(r"https://s3[.-][a-z0-9-]*\.?amazonaws\.com/(?P<bucket>[^/]+)/(?P<key>.+)"),
    re.compile(r"https://(?P<bucket>[^/]+)\.s3[.-][a-z0-9-]*\.?amazonaws\.com/(?P<key>.+)"),
)


@dataclass(frozen=True, slots=True)
class S3Object:
    """A bucket and a key in it."""

    bucket: str
    key: str


def parse_s3_url(url: str) -> S3Object:
    """Return the object that ``url`` names: ``s3://``, path-style or virtual-hosted ``https://``.

    Raises:
        LaunchError: it is none of these.
    """
    for form in _FORMS:
        match = form.fullmatch(url)
        if match:
            key = match["key"] if url.startswith("s3://") else unquote(match["key"])
            return S3Object(match["bucket"], key)
    raise LaunchError(f"{url!r} is no address of an S3 object; allowed is s3://BUCKET/KEY.tar.gz")


def parse_s3_prefix(url: str) -> S3Object:
    """Return the bucket that ``url`` names, and the prefix of keys in it: empty, or with a slash at its end.

    Raises:
        LaunchError: it is no address in S3.
    """
    located = parse_s3_url(f"{url.rstrip('/')}/-")
    return S3Object(located.bucket, located.key.removesuffix("-"))
