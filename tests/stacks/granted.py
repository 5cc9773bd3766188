"""What templates grant, and what docs/permissions.md says that they may."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Grant", "Reviewed", "granted", "reviewed"]

ROLES, TRUST, ENDPOINTS, KEYS = (
    "What roles may do",
    "Who may assume the roles",
    "What VPC endpoints let through",
    "What keys allow",
)
CREATED = "{created}"
_DOCUMENTS = {
    ("AWS::IAM::Policy", "PolicyDocument"): ROLES,
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"): ROLES,
    ("AWS::IAM::RolePolicy", "PolicyDocument"): ROLES,
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"): TRUST,
    ("AWS::EC2::VPCEndpoint", "PolicyDocument"): ENDPOINTS,
    ("AWS::KMS::Key", "KeyPolicy"): KEYS,
}
_ELSEWHERE = "another resource's policy"


@dataclass(frozen=True, slots=True)
class Grant:
    """One action that one statement allows.

    Attributes:
        section: of docs/permissions.md that it belongs to.
        action: the action.
        on: the resource, or for trust and keys the principal.
        conditions: their keys.
    """

    section: str
    action: str
    on: str
    conditions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One line of a table of docs/permissions.md."""

    section: str
    actions: tuple[str, ...]
    on: str
    conditions: frozenset[str]
    why: str

    def covers(self, grant: Grant) -> bool:
        """Say whether the line allows ``grant``."""
        same = (self.section, self.conditions) == (grant.section, grant.conditions)
        return same and grant.action in self.actions and _pattern(self.on).fullmatch(grant.on) is not None


def granted(template: Mapping[str, Any]) -> Iterator[Grant]:
    """Yield everything that the policies of ``template`` allow, of whatever resource."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for arn in _list(properties.get("ManagedPolicyArns")):
            yield Grant(ROLES, "a managed policy", _text(arn), frozenset())
        for policy in _list(properties.get("Policies")) if resource["Type"] == "AWS::IAM::Role" else []:
            yield from _of_document(ROLES, policy["PolicyDocument"])
        for name, document in properties.items():
            if isinstance(document, dict) and "Statement" in document:
                yield from _of_document(_DOCUMENTS.get((resource["Type"], name), _ELSEWHERE), document)


def reviewed(document: str) -> Iterator[Reviewed]:
    """Yield the lines of the four tables of ``document``."""
    section = ""
    for line in document.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        if section in (ROLES, TRUST, ENDPOINTS, KEYS) and line.startswith("| `"):
            actions, on, conditions, why = line.removeprefix("|").removesuffix("|").split("|")
            yield Reviewed(
                section, tuple(_code(actions)), _code(on)[0], frozenset(_code(conditions)), why.strip()
            )


def _of_document(section: str, document: Mapping[str, Any]) -> Iterator[Grant]:
    for statement in _list(document["Statement"]):
        if statement["Effect"] != "Allow":
            continue
        conditions = frozenset(key for keys in statement.get("Condition", {}).values() for key in keys)
        principals = [
            _text(each)
            for kind in _list(statement.get("Principal"))
            for each in (_list(next(iter(kind.values()))) if isinstance(kind, dict) else [kind])
        ]
        objects = principals if section in (TRUST, KEYS) else _list(statement.get("Resource"))
        for action in [*_list(statement.get("Action")), *("not" for _ in _list(statement.get("NotAction")))]:
            for each in objects or ["everything but NotResource"]:
                yield Grant(section, action, _text(each), conditions)


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    """Return ``value`` with what CloudFormation resolves as ``{created}``, and its partition as such."""
    match value:
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(_text(part) for part in parts)
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case str():
            return value
        case _:
            return CREATED


def _pattern(on: str) -> re.Pattern[str]:
    parts = re.split(r"(<[^>]+>)", on)
    written = {"<created>": re.escape(CREATED)}
    return re.compile(
        "".join(
            written.get(part, "[^*]+") if part.startswith("<") else re.escape(part) for part in parts if part
        )
    )


def _code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)
