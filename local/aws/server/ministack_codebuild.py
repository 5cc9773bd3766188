"""ministack's private names about CodeBuild: it keeps projects and builds, and runs none without docker."""

# Private names of ministack's are what this file is for.
# ruff: noqa: SLF001

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core import responses as _responses
from ministack.services import codebuild as _codebuild

from local.aws.server.scope import Scope

__all__ = ["run_builds_with"]

Document = dict[str, Any]
HttpAnswer = tuple[int, dict[str, str], bytes]
StartBuild = Callable[[Scope, Document, Document, Document], None]
StopBuild = Callable[[str], None]


def run_builds_with(start: StartBuild, stop: StopBuild) -> None:
    """Have StartBuild and StopBuild call these.

    Args:
        start: takes the scope, the project, the request and the build's record, which it may change at any
            time; returns at once.
        stop: takes the build's id; its record says already that it was stopped.
    """
    keep_started, keep_stopped = _codebuild._start_build, _codebuild._stop_build

    def started(request: Document) -> HttpAnswer:
        status, headers, body = keep_started(request)
        if status != 200:  # noqa: PLR2004 - HTTP's OK
            return status, headers, body
        build = _codebuild._builds[json.loads(body)["build"]["id"]]
        build.pop("endTime", None)
        now = int(time.time())
        phases = [{"phaseType": "SUBMITTED", "phaseStatus": "SUCCEEDED", "startTime": now, "endTime": now}]
        build.update(buildStatus="IN_PROGRESS", currentPhase="SUBMITTED", phases=phases)
        scope = Scope(_responses.get_account_id(), _responses.get_region())
        start(scope, _codebuild._projects[request["projectName"]], request, build)
        answer: HttpAnswer = _responses.json_response({"build": build})
        return answer

    def stopped(request: Document) -> HttpAnswer:
        answer: HttpAnswer = keep_stopped(request)
        stop(request.get("id", ""))
        return answer

    _codebuild._start_build, _codebuild._stop_build = started, stopped
