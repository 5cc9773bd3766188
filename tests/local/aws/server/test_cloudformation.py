import json
import threading
import time
from collections.abc import Iterator
from typing import Self

import pytest
from botocore.exceptions import ClientError

from tests.local.aws.account import Account
from tests.local.aws.tiny_models import failing_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration

_CAUSE = "the weights are not there"


class _SteadyLoad:
    """Invokes an endpoint over and over from several threads, and keeps what came of it."""

    def __init__(self, account: Account, endpoint: str) -> None:
        self.answers: list[float] = []
        self.errors: list[Exception] = []
        self._account = account
        self._endpoint = endpoint
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(4)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.answers.append(self._account.invoke(self._endpoint))
            except Exception as error:  # noqa: BLE001 - the test looks at every error
                self.errors.append(error)


@pytest.fixture(scope="module")
def served(account: Account) -> Iterator[str]:
    """The name of a stack, and of its endpoint, that doubles."""
    name = account.new_name("served")
    template = account.endpoint_template(name, account.upload(scaling_model_archive(2)))
    account.cloudformation.create_stack(StackName=name, TemplateBody=template)
    assert account.wait_stack(name) == "CREATE_COMPLETE"
    yield name
    account.cloudformation.delete_stack(StackName=name)


def _update(account: Account, name: str, artifact: str) -> str:
    account.cloudformation.update_stack(
        StackName=name, TemplateBody=account.endpoint_template(name, artifact)
    )
    return account.wait_stack(name)


def _physical_ids(account: Account, stack: str) -> dict[str, str]:
    resources = account.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}


def _reasons(account: Account, stack: str, status: str) -> list[str]:
    events = account.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events if event["ResourceStatus"] == status]


def test_a_created_stack_serves(account: Account, served: str) -> None:
    """The endpoint answers, and its resources are named by their ARNs."""
    assert account.invoke(served) == 2.0
    ids = _physical_ids(account, served)
    assert ids["Endpoint"] == f"arn:aws:sagemaker:us-east-1:000000000000:endpoint/{served}"
    assert ids["Model"].startswith(f"arn:aws:sagemaker:us-east-1:000000000000:model/{served}-Model-")


def test_stack_tags_reach_every_resource(account: Account, served: str) -> None:
    """CloudFormation's own tags are on the model, the configuration and the endpoint."""
    for arn in _physical_ids(account, served).values():
        tags = account.sagemaker.list_tags(ResourceArn=arn)["Tags"]
        assert {"Key": "aws:cloudformation:stack-name", "Value": served} in tags


def test_a_changed_model_replaces_model_and_config_without_a_failed_request(
    account: Account, served: str
) -> None:
    """Under load an update serves the new answers under the same name; the old resources are gone."""
    before = _physical_ids(account, served)
    with _SteadyLoad(account, served) as load:
        assert _update(account, served, account.upload(scaling_model_archive(3))) == "UPDATE_COMPLETE"
        time.sleep(0.5)
    assert load.errors == []
    assert len(load.answers) > 50
    assert set(load.answers) == {2.0, 3.0}
    assert account.invoke(served) == 3.0
    after = _physical_ids(account, served)
    assert after["Endpoint"] == before["Endpoint"]
    assert after["Model"] != before["Model"]
    assert after["Config"] != before["Config"]
    with pytest.raises(ClientError, match="Could not find model"):
        account.sagemaker.describe_model(ModelName=before["Model"].rsplit("/", 1)[1])


def test_a_model_that_cant_load_rolls_back_without_a_failed_request(account: Account, served: str) -> None:
    """Under load the old model keeps serving, and the stack event carries the cause from Triton's log."""
    before, answer = _physical_ids(account, served), account.invoke(served)
    with _SteadyLoad(account, served) as load:
        status = _update(account, served, account.upload(failing_model_archive(_CAUSE)))
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert load.errors == []
    assert len(load.answers) > 50
    assert set(load.answers) == {answer}
    assert any(_CAUSE in reason for reason in _reasons(account, served, "UPDATE_FAILED"))
    assert _physical_ids(account, served) == before
    described = account.sagemaker.describe_endpoint(EndpointName=served)
    assert described["EndpointStatus"] == "InService"
    assert _CAUSE in described["FailureReason"]


