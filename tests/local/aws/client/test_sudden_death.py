import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.aws.client import LocalAws
from tests.local.aws.account import BUCKET, Account
from tests.local.aws.ports import free_port_pair
from tests.local.aws.tiny_models import scaling_model_archive

pytestmark = pytest.mark.integration

_PROJECT_ROOT = Path(__file__).resolve().parents[4]
_WAIT_SECONDS = 20.0


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalAws]:
    """A LocalAws of the test's own, stopped whatever the test does."""
    made = LocalAws(_PROJECT_ROOT, tmp_path, port=free_port_pair())
    yield made
    made.down()


def test_a_server_that_is_killed_leaves_no_triton_and_up_works_again(local: LocalAws, tmp_path: Path) -> None:
    """After kill -9 every Triton ends, no state is believed, and the next server takes the same ports."""
    pid = local.up().pid
    assert pid is not None
    endpoint = _serve(_account(local), scaling_model_archive(1))
    (variant,) = local.status().endpoints[0].variants
    os.kill(pid, signal.SIGKILL)
    _wait_for(lambda: not Path(f"/proc/{variant.server_pid}").exists())
    assert local.status().running is False
    again = local.up()
    assert again.pid != pid
    assert again.endpoints == ()
    assert not [path for path in (tmp_path / "endpoints").glob("*") if path.name.startswith(endpoint)]


def test_a_server_that_is_stopped_stops_its_tritons(local: LocalAws) -> None:
    """Down ends the Tritons with the server, also one that is still starting, within seconds."""
    pid = local.up().pid
    assert pid is not None
    account = _account(local)
    _serve(account, scaling_model_archive(1))
    _create(account, scaling_model_archive(1, initialize="time.sleep(60)"))
    _wait_for(lambda: len(_tritons_of(pid)) == 2)
    tritons = _tritons_of(pid)
    start = time.monotonic()
    assert local.down() is True
    assert time.monotonic() - start < _WAIT_SECONDS
    _wait_for(lambda: not any(Path(f"/proc/{triton}").exists() for triton in tritons))


def _account(local: LocalAws) -> Account:
    """Return the account of ``local`` with a bucket and a role."""
    variables = local.environment()
    session = boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=variables["AWS_REGION"],
    )

    def client(service: str) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        return session.client(service, endpoint_url=variables["AWS_ENDPOINT_URL"])

    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    iam = client("iam")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps({"Statement": [read]}))
    account = Account(client, role["Role"]["Arn"])
    account.s3.create_bucket(Bucket=BUCKET)
    return account


def _create(account: Account, archive: bytes) -> str:
    """Begin to bring an endpoint up and return its name."""
    config = account.create_config(account.create_model(account.upload(archive)))
    name = account.new_name("endpoint")
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    return name


def _serve(account: Account, archive: bytes) -> str:
    """Bring an endpoint up and return its name."""
    name = _create(account, archive)
    account.wait_endpoint(name, "InService")
    return name


def _tritons_of(server_pid: int) -> list[int]:
    """Return the Tritons of a server: each is the child of a supervisor, which is the server's."""
    supervisors = _children_of({server_pid})
    return sorted(_children_of(_children_of(supervisors)))


def _children_of(parents: set[int]) -> set[int]:
    children = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if int(stat.read_text().rpartition(")")[2].split()[1]) in parents:
                children.add(int(stat.parent.name))
    return children


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
