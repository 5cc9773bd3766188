"""Tritons that die in service, with real ones."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from local.aws.client import LocalAws, VariantStatus
from tests.local.aws.account import Account
from tests.local.aws.tiny_models import scaling_model_archive

pytestmark = pytest.mark.integration

_WAIT_SECONDS = 30.0


@pytest.fixture
def endpoints(account: Account) -> Iterator[tuple[str, str]]:
    """Two endpoints: the first doubles, the second triples."""
    names = account.new_name("dying"), account.new_name("neighbour")
    for name, factor in zip(names, (2, 3), strict=True):
        config = account.create_config(account.create_model(account.upload(scaling_model_archive(factor))))
        account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    for name in names:
        account.wait_endpoint(name, "InService")
    yield names
    for name in names:
        account.sagemaker.delete_endpoint(EndpointName=name)


def _variant(local_aws: LocalAws, endpoint: str) -> VariantStatus:
    (variant,) = next(each for each in local_aws.status().endpoints if each.name == endpoint).variants
    return variant


def _kill(local_aws: LocalAws, endpoint: str) -> int:
    """Kill the endpoint's Triton as soon as there is one, and return its process id."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while (pid := _variant(local_aws, endpoint).server_pid) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_triton_that_is_killed_is_started_again(
    account: Account, endpoints: tuple[str, str], local_aws: LocalAws
) -> None:
    """It answers again within seconds; until then each request is a ModelError; nobody else notices."""
    dying, neighbour = endpoints
    neighbours_pid = _variant(local_aws, neighbour).server_pid
    pid = _kill(local_aws, dying)
    statuses, answer = set(), None
    deadline = time.monotonic() + _WAIT_SECONDS
    while answer is None:
        assert time.monotonic() < deadline
        assert account.invoke(neighbour) == 3.0
        try:
            answer = account.invoke(dying)
        except account.runtime.exceptions.ModelError as error:
            statuses.add(error.response["OriginalStatusCode"])
            time.sleep(0.05)
    assert statuses == {0}
    assert answer == 2.0
    assert _variant(local_aws, dying).server_pid not in (None, pid)
    assert _variant(local_aws, neighbour).server_pid == neighbours_pid
    assert account.sagemaker.describe_endpoint(EndpointName=dying)["EndpointStatus"] == "InService"
    logs = local_aws.status().log_path.parent / "logs"
    assert [path.name.rsplit(".", 2)[1] for path in sorted(logs.glob(f"{dying}.*.restart-*.log"))] == [
        "restart-1"
    ]


def test_a_triton_that_dies_too_often_stays_down_until_an_update(
    account: Account, endpoints: tuple[str, str], local_aws: LocalAws
) -> None:
    """After the fourth death in a row requests get a ModelError, the log says why, and an update helps."""
    dying, _ = endpoints
    for _ in range(4):
        _kill(local_aws, dying)
        deadline = time.monotonic() + _WAIT_SECONDS
        while _variant(local_aws, dying).server_pid is not None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
    said = f"endpoint {dying}, variant AllTraffic: Triton died too often: it stays down\n"
    deadline = time.monotonic() + _WAIT_SECONDS
    while said not in local_aws.status().log_path.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(account.runtime.exceptions.ModelError):
        account.invoke(dying)
    config = account.create_config(account.create_model(account.upload(scaling_model_archive(5))))
    account.sagemaker.update_endpoint(EndpointName=dying, EndpointConfigName=config)
    account.wait_endpoint(dying, "InService")
    assert account.invoke(dying) == 5.0
