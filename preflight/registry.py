"""The one registry of rules."""

import re
from collections.abc import Callable
from typing import Any, TypeVar, overload

from preflight.errors import RegistryError
from preflight.finding import Severity
from preflight.rule import (
    ACCOUNT,
    ACKNOWLEDGMENT,
    ARTIFACT,
    BARE,
    DEPLOYMENT,
    TEMPLATE,
    TEMPLATE_ACKNOWLEDGMENT,
    TRIAL,
    Check,
    Enforcer,
    Rule,
    Scope,
    SeenAfter,
    Surrounding,
)
from spec import Model

__all__ = ["REGISTRY", "Registry", "rule", "rules"]

EvidenceT = TypeVar("EvidenceT")

_RULE_ID = re.compile(r"SEA[1-9][0-9]{2}")


class Registry:
    """Rules by id. Seatrial has one, ``REGISTRY``; tests make their own.

    Example:
        >>> registry = Registry(scopes=(ARTIFACT,))
        >>> @registry.rule(
        ...     "SEA199",
        ...     severity=Severity.ERROR,
        ...     enforced_by=Enforcer.SERVER,
        ...     seen_after=SeenAfter.AFTER_START_UP,
        ...     title="the archive is empty",
        ...     scope=ARTIFACT,
        ...     source="Triton, model repository, repository layout",
        ...     symptom="the container exits and the endpoint fails",
        ...     fix="package the model again",
        ... )
        ... def empty_archive(artifact):
        ...     if not artifact.files:
        ...         yield Violation("The archive holds no file.", "a model folder.")
    """

    def __init__(self, scopes: tuple[Scope[Any], ...]) -> None:
        self._scopes = scopes
        self._rules: dict[str, Rule[Any]] = {}

    def rule(
        self,
        rule_id: str,
        *,
        severity: Severity,
        enforced_by: Enforcer,
        seen_after: SeenAfter,
        title: str,
        scope: Scope[EvidenceT],
        source: str,
        symptom: str,
        fix: str,
        settled_by: Callable[[Model], bool] | None = None,
        of_bare: tuple[Surrounding, ...] | None = None,
        may_be_acknowledged: bool = True,
    ) -> Callable[[Check[EvidenceT]], Check[EvidenceT]]:
        """Register the decorated function as the rule ``rule_id``; the arguments are ``Rule``'s attributes.

        Raises:
            RegistryError: the id is malformed or taken, or the scope is none of this registry's.
        """
        self._require_registrable(rule_id, scope)

        def register(check: Check[EvidenceT]) -> Check[EvidenceT]:
            self._rules[rule_id] = Rule(
                id=rule_id,
                severity=severity,
                enforced_by=enforced_by,
                seen_after=seen_after,
                title=title,
                scope=scope,
                source=source,
                symptom=symptom,
                fix=fix,
                check=check,
                settled_by=settled_by,
                of_bare=of_bare,
                may_be_acknowledged=may_be_acknowledged,
            )
            return check

        return register

    def find(self, rule_id: str) -> Rule[Any] | None:
        """Return the rule ``rule_id``, or None where there is no such rule."""
        return self._rules.get(rule_id)

    @overload
    def rules(self) -> tuple[Rule[Any], ...]: ...

    @overload
    def rules(self, scope: Scope[EvidenceT]) -> tuple[Rule[EvidenceT], ...]: ...

    def rules(self, scope: Scope[Any] | None = None) -> tuple[Rule[Any], ...]:
        """Return the rules of ``scope``, or all, in the order of their ids."""
        chosen = (each for _, each in sorted(self._rules.items()))
        return tuple(each for each in chosen if scope is None or each.scope is scope)

    def _require_registrable(self, rule_id: str, scope: Scope[Any]) -> None:
        if not _RULE_ID.fullmatch(rule_id):
            raise RegistryError(
                f"rule id {rule_id!r} is malformed; allowed: SEA and three digits, the first not 0"
            )
        if (taken := self._rules.get(rule_id)) is not None:
            raise RegistryError(
                f"rule id {rule_id!r} is taken by {taken.title!r}; take a free one: ids are never reused"
            )
        if not any(scope is known for known in self._scopes):
            names = ", ".join(known.name for known in self._scopes)
            raise RegistryError(f"rule {rule_id}: scope {scope.name!r} is unknown; allowed: {names}")


REGISTRY = Registry(
    scopes=(ARTIFACT, BARE, DEPLOYMENT, TEMPLATE, TRIAL, ACCOUNT, TEMPLATE_ACKNOWLEDGMENT, ACKNOWLEDGMENT)
)
"""Every rule of Seatrial, once ``preflight.rules`` is imported (importing ``preflight`` does that)."""

rule = REGISTRY.rule
rules = REGISTRY.rules
