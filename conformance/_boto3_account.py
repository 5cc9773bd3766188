"""The real account, by boto3's own configuration."""

import functools
import os
import secrets
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from conformance.account import Account
from conformance.errors import ConformanceError

__all__ = ["open_account"]

_CONNECT_SECONDS, _READ_SECONDS = 10, 90
"""Longer than SageMaker lets a request take."""
_ATTEMPTS = 3
_LAPTOP = "000000000000"


def open_account(wanted: str) -> Account:
    """Return the account of boto3's credentials and region.

    Args:
        wanted: the number of the account that may be asked.

    Raises:
        ConformanceError: no region, no credentials, or the credentials of another account.
    """
    # botocore itself reads AWS_DEFAULT_REGION alone; the AWS CLI and the other SDKs read this one.
    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    if not session.region_name:
        raise ConformanceError("no region is set: set AWS_REGION, or one for your profile")
    try:
        found = session.client("sts", config=_config(checked=True)).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise ConformanceError(
            f"AWS doesn't say whose credentials these are ({error}): log in first"
        ) from error
    if found == _LAPTOP:
        raise ConformanceError("this is the laptop's AWS: it encodes the assumptions and can't confirm them")
    if found != wanted:
        raise ConformanceError(
            f"the credentials are of account {found}, CONFORMANCE_ACCOUNT says {wanted or 'nothing'}: set "
            "it to the account that may be asked, or log in to that one"
        )

    @functools.cache
    def client(service: str, checked: bool) -> Any:  # noqa: ANN401, FBT001 - boto3's clients have no static type
        name, _, region = service.partition("@")
        # The standard mode retries throttling and broken connections, and no refusal.
        return session.client(
            name, region_name=region or session.region_name, config=_config(checked=checked)
        )

    return Account(client, found, session.region_name, secrets.token_hex(4))


def _config(*, checked: bool) -> Config:
    return Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        parameter_validation=checked,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )
