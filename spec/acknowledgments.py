"""Acknowledgments: a finding that stays, with the reason why, at the thing it is about."""

from typing import Annotated

from pydantic import Field

from spec._base import text

__all__ = ["Acknowledgments", "Reason", "RuleId"]

RuleId = Annotated[
    str, text(r"^[!-~]+$", allowed="the id of a rule as reports print it, without spaces", maximum=256)
]
"""The id of a rule, such as ``SEA101`` or ``AwsSolutions-IAM5[Resource::*]``."""

Reason = Annotated[
    str,
    Field(min_length=10),
    text(
        r"^[^ \t\r\n][\s\S]*[^ \t\r\n]$",
        allowed="a reason of at least 10 characters, without blanks at its ends",
        maximum=1000,
    ),
]
"""Why a finding may stay: a sentence for whoever reads the file next."""

Acknowledgments = Annotated[
    dict[RuleId, Reason],
    Field(
        description="Findings that may stay: the rule's id and the reason why it does not apply here. "
        "Default: none, every finding of severity error stops the synth."
    ),
]
"""Rule ids and the reasons why their findings may stay; the findings are still reported, as acknowledged."""
