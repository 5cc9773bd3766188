"""boto3's clients of the user's own account; the tests bring stubbed ones."""

from typing import Any, Protocol

from preflight.account.errors import AccountError

__all__ = ["Clients", "UserClients"]

_CONNECT_SECONDS = 5
_READ_SECONDS = 15
_ATTEMPTS = 3


class Clients(Protocol):
    """Makes the client of a service in the deployment's region."""

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        """Return the client of ``service``, by boto3's name of it."""


class UserClients:
    """Clients with the credentials that the AWS CLI would use.

    Every answer is waited for 15 seconds at most, three times.

    Args:
        region: of the deployment.
    """

    def __init__(self, region: str) -> None:
        self._region = region
        self._session: Any = None
        self._made: dict[str, Any] = {}

    def client(self, service: str) -> Any:  # noqa: ANN401 - as above
        """Return the client of ``service``, always the same one.

        Raises:
            AccountError: the user's AWS settings are contradictory, such as a profile that isn't there.
        """
        if service not in self._made:
            self._made[service] = self._make(service)
        return self._made[service]

    def _make(self, service: str) -> Any:  # noqa: ANN401 - as above
        import boto3  # noqa: PLC0415 - 0.2 s, and only who asks the account needs it
        from botocore.config import Config  # noqa: PLC0415 - as above
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - as above

        settings = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        )
        try:
            # A session of its own: boto3's default one keeps the credentials of whoever asked first.
            self._session = self._session or boto3.Session(region_name=self._region)
            return self._session.client(service, config=settings)
        except BotoCoreError as error:
            raise AccountError(
                f"your AWS settings don't hold ({error}).", "Check AWS_PROFILE and ~/.aws."
            ) from error
