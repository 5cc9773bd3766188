"""boto3's own clients, with answers that a test gives."""

from typing import Any

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.loaders import create_loader
from botocore.stub import ANY, Stubber

__all__ = ["StubbedClients"]

_LOADER = create_loader()
"""One for all tests: it keeps the service models, which take a while to read."""


class StubbedClients:
    """boto3's own clients, whose answers are given; what is not given, nobody may ask for."""

    def __init__(self) -> None:
        session = botocore.session.Session()
        session.register_component("data_loader", _LOADER)
        self._session = boto3.Session(
            aws_access_key_id="key",
            aws_secret_access_key="secret",  # noqa: S106 - nobody's
            region_name="us-east-1",
            botocore_session=session,
        )
        self._made: dict[str, tuple[BaseClient, Stubber]] = {}

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        return self._of(service)[0]

    def answer(self, service: str, operation: str, answer: dict[str, Any], **parameters: object) -> None:
        """Let ``service`` answer the next call, which must have these parameters."""
        expected = {key: ANY if value is ... else value for key, value in parameters.items()}
        self._of(service)[1].add_response(operation, answer, expected)

    def refuse(self, service: str, operation: str, code: str, message: str = "") -> None:
        """Let ``service`` refuse the next call."""
        self._of(service)[1].add_client_error(operation, code, message)

    def _of(self, service: str) -> tuple[BaseClient, Stubber]:
        if service not in self._made:
            client = self._session.client(service)
            stubber = Stubber(client)
            stubber.activate()
            self._made[service] = (client, stubber)
        return self._made[service]
