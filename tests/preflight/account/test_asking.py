"""What becomes of refusals, missing credentials and endless lists while an account is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSOTokenLoadError,
    TokenRetrievalError,
)

from preflight.account import AccountError, NotChecked, check_account
from preflight.account._place import ask_zones
from preflight.account._usage import ask_caller, ask_quotas
from preflight.account.asking import Asking
from preflight.account.check import gather_account
from tests.preflight.account.stubbed_clients import StubbedClients
from tests.preflight.rules.account_deployments import deployment


@pytest.mark.parametrize(
    "code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"]
)
def test_credentials_that_do_not_hold(clients: StubbedClients, asking: Asking, code: str) -> None:
    """Without credentials there is nothing to ask: an error, in words."""
    clients.refuse("sts", "get_caller_identity", code)
    with pytest.raises(AccountError, match=rf"does not take your credentials \({code}\)") as raised:
        ask_caller(asking)
    assert raised.value.fix == "Log in again, or enable the region in the account."


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    """boto3 finds none: the same error, before anything leaves the machine."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    with pytest.raises(AccountError, match="there are no credentials for the account") as raised:
        check_account(deployment(), "deployments/vision.yaml")
    assert raised.value.fix == "Set AWS_PROFILE, or log in as for the AWS CLI."


def test_a_profile_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401 - as above
    """The user's settings contradict themselves."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(AccountError, match="your AWS settings don't hold"):
        check_account(deployment(), "deployments/vision.yaml")


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied", "UnauthorizedOperation"])
def test_access_denied(clients: StubbedClients, asking: Asking, code: str) -> None:
    """It is told what is not known therefore, and which action is missing; nothing fails."""
    clients.refuse("service-quotas", "list_service_quotas", code)
    assert ask_quotas(asking) is None
    assert asking.not_checked == [
        NotChecked(
            "the quotas of SageMaker",
            f"ListServiceQuotas answered {code}; it needs servicequotas:ListServiceQuotas.",
        )
    ]


def test_throttled(clients: StubbedClients, asking: Asking) -> None:
    """What was asked too often may be asked again."""
    clients.refuse("ec2", "describe_availability_zones", "RequestLimitExceeded")
    assert ask_zones(asking) is None
    [found] = asking.not_checked
    assert found.why == "DescribeAvailabilityZones answered RequestLimitExceeded; run it again."


def test_any_other_refusal(clients: StubbedClients, asking: Asking) -> None:
    """It is told by its code."""
    clients.refuse("ec2", "describe_availability_zones", "InternalError")
    assert ask_zones(asking) is None
    [found] = asking.not_checked
    assert found.why == (
        "DescribeAvailabilityZones answered InternalError; it needs ec2:DescribeAvailabilityZones, in a "
        "region that offers it."
    )


def test_pages_without_end(clients: StubbedClients, asking: Asking) -> None:
    """A list that never ends is not waited for."""
    for number in range(102):
        page = {"Quotas": [], "NextToken": f"page{number}"}
        expected = {"ServiceCode": "sagemaker"} | ({"NextToken": f"page{number - 1}"} if number else {})
        clients.answer("service-quotas", "list_service_quotas", page, **expected)
    assert ask_quotas(asking) is None
    assert asking.not_checked == [
        NotChecked("the quotas of SageMaker", "there are more than 100 pages of them.")
    ]


def test_another_account_is_not_asked_further(clients: StubbedClients) -> None:
    """What is read with the wrong credentials says nothing of the deployment."""
    clients.answer("sts", "get_caller_identity", {"Account": "999999999999"})
    evidence = gather_account(deployment(), clients)
    assert evidence.account == "999999999999"
    assert evidence.not_checked == ()
    clients.answer("sts", "get_caller_identity", {"Account": "999999999999"})
    report = check_account(deployment(), "deployments/vision.yaml", clients)
    assert [finding.rule for finding in report.findings] == ["SEA560"]


def test_an_account_that_says_nothing(clients: StubbedClients) -> None:
    """Each thing is told as not checked with its action, and no rule finds anything."""
    clients.refuse("sts", "get_caller_identity", "AccessDenied")
    report = check_account(deployment(), "deployments/vision.yaml", _Denying(clients))
    assert report.findings == ()
    told = " ".join(each.why for each in report.not_checked)
    for action in (
        "servicequotas:ListServiceQuotas",
        "sagemaker:ListEndpoints",
        "cloudformation:DescribeStacks",
        "ssm:GetParameter",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeVpcEndpointServices",
    ):
        assert f"it needs {action}." in told


@pytest.mark.parametrize(
    "error",
    [
        SSOTokenLoadError(profile_name="p", error_msg="none"),
        TokenRetrievalError(provider="sso", error_msg="expired"),
    ],
)
def test_a_log_in_that_has_expired(error: BotoCoreError) -> None:
    """A token of IAM Identity Center is renewed by a log-in, and nothing else is asked before."""
    clients = _Raising(error)
    with pytest.raises(AccountError, match="your log-in does not hold") as raised:
        check_account(deployment(), "deployments/vision.yaml", clients)
    assert raised.value.fix == "Log in again (`aws sso login`, `aws login`)."
    assert clients.asked == ["sts"]


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="https://sts"),
        EndpointConnectionError(endpoint_url="https://sts"),
        ProxyConnectionError(proxy_url="http://proxy", error="refused"),
        ReadTimeoutError(endpoint_url="https://sts"),
    ],
)
def test_nobody_answers(error: BotoCoreError) -> None:
    """Behind a proxy that swallows everything the first question is the last one."""
    clients = _Raising(error)
    with pytest.raises(AccountError, match="nobody answers whose account it is: it did not answer") as raised:
        check_account(deployment(), "deployments/vision.yaml", clients)
    assert raised.value.fix == "Check the network, its proxy (HTTPS_PROXY) and the region."
    assert clients.asked == ["sts"]


def test_a_service_that_does_not_answer_is_asked_once() -> None:
    """What else it would have been asked is told as not checked, and not waited for."""
    clients = _Raising(ReadTimeoutError(endpoint_url="https://service-quotas"))
    asking = Asking(clients)
    assert ask_quotas(asking) is None
    assert ask_quotas(asking) is None
    assert clients.asked == ["service-quotas"]
    assert [each.why for each in asking.not_checked] == [
        'it did not answer (Read timeout on endpoint URL: "https://service-quotas").',
        "service-quotas did not answer before, and was not asked again.",
    ]


class _Raising:
    """Clients none of whose requests is answered."""

    def __init__(self, error: BotoCoreError) -> None:
        self.asked: list[str] = []
        self._error = error

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        self.asked.append(service)
        raise self._error


class _Denying:
    """Clients of an account that denies everything."""

    def __init__(self, clients: StubbedClients) -> None:
        self._clients = clients

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        return _DeniedClient(self._clients.client(service))


class _DeniedClient:
    def __init__(self, client: Any) -> None:  # noqa: ANN401 - as above
        self._client = client

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        if name == "get_paginator":
            return lambda operation: _DeniedPaginator(getattr(self, operation))

        def refuse(**_: object) -> None:
            operation = self._client.meta.method_to_api_mapping[name]
            raise self._client.exceptions.ClientError({"Error": {"Code": "AccessDenied"}}, operation)

        return refuse


class _DeniedPaginator:
    def __init__(self, call: Callable[..., None]) -> None:
        self._call = call

    def paginate(self, **_: object) -> Any:  # noqa: ANN401 - as above
        self._call()
        return iter(())
