from collections.abc import Sequence
from typing import Any

import pytest

from tests.end_to_end.description.resolution import UnresolvedError, resolve


class _Known:
    """A stack with one resource."""

    def ref(self, name: str) -> object:
        known = {"Key": "key-1", "AWS::Region": "us-east-1", "AWS::AccountId": "000000000000"}
        if name not in known:
            raise UnresolvedError(name)
        return known[name]

    def attribute(self, logical_id: str, name: str) -> object:
        return f"{logical_id}-{name}"

    def export(self, name: str) -> object:
        return f"imported {name}"

    def zones(self) -> Sequence[str]:
        return ["us-east-1a", "us-east-1b"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (7, 7),
        ({"Ref": "Key"}, "key-1"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Fn::GetAtt": ["Key", "Arn"]}, "Key-Arn"),
        ({"Fn::GetAtt": "Key.Arn.Part"}, "Key-Arn.Part"),
        ({"Fn::Join": ["/", ["a", {"Ref": "Key"}, 1]]}, "a/key-1/1"),
        ({"Fn::Sub": "${Key} ${Key.Arn} ${AWS::Region} ${!Key}"}, "key-1 Key-Arn us-east-1 ${Key}"),
        ({"Fn::Sub": ["${own}-${Key}", {"own": {"Ref": "AWS::AccountId"}}]}, "000000000000-key-1"),
        ({"Fn::ImportValue": {"Fn::Sub": "net-${Key}"}}, "imported net-key-1"),
        ({"Fn::Select": ["1", {"Fn::GetAZs": ""}]}, "us-east-1b"),
        ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, ["us-east-1a", "us-east-1b"]),
        ({"Outer": [{"Inner": {"Ref": "Key"}}]}, {"Outer": [{"Inner": "key-1"}]}),
        ({"Left": 1, "Out": {"Ref": "AWS::NoValue"}}, {"Left": 1}),
        (["a", {"Ref": "AWS::NoValue"}], ["a"]),
    ],
)
def test_an_intrinsic_function_becomes_its_value(value: Any, expected: object) -> None:  # noqa: ANN401 - a template's
    """Wherever it stands, and whatever stands in it."""
    assert resolve(value, _Known()) == expected


def test_an_unknown_function_is_refused_by_name() -> None:
    """Nothing is compared unresolved."""
    with pytest.raises(
        UnresolvedError, match=r"^Fn::Split is not resolved here: teach it to resolution\.py$"
    ):
        resolve({"Deep": [{"Fn::Split": [",", "a,b"]}]}, _Known())


def test_zones_of_another_region_are_refused() -> None:
    """Only the stack's own region is described."""
    with pytest.raises(UnresolvedError, match="Fn::GetAZs of eu-west-1, another region than the stack's"):
        resolve({"Fn::GetAZs": "eu-west-1"}, _Known())


def test_what_does_not_exist_is_refused() -> None:
    """A reference to nothing is an error of the stack's."""
    with pytest.raises(UnresolvedError, match="Nothing"):
        resolve({"Ref": "Nothing"}, _Known())
