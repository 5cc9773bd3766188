"""boto3's clients of the services that a build in the account needs."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from model_packaging.remote.errors import BuildStackError

__all__ = ["AccountClients", "account_words"]


@contextmanager
def account_words() -> Iterator[None]:
    """Turn what boto3 says into words: a refusal that nobody told in better ones, or missing credentials.

    Raises:
        BuildStackError: the account can't be asked, or refuses.
    """
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 - 0.2 s, and only a build here needs it
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - likewise

    try:
        yield
    except ClientError as error:
        found = error.response.get("Error", {})
        raise BuildStackError(
            f"the account refuses {error.operation_name} ({found.get('Code')}: {found.get('Message')}).",
            "let your role do that: docs/remote-build.md lists what it needs; where it was throttled, run "
            "the command again.",
        ) from error
    except (BotoCoreError, Boto3Error) as error:
        raise BuildStackError(
            f"the account can't be asked ({str(error).rstrip('.')}).",
            "check your credentials and AWS_PROFILE; on the laptop, that `seatrial local up` has run.",
        ) from error


class AccountClients:
    """Clients of one account in one region, made when they are first asked for.

    Args:
        session: boto3's.
        settings: of every client, besides the service's name.
    """

    def __init__(self, session: Any, settings: Mapping[str, Any]) -> None:  # noqa: ANN401 - boto3 has no static types
        self._session = session
        self._settings = dict(settings)
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()  # sessions are not thread-safe, clients are (boto3, "Session")

    @classmethod
    def of_user(cls, region: str) -> Self:
        """Return the clients of whom the AWS CLI would act for.

        Raises:
            BuildStackError: the user's AWS settings are contradictory.
        """
        import boto3  # noqa: PLC0415 - 0.2 s, and only a build in the account needs it

        with account_words():
            return cls(boto3.Session(region_name=region), {})

    @classmethod
    def of_laptop(cls, region: str, variables: Mapping[str, str]) -> Self:
        """Return the clients of the laptop's AWS, whatever the user's own settings are.

        Args:
            region: of the deployment.
            variables: those that point a program at the laptop's AWS.
        """
        import boto3  # noqa: PLC0415 - as above
        import botocore.session  # noqa: PLC0415 - as above
        from botocore.config import Config  # noqa: PLC0415 - as above

        session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        return cls(
            boto3.Session(botocore_session=session, region_name=region),
            {
                "endpoint_url": variables["AWS_ENDPOINT_URL"],
                "aws_access_key_id": variables["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": variables["AWS_SECRET_ACCESS_KEY"],
                "config": Config(s3={"addressing_style": "path"}),
            },
        )

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        """Return the client of ``service``, always the same one."""
        with self._making:
            if service not in self._made:
                self._made[service] = self._session.client(service, **self._settings)
            return self._made[service]
