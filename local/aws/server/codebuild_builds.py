"""CodeBuild's builds on the laptop: a build's sources, and the commands of its build phase in a process.

No image is pulled and the install phase is not run: the project's own environment stands in for what that
would make, as ``.venv`` in the build's folder. Both are said in the build's log.

Sources: CodeBuild API reference, StartBuild (overrides), Build (``buildStatus``, ``phases``); CodeBuild user
guide, "Build specification reference for CodeBuild" and "Environment variables in build environments".
"""

import json
import logging
import shutil
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.aws.server.errors import LaunchError
from local.aws.server.job_account import JobAccount
from local.aws.server.job_process import JobProcess
from local.aws.server.ministack_codebuild import Document
from local.aws.server.scope import Scope

__all__ = ["CodeBuildBuilds"]

_logger = logging.getLogger("seatrial.jobs")

_SECONDS_PER_MINUTE = 60
_DEFAULT_TIMEOUT_MINUTES = 60


class CodeBuildBuilds:
    """Runs builds.

    Args:
        folder: where builds have their folders while they run.
        gateway_port: where S3 and CloudWatch Logs answer, on loopback.
        project_root: whose environment stands in for a build's own.
    """

    def __init__(self, folder: Path, gateway_port: int, project_root: Path) -> None:
        self._folder = folder
        self._gateway_port = gateway_port
        self._project_root = project_root
        self._running: dict[str, JobProcess] = {}

    def start(self, scope: Scope, project: Document, request: Document, build: Document) -> None:
        """Run a build on a thread of its own."""
        arguments = (scope, json.loads(json.dumps(project)), request, build)
        threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def stop(self, build_id: str) -> None:
        """Kill a build; one that has ended is left alone."""
        process = self._running.get(build_id)
        if process is not None:
            process.kill()

    def stop_everything(self) -> None:
        """Kill every build that runs."""
        for build_id in list(self._running):
            self.stop(build_id)

    def _run(self, scope: Scope, project: Document, request: Document, build: Document) -> None:
        folder = self._folder / build["id"].replace(":", "-")
        group, stream = build["logs"]["groupName"], build["logs"]["streamName"]
        try:
            account = JobAccount(self._gateway_port, scope)
            account.open_log(group, stream)
            _enter(build, "DOWNLOAD_SOURCE")
            _bring_sources(
                account, request.get("sourceLocationOverride") or project["source"]["location"], folder
            )
            _enter(build, "INSTALL")
            account.log(group, stream, "[laptop] install: not run; the project's own .venv stands in")
            (folder / ".venv").symlink_to(self._project_root / ".venv", target_is_directory=True)
            _enter(build, "BUILD")
            minutes = int(project.get("timeoutInMinutes") or _DEFAULT_TIMEOUT_MINUTES)
            variables = self._variables(scope, project, request)
            succeeded = all(
                self._succeeds(
                    build, JobProcess(folder, ["/bin/sh", "-c", command], variables), account, minutes
                )
                for command in _build_commands(project)
            )
            _end(build, "SUCCEEDED" if succeeded else "FAILED")
        except (LaunchError, OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            _end(build, "FAILED", str(error))
        except Exception as error:  # a thread has no caller: the log and the build must tell
            _logger.exception("build %s failed", build["id"])
            _end(build, "FAILED", f"{type(error).__name__}: {error}")
        finally:
            self._running.pop(build["id"], None)
            (folder / ".venv").unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)

    def _succeeds(self, build: Document, process: JobProcess, account: JobAccount, minutes: int) -> bool:
        if build["buildStatus"] != "IN_PROGRESS":
            return False
        self._running[build["id"]] = process
        group, stream = build["logs"]["groupName"], build["logs"]["streamName"]
        outcome = process.run(lambda line: account.log(group, stream, line), minutes * _SECONDS_PER_MINUTE)
        return outcome.succeeded

    def _variables(self, scope: Scope, project: Document, request: Document) -> dict[str, str]:
        declared = project.get("environment", {}).get("environmentVariables") or []
        overrides = request.get("environmentVariablesOverride") or []
        return {
            "HOME": str(self._folder),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._gateway_port}",
            "AWS_ACCESS_KEY_ID": scope.account_id,
            "AWS_SECRET_ACCESS_KEY": "laptop",
            "AWS_REGION": scope.region,
            "AWS_DEFAULT_REGION": scope.region,
            **{each["name"]: each["value"] for each in (*declared, *overrides)},
        }


def _bring_sources(account: JobAccount, location: str, folder: Path) -> None:
    name = location.rsplit("/", 1)[-1]
    account.download(f"s3://{location}", folder)
    with zipfile.ZipFile(folder / name) as archive:
        archive.extractall(folder)
    (folder / name).unlink()


def _build_commands(project: Mapping[str, Any]) -> list[str]:
    """Return the commands of the build phase; the specification is JSON, which is YAML."""
    commands: list[str] = json.loads(project["source"]["buildspec"])["phases"]["build"]["commands"]
    return commands


def _enter(build: Document, phase: str) -> None:
    if build["buildStatus"] == "IN_PROGRESS":
        _close_phase(build, "SUCCEEDED")
        build["phases"].append({"phaseType": phase, "startTime": int(time.time())})
        build["currentPhase"] = phase


def _end(build: Document, status: str, why: str = "") -> None:
    if build["buildStatus"] == "IN_PROGRESS":  # not where it was stopped meanwhile
        _close_phase(build, status, why)
        build.update(buildStatus=status, currentPhase="COMPLETED", endTime=int(time.time()))


def _close_phase(build: Document, status: str, why: str = "") -> None:
    last = build["phases"][-1]
    if "phaseStatus" not in last:
        last.update(phaseStatus=status, endTime=int(time.time()))
        if why:
            last["contexts"] = [{"statusCode": "CLIENT_ERROR", "message": why}]
