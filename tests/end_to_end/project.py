"""A copy of the checkout that a test may change, deploy and break."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.aws.client import LocalAws

DEPLOYMENT = "deployments/local.yaml"
TIMEOUT_SECONDS = 280


@dataclass(frozen=True)
class Project:
    """A copy of the checkout with state, builds and ports of its own; the environments are the checkout's."""

    root: Path
    port: int

    @property
    def variables(self) -> dict[str, str]:
        own = {"SEATRIAL_LOCAL_PORT": str(self.port), "SEATRIAL_LOCAL_RUNTIME_PORT": str(self.port + 1)}
        return {**os.environ, **own, "CDK_DISABLE_CLI_TELEMETRY": "true"}

    @property
    def local_aws(self) -> LocalAws:
        return LocalAws(self.root, port=self.port, runtime_port=self.port + 1)

    def seatrial(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "-m", "cli", *arguments], self.variables)

    def document(self, *arguments: str) -> dict[str, Any]:
        """Run a seatrial command that must succeed, and return its JSON document."""
        finished = self.seatrial(*arguments, "--json")
        assert finished.returncode == 0, finished.stderr
        document: dict[str, Any] = json.loads(finished.stdout)
        return document

    def cdk(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the CDK CLI in the copy's root, or in a folder that has no cdk.json: then without the app."""
        program = Path(sys.executable).with_name("cdk")
        quiet = ["--no-notices", "--no-version-reporting", "--no-color"]
        variables = {**self.variables, **self.local_environment()}
        return self._run([str(program), *arguments, *quiet], variables, folder)

    def local_environment(self) -> dict[str, str]:
        variables: dict[str, str] = self.document("local", "env")
        return variables

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        variables = self.local_environment()
        variable = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=variables.get(variable, variables["AWS_ENDPOINT_URL"]),
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"max_attempts": 0}, read_timeout=70, max_pool_connections=32),
        )

    def replace_in_deployment(self, old: str, new: str, deployment: str = DEPLOYMENT) -> None:
        path = self.root / deployment
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _run(
        self, command: list[str], variables: dict[str, str], folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder or self.root,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )


def free_port_pair() -> int:
    """Return a port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
