"""Reads a job's log from CloudWatch Logs while it grows."""

from collections.abc import Iterator
from typing import Any

__all__ = ["JobLog"]


class JobLog:
    """The lines of one job, each once.

    Args:
        logs: boto3's client of CloudWatch Logs.
        group: the log group's name.
        stream_prefix: how the names of the job's streams begin; there is one for each of its containers.
    """

    def __init__(self, logs: Any, group: str, stream_prefix: str) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._logs = logs
        self._group = group
        self._stream_prefix = stream_prefix
        self._tokens: dict[str, str] = {}

    def new_lines(self) -> Iterator[str]:
        """Yield the lines that came since the last call; none before the job has begun to log."""
        try:
            streams = self._logs.describe_log_streams(
                logGroupName=self._group, logStreamNamePrefix=self._stream_prefix
            )["logStreams"]
        except self._logs.exceptions.ResourceNotFoundException:
            return  # the group is made with the first line
        for stream in streams:
            yield from self._of_stream(stream["logStreamName"])

    def _of_stream(self, name: str) -> Iterator[str]:
        while True:
            token = self._tokens.get(name)
            page = self._logs.get_log_events(
                logGroupName=self._group,
                logStreamName=name,
                startFromHead=True,
                **({"nextToken": token} if token else {}),
            )
            for event in page["events"]:
                yield event["message"]
            # The end is where the token stays the same (CloudWatch Logs API reference, GetLogEvents).
            if page["nextForwardToken"] == token:
                return
            self._tokens[name] = page["nextForwardToken"]