def test_a_stack_that_fails_later_takes_the_endpoint_back(account: Account, served: str) -> None:
    """An endpoint that was updated before another resource failed serves the old model again."""
    answer = account.invoke(served)
    template = json.loads(account.endpoint_template(served, account.upload(scaling_model_archive(9))))
    template["Resources"]["Broken"] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "DependsOn": "Endpoint",
        "Properties": {"GroupId": "sg-0", "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1},
    }
    account.cloudformation.update_stack(StackName=served, TemplateBody=json.dumps(template))
    assert account.wait_stack(served) == "UPDATE_ROLLBACK_COMPLETE"
    assert account.invoke(served) == answer


def test_a_new_stack_that_cant_load_leaves_nothing(account: Account) -> None:
    """The stack rolls back with the cause; endpoint, configuration and model are gone, the name is free."""
    name = account.new_name("unloadable")
    template = account.endpoint_template(name, account.upload(failing_model_archive(_CAUSE)))
    account.cloudformation.create_stack(StackName=name, TemplateBody=template)
    assert account.wait_stack(name) == "ROLLBACK_COMPLETE"
    (reason,) = _reasons(account, name, "CREATE_FAILED")
    assert reason.startswith('Resource handler returned message: "Endpoint arn:aws:sagemaker:')
    assert _CAUSE in reason
    assert account.sagemaker.list_endpoints(NameContains=name)["Endpoints"] == []
    assert account.sagemaker.list_endpoint_configs(NameContains=name)["EndpointConfigs"] == []
    assert account.sagemaker.list_models(NameContains=name)["Models"] == []


def test_what_the_api_refuses_fails_the_stack_with_its_words(account: Account) -> None:
    """A KMS key with an instance type that takes none stands in the stack event."""
    name = account.new_name("refused")
    template = json.loads(account.endpoint_template(name, account.upload(scaling_model_archive(1))))
    template["Resources"]["Config"]["Properties"]["KmsKeyId"] = "alias/key"
    account.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    assert account.wait_stack(name) == "ROLLBACK_COMPLETE"
    (reason,) = _reasons(account, name, "CREATE_FAILED")
    assert "KmsKeyId can't be used with instance type ml.g4dn.xlarge" in reason
    assert "(Service: SageMaker, Status Code: 400)" in reason


def test_stacks_come_up_side_by_side(account: Account) -> None:
    """Three stacks take less than two and a half times as long as one; deleting them deletes everything."""
    artifact = account.upload(scaling_model_archive(5))
    seconds = []
    for names in ([account.new_name("alone")], [account.new_name("together") for _ in range(3)]):
        start = time.monotonic()
        for name in names:
            template = account.endpoint_template(name, artifact)
            account.cloudformation.create_stack(StackName=name, TemplateBody=template)
        assert {account.wait_stack(name) for name in names} == {"CREATE_COMPLETE"}
        seconds.append(time.monotonic() - start)
        assert {account.invoke(name) for name in names} == {5.0}
        for name in names:
            account.cloudformation.delete_stack(StackName=name)
    assert seconds[1] < 2.5 * seconds[0]
    for prefix in ("alone", "together"):
        _wait_gone(account, prefix)
        assert account.sagemaker.list_models(NameContains=prefix)["Models"] == []


def _wait_gone(account: Account, prefix: str) -> None:
    deadline = time.monotonic() + 30
    while account.sagemaker.list_models(NameContains=prefix)["Models"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert account.sagemaker.list_endpoints(NameContains=prefix)["Endpoints"] == []
