"""SEA201: whether the text of a config.pbtxt can be read, whatever it says."""

import re
from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import config_error_of

__all__ = ["unreadable"]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_PLACEHOLDER = re.compile(r"\$\{\w+\}|\{\{[^{}]*\}\}|\{%[^{}]*%\}")
"""Of shells and of Python's string.Template; of Jinja."""


@rule(
    "SEA201",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="config.pbtxt can't be read",
    scope=ARTIFACT,
    source="Triton, common/protobuf/model_config.proto; seen on Triton 2.51",
    symptom="The API says only 'failed to poll from model repository', the server's log alone says why, "
    + _NOT_LOADED,
    fix="Correct the file at that line; field names are those of Triton's model_config.proto.",
)
def unreadable(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Unknown fields, unknown enum values and broken syntax stop Triton from reading the file."""
    error = config_error_of(artifact)
    if error is not None:
        place = f"config.pbtxt:{error.line}:{error.column}" if error.line else "config.pbtxt"
        left = _PLACEHOLDER.search(artifact.config_pbtxt)
        yield Violation(
            f"{place}: {error.reason.rstrip('.')}.",
            "protobuf text of inference.ModelConfig.",
            fix=f"Fill in {left.group()} and all else that the template leaves open." if left else None,
        )
