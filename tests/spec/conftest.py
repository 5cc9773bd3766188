"""A valid deployment to change, and what the loader says about the change."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spec import DeploymentFileError, Problem, parse_deployment

FILE = Path("deployments/test.yaml")

_VALID: dict[str, Any] = {
    "name": "vision",
    "environment": {
        "account": "123456789012",
        "region": "eu-west-1",
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
    },
    "security": {},
    "network": {},
    "models": {
        "classifier": {
            "export": {"from": "examples.vision:classifier", "to": "torchscript", "how": "trace"},
            "triton": {
                "max_batch_size": 16,
                "dynamic_batching": {},
                "instance_group": [{"kind": "KIND_GPU"}],
            },
            "container": {},
            "tolerance": {},
        }
    },
    "endpoints": {
        "dedicated": {"type": "realtime", "model": "classifier", "instances": {"type": "ml.g5.xlarge"}}
    },
}


@pytest.fixture
def valid() -> dict[str, Any]:
    """Return a valid document, the test's own to change."""
    return copy.deepcopy(_VALID)


@pytest.fixture
def problems_of() -> Callable[[str], tuple[Problem, ...]]:
    """Return what asks the loader for all problems of a text; none where it loads."""

    def ask(text: str) -> tuple[Problem, ...]:
        try:
            parse_deployment(text, FILE)
        except DeploymentFileError as error:
            return error.problems
        return ()

    return ask


@pytest.fixture
def only_problem_of(problems_of: Callable[[str], tuple[Problem, ...]]) -> Callable[[str], Problem]:
    """Return what asks the loader for the one problem of a text."""

    def ask(text: str) -> Problem:
        problems = problems_of(text)
        assert len(problems) == 1, [str(each) for each in problems]
        return problems[0]

    return ask


@pytest.fixture
def refused(
    valid: dict[str, Any], only_problem_of: Callable[[str], Problem]
) -> Callable[[tuple[str | int, ...], object], Problem]:
    """Return what sets one value of the valid document and asks for the one problem that this makes."""

    def change(path: tuple[str | int, ...], value: object) -> Problem:
        target: Any = valid
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value
        return only_problem_of(json.dumps(valid))

    return change
