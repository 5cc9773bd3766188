"""Everything of a deployment that answers is asked."""

from dataclasses import replace
from pathlib import Path

from local.rehearsal.targets import part_of, signature_of, target_model_of, targets_of
from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    Layout,
    Manifest,
    Provenance,
    Signature,
    TensorSpec,
)
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


def test_several_models_are_asked_one_by_one_or_in_a_row() -> None:
    """By model, by container, and through all containers at once."""
    deployment = load_deployment(ROOT / "deployments" / "several-models.yaml").deployment
    targets = targets_of(deployment)
    assert [(each.label, each.models, each.container_hostname, each.is_multi_model) for each in targets] == [
        ("many.one", ("one",), None, True),
        ("many.two", ("two",), None, True),
        ("many.three", ("three",), None, True),
        ("side-by-side.one", ("one",), "one", False),
        ("side-by-side.two", ("two",), "two", False),
        ("in-a-row", ("scaler", "scorer"), None, False),
    ]
    assert [part_of(each) for each in deployment.endpoints.values()] == ["model", "container", None]


def test_a_request_through_several_models_is_the_firsts_and_its_answer_the_lasts() -> None:
    """The signature of the whole."""
    first, last = manifest("a", TensorSpec("row", "FP32", (6,))), manifest("b", TensorSpec("x", "FP32", (2,)))
    assert signature_of([first, last]) == Signature(
        first.signature.inputs, last.signature.outputs, batched=True
    )
    assert signature_of([first]) == first.signature


def test_a_multi_model_endpoint_is_asked_by_the_archive() -> None:
    """It is called by its content key, below the endpoint's prefix."""
    deployment = load_deployment(ROOT / "deployments" / "several-models.yaml").deployment
    many, *_, row = targets_of(deployment)
    archived = manifest("a", TensorSpec("row", "FP32", (6,)))
    assert target_model_of(many, [archived]) == "a.tar.gz"
    assert target_model_of(row, [archived]) is None
    assert target_model_of(replace(many, is_multi_model=False), [archived]) is None


def manifest(key: str, tensor: TensorSpec) -> Manifest:
    return Manifest(
        model="m",
        layout=Layout.PYTORCH,
        format="torchscript",
        max_batch_size=4,
        signature=Signature((tensor,), (TensorSpec(f"{key}-out", "FP32", (1,)),), batched=True),
        files=(),
        archive=ArchiveRecord(f"{key}.tar.gz", 1),
        samples=None,
        content_key=key,
        build_inputs=BuildInputs("", (), ()),
        findings=(),
        provenance=Provenance((), "linux-x86_64", None),
    )
