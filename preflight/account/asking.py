"""Asking an account one thing: an answer, that there is no such thing, or why it is not known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from preflight.account.clients import Clients
from preflight.account.errors import AccountError
from preflight.account.evidence import NotChecked

__all__ = ["ABSENT", "Absent", "Asking", "Unknown"]

_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "403",
    }
)
_THROTTLED = frozenset(
    {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)
_NO_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_PAGES = 100
"""More than any list of an account should have: one that never ends is not waited for."""


class Absent:
    """The account has no such thing."""


class Unknown:
    """It is not known; ``Asking.not_checked`` says why."""


ABSENT = Absent()
_UNKNOWN = Unknown()


@dataclass(slots=True)
class Asking:
    """Asks an account, and remembers what it did not answer.

    Attributes:
        clients: of the account.
        not_checked: what could not be asked, each thing once.
        silent: the services that gave no answer in time; they are asked nothing more, so that a proxy that
            swallows everything is waited for once for each of them.
    """

    clients: Clients
    not_checked: list[NotChecked] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)

    def ask(
        self,
        service: str,
        operation: str,
        what: str,
        action: str,
        *,
        absent: tuple[str, ...] = (),
        **parameters: Any,  # noqa: ANN401 - boto3's own
    ) -> Any:  # noqa: ANN401 - the answer's JSON
        """Return what the account answers: its JSON, ``ABSENT``, or an ``Unknown``.

        Args:
            service: boto3's name of it.
            operation: the client's method, which must only read.
            what: what is not known if this is not answered.
            action: that a policy must allow, such as ``ec2:DescribeVpcs``.
            absent: the error codes that say that there is no such thing.
            **parameters: of the operation.

        Raises:
            AccountError: there are no credentials, or none that hold.
        """

        def read() -> Any:  # noqa: ANN401 - as above
            return getattr(self.clients.client(service), operation)(**parameters)

        return self._answered(service, read, what, action, absent)

    def pages(
        self,
        service: str,
        operation: str,
        key: str,
        what: str,
        action: str,
        **parameters: Any,  # noqa: ANN401 - boto3's own
    ) -> list[Any] | None:
        """Return all entries under ``key`` of all pages; None where they are not known.

        Raises:
            AccountError: as ``ask``.
        """

        def read() -> list[Any]:
            paginator = self.clients.client(service).get_paginator(operation)
            return list(islice(paginator.paginate(**parameters), _PAGES + 1))

        found = self._answered(service, read, what, action, ())
        if not isinstance(found, list):
            return None
        if len(found) > _PAGES:
            self.remember(what, f"there are more than {_PAGES} pages of them.")
            return None
        return [entry for page in found for entry in page.get(key, ())]

    def _answered(
        self,
        service: str,
        read: Callable[[], Any],
        what: str,
        action: str,
        absent: tuple[str, ...],
    ) -> Any:  # noqa: ANN401 - the answer's JSON
        from botocore.exceptions import (  # noqa: PLC0415 - 0.2 s, and only who asks the account needs it
            BotoCoreError,
            ClientError,
            CredentialRetrievalError,
            HTTPClientError,
            LoginError,
            NoCredentialsError,
            PartialCredentialsError,
            SSOError,
            TokenRetrievalError,
        )
        from botocore.exceptions import ConnectionError as BotocoreConnectionError  # noqa: PLC0415 - as above

        if service in self.silent:
            self.remember(what, f"{service} did not answer before, and was not asked again.")
            return _UNKNOWN
        try:
            return read()
        except (LoginError, SSOError, TokenRetrievalError) as error:
            raise AccountError(
                f"your log-in does not hold ({str(error).rstrip('.')}).",
                "Log in again (`aws sso login`, `aws login`).",
            ) from error
        except (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError) as error:
            raise AccountError(
                f"there are no credentials for the account ({str(error).rstrip('.')}).",
                "Set AWS_PROFILE, or log in as for the AWS CLI.",
            ) from error
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in absent:
                return ABSENT
            if code in _NO_CREDENTIALS:
                raise AccountError(
                    f"the account does not take your credentials ({code}).",
                    "Log in again, or enable the region in the account.",
                ) from error
            advice = "run it again" if code in _THROTTLED else f"it needs {action}"
            if code not in _DENIED | _THROTTLED:
                advice = f"it needs {action}, in a region that offers it"
            self.remember(what, f"{error.operation_name} answered {code}; {advice}.")
        except (BotocoreConnectionError, HTTPClientError) as error:
            self.silent.add(service)
            self.remember(what, f"it did not answer ({str(error).rstrip('.')}).")
        except BotoCoreError as error:
            self.remember(what, f"it did not answer ({str(error).rstrip('.')}).")
        return _UNKNOWN

    def remember(self, what: str, why: str) -> None:
        """Note what is not known, and why; once."""
        found = NotChecked(what, why)
        if found not in self.not_checked:
            self.not_checked.append(found)
