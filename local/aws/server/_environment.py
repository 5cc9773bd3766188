"""The environment that ministack reads when it is imported; set it first."""

import os
import resource

from local.aws.account import LOCAL_ACCOUNT
from local.aws.server.settings import Settings

__all__ = ["prepare_environment"]


def prepare_environment(settings: Settings) -> None:
    """Have ministack listen on loopback and nowhere else, and allow this process many connections."""
    os.environ.update(
        BIND_HOST="127.0.0.1",
        MINISTACK_HOST="127.0.0.1",
        GATEWAY_PORT=str(settings.port),
        MINISTACK_ACCOUNT_ID=LOCAL_ACCOUNT,
        MINISTACK_REGION=settings.region,
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        AUTH="false",
        PERSIST_STATE="0",
        S3_PERSIST="0",
    )
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
