"""Templates with conditions: what they may become, whichever way their conditions go.

Source: CloudFormation User Guide, "Condition functions", Fn::If; "Pseudo parameters", AWS::NoValue.
"""

from typing import Any

from preflight.templates import SynthesizedTemplates

__all__ = ["outcomes"]

_IF = "Fn::If"
_NO_VALUE = {"Ref": "AWS::NoValue"}


def outcomes(templates: SynthesizedTemplates) -> tuple[SynthesizedTemplates, ...]:
    """Return what the templates become where every condition of an ``Fn::If`` holds, and where none does.

    Which of them hold, parameters decide at the deployment. What is wrong in both outcomes is wrong; what is
    wrong in one of them alone may never come about, such as an instance type beside a serverless
    configuration of which conditions keep one. Conditions of whole resources are left aside.

    Returns:
        The templates themselves, where no value depends on a condition.
    """
    if not any(_has_if(document) for document in templates.documents.values()):
        return (templates,)
    return tuple(
        SynthesizedTemplates({path: _resolved(each, holds) for path, each in templates.documents.items()})
        for holds in (True, False)
    )


def _has_if(value: Any) -> bool:  # noqa: ANN401 - a template's JSON
    if isinstance(value, dict):
        return _IF in value or any(map(_has_if, value.values()))
    return isinstance(value, list) and any(map(_has_if, value))


def _resolved(value: Any, holds: bool) -> Any:  # noqa: ANN401, FBT001 - a template's JSON; asked for each value
    match value:
        case {"Fn::If": [_, if_true, if_false]} if len(value) == 1:
            return _resolved(if_true if holds else if_false, holds)
        case dict():
            parts = {key: _resolved(each, holds) for key, each in value.items()}
            return {key: each for key, each in parts.items() if each != _NO_VALUE}
        case list():
            return [each for each in (_resolved(one, holds) for one in value) if each != _NO_VALUE]
    return value
