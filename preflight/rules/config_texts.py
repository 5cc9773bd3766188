"""SEA201 and SEA298: the text of a config.pbtxt, whatever it says: whether it can be read, and is filled in."""

import re
from collections.abc import Iterator

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import config_error_of, config_of

__all__ = ["placeholder_left", "unreadable"]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_PLACEHOLDER = re.compile(r"\$\{\w+\}|\{\{[^{}]*\}\}|\{%[^{}]*%\}")
"""Of shells and of Python's string.Template; of Jinja."""
_OF_A_TEMPLATE = re.compile(r"\$\{\w+\}")
"""In a text that can be read: Jinja's braces may be a prompt's own."""
_COMMENT = re.compile(r"#[^\n]*")


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
        placeholder = _PLACEHOLDER.search(artifact.config_pbtxt)
        yield Violation(
            f"{place}: {error.reason.rstrip('.')}.",
            "protobuf text of inference.ModelConfig.",
            fix=f"Fill in {placeholder.group()} and what else the template leaves open: Triton replaces nothing."
            if placeholder
            else None,
        )


@rule(
    "SEA298",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a template that nobody has filled in",
    scope=ARTIFACT,
    source="tensorrtllm_backend, tools/fill_template.py (its configurations are templates of ${...}); Triton, "
    "common/protobuf/model_config.proto (texts are taken as they are)",
    symptom=f"The backend looks for a file, or a number, of that very name, {_NOT_LOADED}",
    fix="Fill in the template and pack the result; acknowledge this where the backend itself replaces it.",
)
def placeholder_left(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Triton replaces nothing in a configuration. Comments may hold what they like."""
    if config_of(artifact) is None:
        return
    text = _COMMENT.sub("", artifact.config_pbtxt)
    for name in dict.fromkeys(_OF_A_TEMPLATE.findall(text)):
        yield Violation(f"config.pbtxt holds {name}.", "the value that it stands for.")
