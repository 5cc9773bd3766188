"""The artifact a model is made of: one ``.tar.gz``, or its files below a prefix, in Amazon S3."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import aws_cdk as cdk
from constructs import Construct

from seatrial_hosting._validation import raise_problems
from seatrial_hosting.errors import HostingError

__all__ = ["ModelArtifact"]

_CONTENT_KEY = re.compile(r"[0-9a-f]{64}")
_S3_URL = re.compile(r"s3://(?P<bucket>[^/\s*?$]+)/(?P<key>[^\s*?$]+\.tar\.gz)")
"""Without what a policy's resource would read as a wildcard or a variable."""
_PUBLISHED_URL = re.compile(r"s3://[^/\s*?$]+/[^\s*?$]+(\.tar\.gz|/)")


@dataclass(frozen=True, slots=True)
class ModelArtifact:
    """A packaged model in Amazon S3.

    Attributes:
        content_key: names the content: 64 hexadecimal digits. Whoever packs it promises that equal keys mean
            equal content; nothing here opens or hashes the file.
        bucket_name: the bucket.
        object_key: the object in it; where it ends with ``/``, the prefix of files that are not packed.
        kms_key_arn: the key that encrypts the object; None where Amazon S3's own do, which asks nothing of
            the model's role.
    """

    content_key: str
    bucket_name: str
    object_key: str
    kms_key_arn: str | None = None

    @classmethod
    def from_file(
        cls, scope: Construct, path: Path, *, content_key: str, kms_key_arn: str | None = None
    ) -> Self:
        """Register the archive at ``path`` for upload by ``cdk deploy``, without copying it.

        The object is called ``<content key>.tar.gz``, so the template is the same whatever folder the
        archive lies in, and an archive that is there already is not uploaded again. The bucket is the one of
        the stack's synthesizer: the CDK bootstrap's, unless the synthesizer names another.

        Args:
            scope: anything in the stack that uses the artifact.
            path: the archive, a ``.tar.gz``; it is read at deployment, not here.
            content_key: see the class.
            kms_key_arn: see the class. Default: None, as ``cdk bootstrap`` makes its bucket by default.

        Raises:
            HostingError: the name doesn't end in ``.tar.gz``, or the key is no sha256.
        """
        problems = []
        if not path.name.endswith(".tar.gz"):
            problems.append(f"{path} is no .tar.gz, the one form SageMaker unpacks; pack the model so.")
        if not _CONTENT_KEY.fullmatch(content_key):
            problems.append(f"content_key is {content_key!r}; it has 64 hexadecimal digits, a sha256.")
        raise_problems("artifact", problems)
        stage = cdk.Stage.of(scope)
        # A file asset's path is read from the assembly's folder; s3_assets.Asset would copy the file there.
        assembly = stage.outdir if stage else "."
        location = cdk.Stack.of(scope).synthesizer.add_file_asset(
            file_name=os.path.relpath(path.resolve(), Path(assembly).resolve()),
            packaging=cdk.FileAssetPackaging.FILE,
            # The synthesizer appends the file name's last suffix, ".gz", to make the object's key.
            source_hash=f"{content_key}.tar",
            display_name=f"Model artifact {content_key[:12]}",
        )
        return cls(content_key, location.bucket_name, location.object_key, kms_key_arn)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Return an archive that is in Amazon S3 already; its address stands for its content.

        So a changed archive needs another key: nothing is replaced while the address stays.

        Args:
            url: ``s3://<bucket>/<key>.tar.gz``.

        Raises:
            HostingError: it has another form.
        """
        found = _S3_URL.fullmatch(url)
        if not found:
            problem = f"{url!r} is no archive in Amazon S3; write s3://<bucket>/<key>.tar.gz."
            raise HostingError("artifact", [problem])
        return cls(hashlib.sha256(url.encode()).hexdigest(), found["bucket"], found["key"])

    @classmethod
    def published(cls, bucket_name: str, object_key: str, *, kms_key_arn: str | None = None) -> Self:
        """Return an artifact that is in Amazon S3 under a key that names its content: the key stands for it.

        Args:
            bucket_name: see the class.
            object_key: ends in ``.tar.gz``; or in ``/``, below which are files that are not packed.
            kms_key_arn: see the class. Default: None.

        Raises:
            HostingError: the key has another form.
        """
        url = f"s3://{bucket_name}/{object_key}"
        if not _PUBLISHED_URL.fullmatch(url):
            problem = f"{url!r} is no artifact; its key ends in .tar.gz or /, without blanks, *, ? and $."
            raise HostingError("artifact", [problem])
        return cls(hashlib.sha256(url.encode()).hexdigest(), bucket_name, object_key, kms_key_arn)

    @property
    def is_uncompressed(self) -> bool:
        """Whether its files are not packed: objects of their own below a prefix."""
        return self.object_key.endswith("/")

    @property
    def url(self) -> str:
        """What the model's container definition says: ``s3://<bucket>/<key>``."""
        return f"s3://{self.bucket_name}/{self.object_key}"
