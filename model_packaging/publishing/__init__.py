"""Puts packaged models into Amazon S3 under their content keys, and writes the lock file."""

from model_packaging.publishing.client import local_s3_client, s3_client
from model_packaging.publishing.errors import PublishError
from model_packaging.publishing.publish import PublishedModel, publish_deployment

__all__ = ["PublishError", "PublishedModel", "local_s3_client", "publish_deployment", "s3_client"]
