"""Where CloudFormation has inference components."""

import json
from collections.abc import Iterator
from importlib import resources

import catalogue


def test_regions_are_known_ones() -> None:
    """24 regions, sorted, each one of the catalogue's."""
    regions = catalogue.inference_component_regions()
    assert len(regions) == 24
    assert list(regions) == sorted(set(regions))
    assert set(regions) <= {each.name for each in catalogue.regions()}
    assert "us-west-1" not in regions


def test_regions_are_cfn_lints() -> None:
    """The table agrees with the resource specifications by region that cfn-lint carries."""
    found = {
        name.removesuffix(".json")
        for name, text in _specifications()
        if "AWS::SageMaker::InferenceComponent" in json.loads(text)
    }
    assert found == set(catalogue.inference_component_regions())


def _specifications() -> Iterator[tuple[str, str]]:
    for file in (resources.files("cfnlint") / "data" / "schemas" / "providers").iterdir():
        if file.name.endswith(".json"):
            yield file.name, file.read_text(encoding="utf-8")
