"""An account whose answers a test gives."""

import pytest

from preflight.account.asking import Asking
from tests.preflight.account.stubbed_clients import StubbedClients


@pytest.fixture
def clients() -> StubbedClients:
    """Clients that nobody has asked yet."""
    return StubbedClients()


@pytest.fixture
def asking(clients: StubbedClients) -> Asking:
    """Asks these."""
    return Asking(clients)
