"""The log of a job, read while it grows."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from model_packaging.remote.job_log import JobLog


@pytest.fixture
def logs() -> Any:  # noqa: ANN401 - boto3's clients have no static type
    """A client that reaches nobody."""
    return boto3.client(
        "logs",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - nobody's
    )


def _page(*lines: str, then: str) -> dict[str, Any]:
    events = [{"timestamp": 1, "message": line, "ingestionTime": 1} for line in lines]
    return {"events": events, "nextForwardToken": then, "nextBackwardToken": "b"}


_STREAMS = {"logGroupName": "g", "logStreamNamePrefix": "job/"}
_READ = {"logGroupName": "g", "logStreamName": "job/algo-1", "startFromHead": True}


def test_lines_come_once_and_to_the_end(logs: Any) -> None:  # noqa: ANN401 - see above
    """Pages are read until the token stays, and the next look goes on from there."""
    with Stubber(logs) as stub:
        streams = {"logStreams": [{"logStreamName": "job/algo-1"}]}
        stub.add_response("describe_log_streams", streams, _STREAMS)
        stub.add_response("get_log_events", _page("one", then="f1"), _READ)
        stub.add_response("get_log_events", _page("two", then="f2"), {**_READ, "nextToken": "f1"})
        stub.add_response("get_log_events", _page(then="f2"), {**_READ, "nextToken": "f2"})
        log = JobLog(logs, "g", "job/")
        assert list(log.new_lines()) == ["one", "two"]

        stub.add_response("describe_log_streams", streams, _STREAMS)
        stub.add_response("get_log_events", _page("three", then="f3"), {**_READ, "nextToken": "f2"})
        stub.add_response("get_log_events", _page(then="f3"), {**_READ, "nextToken": "f3"})
        assert list(log.new_lines()) == ["three"]
        stub.assert_no_pending_responses()


def test_job_that_has_not_begun_to_log_has_no_lines(logs: Any) -> None:  # noqa: ANN401 - see above
    """The group is made with the first line; until then there is nothing to read."""
    with Stubber(logs) as stub:
        stub.add_client_error("describe_log_streams", "ResourceNotFoundException")
        assert list(JobLog(logs, "g", "job/").new_lines()) == []
