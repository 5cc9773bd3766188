"""Everything of a deployment that answers is asked."""

from pathlib import Path

from local.rehearsal.targets import targets_of
from spec import load_deployment

ROOT = Path(__file__).parents[3]


def test_realtime_endpoints_are_asked_by_their_key() -> None:
    """One target for each endpoint, in the file's order."""
    targets = targets_of(load_deployment(ROOT / "deployments" / "local.yaml").deployment)
    assert [(each.label, each.endpoint_name, each.component_name) for each in targets] == [
        ("classifier", "local-classifier", None),
        ("encoder", "local-encoder", None),
    ]


def test_components_are_asked_one_by_one() -> None:
    """A shared endpoint answers for each of its components."""
    deployment = load_deployment(ROOT / "deployments" / "components.yaml").deployment
    (key,) = deployment.component_endpoints
    targets = targets_of(deployment)
    assert [each.label for each in targets] == [
        f"{key}.{name}" for name in deployment.component_endpoints[key].components
    ]
    assert {each.endpoint_name for each in targets} == {deployment.endpoint_name(key)}
    assert all(each.component_name for each in targets)
