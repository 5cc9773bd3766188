"""The two ways that `benchmarks.components` compares."""

import json
from pathlib import Path

import pytest

from benchmarks._component_synths import new_app, synthesize

NAMES = (
    "InferenceComponentName",
    "PolicyName",
    "AlarmName",
    "LogGroupName",
    "ResourceId",
    "PrimaryContainer",
)


def resources_of(kind: str, way: str, outdir: Path) -> list[str]:
    """Return the resources of three components as sorted JSON, with their names for their logical ids."""
    [stack] = synthesize(new_app(outdir), kind, way, 3).stacks
    resources = stack.template["Resources"]
    named = {
        logical_id: next(json.dumps(each["Properties"][name]) for name in NAMES if name in each["Properties"])
        for logical_id, each in resources.items()
    }
    texts = []
    for each in resources.values():
        each.pop("Metadata", None)  # the path of its construct: CfnInclude writes none
        text = json.dumps(each, sort_keys=True)
        for logical_id, name in named.items():
            text = text.replace(f'"{logical_id}"', name)
        texts.append(text)
    return sorted(texts)


@pytest.mark.parametrize(("kind", "count"), [("complete", 7), ("bare", 3)])
def test_both_ways_give_the_same_resources(kind: str, count: int, tmp_path: Path) -> None:
    """What is compared is equal: the fleet leaves nothing out that plain L1 constructs have."""
    plain = resources_of(kind, "plain", tmp_path / "plain")
    assert len(plain) == 3 * count
    assert resources_of(kind, "fleet", tmp_path / "fleet") == plain
