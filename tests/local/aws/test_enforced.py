"""What rules call enforced by AWS itself, the laptop's AWS refuses, without knowing a single rule."""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError

import preflight.rules  # noqa: F401 - registers the rules
from preflight.registry import REGISTRY
from preflight.rule import TEMPLATE, Enforcer
from preflight.templates import SynthesizedTemplates
from tests.local.aws.account import Account
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.enforced.account import prepare
from tests.local.aws.enforced.account_cases import ACCOUNT_CASES
from tests.local.aws.enforced.case import CallCase, Case, deploy, update
from tests.local.aws.enforced.component_cases import COMPONENT_CASES
from tests.local.aws.enforced.config_cases import CONFIG_CASES
from tests.local.aws.enforced.deployment_cases import DEPLOYMENT_CASES
from tests.local.aws.enforced.model_cases import MODEL_CASES
from tests.local.aws.enforced.network_cases import NETWORK_CASES
from tests.local.aws.enforced.quota_cases import QUOTA_CASES
from tests.local.aws.enforced.scaling_cases import SCALING_CASES
from tests.local.aws.enforced.serving_cases import SERVING_CASES
from tests.local.aws.enforced.stack_cases import STACK_CASES
from tests.local.aws.enforced.update_cases import UPDATE_CASES

CASES = (
    *MODEL_CASES,
    *CONFIG_CASES,
    *COMPONENT_CASES,
    *UPDATE_CASES,
    *SCALING_CASES,
    *NETWORK_CASES,
    *STACK_CASES,
)
CALL_CASES = (*DEPLOYMENT_CASES, *QUOTA_CASES, *SERVING_CASES, *ACCOUNT_CASES)
EVERY_CASE: tuple[Case | CallCase, ...] = (*CASES, *CALL_CASES)

_SERVER = Path(__file__).resolve().parents[3] / "local" / "aws" / "server"
_NOT_ITS_BUSINESS = {"catalogue", "preflight", "seatrial_hosting", "spec", "stacks"}


def _numbered(cases: Iterable[Case | CallCase]) -> list[str]:
    """Return each case's rule, with a number where there are several of it."""
    seen: dict[str, int] = {}
    names = []
    for case in cases:
        seen[case.rule] = seen.get(case.rule, 0) + 1
        names.append(case.rule if seen[case.rule] == 1 else f"{case.rule}-{seen[case.rule]}")
    return names


def _finds(rule_id: str, template: dict[str, Any]) -> int:
    (rule,) = (each for each in REGISTRY.rules(TEMPLATE) if each.id == rule_id)
    return len(list(rule.check(SynthesizedTemplates({"out/App.template.json": template}))))


def test_every_rule_that_a_service_enforces_has_a_case() -> None:
    """A rule is marked so as AWS refuses what it finds: here is the proof."""
    marked = {rule.id for rule in REGISTRY.rules() if rule.enforced_by is Enforcer.SERVICE}
    proved = {case.rule for case in EVERY_CASE}
    assert marked - proved == set(), "rules without a case"
    assert proved - marked == set(), "cases of rules that nobody calls enforced by a service"


def test_the_server_knows_no_rule() -> None:
    """It takes AWS's models and documents at their word: it imports nothing that rules are made of."""
    for path in _SERVER.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            name.split(".", maxsplit=1)[0]
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert not imported & _NOT_ITS_BUSINESS, path


@pytest.mark.parametrize("case", CASES, ids=_numbered(CASES))
def test_the_rule_finds_what_is_refused(case: Case) -> None:
    """The rule has something to say of the template that is refused, and nothing of the repaired one."""
    assert _finds(case.rule, case.template())
    assert not _finds(case.rule, case.repaired())


@pytest.fixture(scope="module")
def prepared(account: Account) -> Account:
    """The local account, with what the cases need in it."""
    prepare(account)
    return account


@pytest.mark.integration
@pytest.mark.parametrize("case", CASES, ids=_numbered(CASES))
def test_a_stack_of_it_is_refused(case: Case, prepared: Account) -> None:
    """The stack fails in AWS's words; repaired it is created, or fails for something else."""
    if case.before is None:
        refused, taken = deploy(prepared, case.template()), deploy(prepared, case.repaired())
        done = "CREATE_COMPLETE"
    else:
        before = {"Resources": dict(case.before)}
        refused, taken = (
            update(prepared, before, case.template()),
            update(prepared, before, case.repaired()),
        )
        done = "UPDATE_COMPLETE"
    assert refused.status in {"REFUSED", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
    assert case.words in refused.reasons
    assert case.words not in taken.reasons
    if case.finishes:
        assert taken.status == done, taken.reasons


@pytest.mark.integration
@pytest.mark.parametrize("case", CALL_CASES, ids=_numbered(CALL_CASES))
def test_a_request_of_it_is_refused(case: CallCase, prepared: Account, hosting: ComponentAccount) -> None:
    """The request is refused in AWS's words; that of a deployment which keeps the rule is taken."""
    assert hosting.account is prepared
    with pytest.raises((ClientError, HTTPClientError)) as refused:
        case.refused(hosting)
    assert case.words in str(refused.value)
    case.taken(hosting)
