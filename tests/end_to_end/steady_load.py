"""Requests, one after another, for as long as a block runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from invocation.request import RequestBody
from tests.end_to_end.project import Project

__all__ = ["SteadyLoad", "steady_load"]


@dataclass
class SteadyLoad:
    """What a load met: how many answers, and every failure in words."""

    answered: int = 0
    failures: list[str] = field(default_factory=list)


@contextmanager
def steady_load(
    project: Project,
    endpoint_name: str,
    request: RequestBody,
    clients: int = 2,
    *,
    component_name: str | None = None,
) -> Iterator[SteadyLoad]:
    """Send ``request`` from several clients at once until the block ends."""
    target = {"EndpointName": endpoint_name}
    if component_name is not None:
        target["InferenceComponentName"] = component_name
    load = SteadyLoad()
    stop = threading.Event()
    runtime = project.client("sagemaker-runtime")

    def send() -> None:
        while not stop.is_set():
            try:
                answer = runtime.invoke_endpoint(
                    **target, ContentType=request.content_type, Body=request.body
                )
                answer["Body"].read()
            except (ClientError, BotoCoreError) as error:
                load.failures.append(str(error))
            else:
                load.answered += 1
            stop.wait(0.02)

    threads = [threading.Thread(target=send) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=80)
