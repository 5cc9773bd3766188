"""Quotas of the account, as a deployment file knows them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from catalogue.quotas import ACTIVE_INSTANCES_QUOTA, instance_type_quota
from spec import Deployment, Problem

OnlyProblem = Callable[[str], Problem]


def test_quotas_by_their_names(valid: dict[str, Any]) -> None:
    """As Service Quotas calls them; none are known by default."""
    assert Deployment.model_validate_json(json.dumps(valid)).environment.quotas == {}
    given = {instance_type_quota("ml.g5.xlarge"): 2, ACTIVE_INSTANCES_QUOTA: 0}
    valid["environment"]["quotas"] = given
    assert Deployment.model_validate_json(json.dumps(valid)).environment.quotas == given


@pytest.mark.parametrize(
    "name", ["ml.g5.xlarge", "ml.g5.xlarge for training job usage", "g5.xlarge for endpoint usage"]
)
def test_other_quotas(valid: dict[str, Any], only_problem_of: OnlyProblem, name: str) -> None:
    """Quotas that endpoints don't count against are refused by name."""
    valid["environment"]["quotas"] = {name: 1}
    problem = only_problem_of(json.dumps(valid))
    assert problem.allowed.startswith("the name of a quota of endpoints:")


def test_a_negative_quota(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """0 is none at all."""
    valid["environment"]["quotas"] = {ACTIVE_INSTANCES_QUOTA: -1}
    assert only_problem_of(json.dumps(valid)).allowed == "a whole number from 0"


def test_an_instance_type_that_there_is_not(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """The name's form is right, and the type misspelt."""
    valid["environment"]["quotas"] = {"ml.g5.xlrage for endpoint usage": 1}
    problem = only_problem_of(json.dumps(valid))
    assert problem.what == "there is no instance type 'ml.g5.xlrage'"
    assert "ml.g5.xlarge" in problem.fix
