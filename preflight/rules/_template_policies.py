"""Policy documents of templates: what their statements allow.

Conditions are left aside: a statement with one allows what it allows to whoever meets it. Source: IAM user
guide, "IAM JSON policy elements reference"; wildcards, "IAM JSON policy elements: Resource".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from preflight.rules._template_references import References

__all__ = ["Statement", "allows", "statements_of"]

_PARTITION = re.compile(r"^arn:[^:]+:")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        effect: ``Allow`` or ``Deny``.
        actions: as written, with wildcards.
        resources: likewise; none in a trust policy.
        services: the service principals that it is about.
        accounts: the other principals that it is about.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    services: tuple[str, ...]
    accounts: tuple[str, ...]


def statements_of(references: References, path: str, document: Any) -> Iterator[Statement]:  # noqa: ANN401 - a template's JSON
    """Yield the statements of a policy document in the template at ``path``."""
    written = document.get("Statement", []) if isinstance(document, dict) else []
    for each in written if isinstance(written, list) else [written]:
        if isinstance(each, dict):
            yield _statement(references, path, each)


def allows(statements: Iterable[Statement], action: str, resource: str = "*") -> bool:
    """Return whether the statements allow ``action`` on all that ``resource`` names, or on a part of it.

    A resource with a wildcard of its own is admitted by one that is as wide or wider.
    """
    allowed = [each for each in statements if _concerns(each, action, resource)]
    return bool(allowed) and all(each.effect == "Allow" for each in allowed)


def _concerns(statement: Statement, action: str, resource: str) -> bool:
    return any(_pattern(each.lower()).fullmatch(action.lower()) for each in statement.actions) and any(
        _pattern(_comparable(each)).fullmatch(_comparable(resource)) for each in statement.resources
    )


def _comparable(arn: str) -> str:
    return _PARTITION.sub("arn:", arn)


@cache
def _pattern(wildcards: str) -> re.Pattern[str]:
    return re.compile(re.escape(wildcards).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _statement(references: References, path: str, written: Mapping[str, Any]) -> Statement:
    principal = written.get("Principal", {})
    by_kind = principal if isinstance(principal, dict) else {"AWS": principal}
    return Statement(
        effect=str(written.get("Effect")),
        actions=references.texts(path, written.get("Action")),
        resources=references.texts(path, written.get("Resource")),
        services=references.texts(path, by_kind.get("Service")),
        accounts=references.texts(path, by_kind.get("AWS")),
    )
