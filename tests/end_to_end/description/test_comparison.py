import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.end_to_end.description.comparison import Leaf, Verdict, Whole, compare, compare_tags

_TEMPLATE: dict[str, Any] = {
    "KmsKeyId": "arn:key",
    "ProductionVariants": [
        {
            "VariantName": "AllTraffic",
            "InitialInstanceCount": 1,
            "RoutingConfig": {"RoutingStrategy": "RANDOM"},
        }
    ],
    "Subnets": ["subnet-a", "subnet-b"],
    "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B", "a:C"]}]},
}


def described() -> dict[str, Any]:
    properties = copy.deepcopy(_TEMPLATE)
    return {**properties, "PolicyDocument": Whole(properties["PolicyDocument"])}


def wrong(leaves: tuple[Leaf, ...]) -> list[tuple[str, Verdict]]:
    return [(leaf.path, leaf.verdict) for leaf in leaves if leaf.verdict is not Verdict.EQUAL]


def test_every_leaf_is_compared() -> None:
    """Nothing is passed over: each leaf of the template is in the result, a document as one."""
    leaves = compare(_TEMPLATE, described())
    assert [leaf.path for leaf in leaves] == [
        "KmsKeyId",
        "ProductionVariants[0].VariantName",
        "ProductionVariants[0].InitialInstanceCount",
        "ProductionVariants[0].RoutingConfig.RoutingStrategy",
        "Subnets[0]",
        "Subnets[1]",
        "PolicyDocument",
    ]
    assert wrong(leaves) == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("KmsKeyId", lambda found: found.update(KmsKeyId="arn:other")),
        (
            "ProductionVariants[0].InitialInstanceCount",
            lambda found: found["ProductionVariants"][0].update(InitialInstanceCount=2),
        ),
        (
            "ProductionVariants[0].RoutingConfig.RoutingStrategy",
            lambda found: found["ProductionVariants"][0]["RoutingConfig"].update(RoutingStrategy="OTHER"),
        ),
        ("Subnets[1]", lambda found: found["Subnets"].__setitem__(1, "subnet-c")),
        ("Subnets[1]", lambda found: found["Subnets"].pop()),
        ("Subnets[2]", lambda found: found["Subnets"].append("subnet-c")),
        (
            "PolicyDocument",
            lambda found: found["PolicyDocument"].value["Statement"][0].update(Action=["a:B"]),
        ),
        ("PolicyDocument", lambda found: found["PolicyDocument"].value.update(Id="more")),
    ],
)
def test_a_changed_property_is_reported_by_name(path: str, change: Any) -> None:  # noqa: ANN401 - a lambda
    """One change in what is described is one difference, with its path."""
    found = described()
    change(found)
    assert wrong(compare(_TEMPLATE, found)) == [(path, Verdict.DIFFERENT)]


@pytest.mark.parametrize(
    ("path", "remove"),
    [
        ("KmsKeyId", lambda found: found.pop("KmsKeyId")),
        ("KmsKeyId", lambda found: found.update(KmsKeyId=None)),
        (
            "ProductionVariants[0].RoutingConfig.RoutingStrategy",
            lambda found: found["ProductionVariants"][0].pop("RoutingConfig"),
        ),
        ("Subnets", lambda found: found.pop("Subnets")),
        ("PolicyDocument", lambda found: found.pop("PolicyDocument")),
    ],
)
def test_what_is_not_returned_is_reported_by_name(path: str, remove: Any) -> None:  # noqa: ANN401 - a lambda
    """A missing value is no equal one, and not the same as a different one."""
    found = described()
    remove(found)
    reported = wrong(compare(_TEMPLATE, found))
    assert reported[0][0].startswith(path)
    assert {verdict for _, verdict in reported} == {Verdict.NOT_RETURNED}


def test_defaults_that_a_call_adds_are_no_difference() -> None:
    """The template says what it wants; the rest is the service's."""
    found = described()
    found["ProductionVariants"][0]["InitialVariantWeight"] = 1.0
    found["Mode"] = "SingleModel"
    assert wrong(compare(_TEMPLATE, found)) == []


def test_a_map_of_the_users_own_has_nothing_more() -> None:
    """An environment variable that nobody declared is a difference."""
    template = {"Environment": {"A": "1"}}
    assert wrong(compare(template, {"Environment": Whole({"A": "1", "B": "2"})})) == [
        ("Environment", Verdict.DIFFERENT)
    ]


def test_the_order_of_a_list_means_nothing() -> None:
    """Structures are paired by what they hold, even where one is a part of another."""
    template = {"Rules": [{"Port": 1}, {"Port": 1, "Peer": "x"}, {"Port": 2}]}
    found = {"Rules": [{"Port": 2}, {"Port": 1, "Peer": "x"}, {"Port": 1}]}
    assert wrong(compare(template, found)) == []


def test_a_repeated_item_counts_each_time() -> None:
    """Two of a kind are not met by one."""
    assert wrong(compare({"Ids": ["a", "a"]}, {"Ids": ["a", "b"]})) == [("Ids[1]", Verdict.DIFFERENT)]


@pytest.mark.parametrize(
    ("expected", "found"), [(True, "true"), ("false", False), (30, "30"), ("1", 1.0), (1, 1.0), (0, 0)]
)
def test_numbers_and_booleans_are_compared_by_value(expected: object, found: object) -> None:
    """CloudFormation takes both as text."""
    assert wrong(compare({"Value": expected}, {"Value": found})) == []


@pytest.mark.parametrize(
    ("expected", "found"),
    [(True, "false"), (True, 1), (30, "31"), ("x", 1), (0, False), ("1", "1.0"), ({}, {"A": 1}), ([], ["a"])],
)
def test_other_values_are_different(expected: object, found: object) -> None:
    """Text that only looks alike is not equal, and what is empty is not a part of everything."""
    assert [verdict for _, verdict in wrong(compare({"Value": expected}, {"Value": found}))] == [
        Verdict.DIFFERENT
    ]


def test_a_difference_says_what_was_found() -> None:
    """Property, both values, and nothing else."""
    (leaf,) = compare({"Days": 30}, {"Days": 60})
    assert str(leaf) == "Days: different: 30 in the template, 60 described"
    (leaf,) = compare({"Days": 30}, {})
    assert str(leaf) == "Days: not returned: 30 in the template, nothing described"


def test_a_property_is_named_without_places() -> None:
    """A list of exceptions names a property of all items."""
    (leaf,) = compare({"Variants": [{"Name": "a"}]}, {"Variants": [{}]})
    assert leaf.property_path == "Variants.Name"


def test_tags_are_compared_both_ways() -> None:
    """Changed, missing and additional tags are differences; AWS's own are not ours to say."""
    found = {"a": "1", "b": "3", "d": "4", "aws:cloudformation:stack-name": "s"}
    leaves = compare_tags({"a": "1", "b": "2", "c": "3"}, found)
    assert [leaf.path for leaf in leaves] == ["Tags.a", "Tags.b", "Tags.c", "Tags.d"]
    assert [path for path, _ in wrong(leaves)] == ["Tags.b", "Tags.c", "Tags.d"]


_VALUES = st.booleans() | st.integers() | st.text(max_size=3)
_TREES = st.dictionaries(
    st.text(max_size=2),
    st.recursive(
        _VALUES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
    max_size=3,
)


def places(node: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - JSON
    """Yield the container and key of every value without members."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list) and value:
            yield from places(value)
        else:
            yield node, key


@given(_TREES, st.data())
def test_any_changed_leaf_of_any_properties_is_found(properties: dict[str, Any], data: st.DataObject) -> None:
    """What is equal is equal; whichever leaf is changed, the comparison is not."""
    found = copy.deepcopy(properties)
    assert wrong(compare(properties, found)) == []
    container, key = data.draw(st.sampled_from(list(places(found))))
    container[key] = "changed"
    assert wrong(compare(properties, found)) != []
