"""The models of a deployment: defaults, names, what decides an artifact."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import catalogue
import spec

ROOT = Path(spec.__file__).parents[1]


def test_defaults(valid: dict[str, Any]) -> None:
    """What a file leaves out has the documented default."""
    del valid["network"], valid["models"]["classifier"]["container"]
    deployment = spec.Deployment.model_validate(valid)
    endpoint, model = deployment.endpoints["dedicated"], deployment.models["classifier"]
    assert deployment.network.cidr == "10.0.0.0/20"
    assert deployment.network.private_link == (
        *("sagemaker.runtime", "sagemaker.api", "ecr.api", "ecr.dkr", "logs", "monitoring", "sts"),
    )
    assert deployment.network.flow_log_retention_days == 30
    assert deployment.network.acknowledge == {}
    assert model.container == spec.Container()
    assert model.container.triton_release == catalogue.DEFAULT_TRITON_RELEASE
    assert (model.container.image_uri, model.container.environment) == (None, {})
    assert model.tolerance == spec.Tolerance.model_validate({"absolute": 1e-5, "relative": 1e-4})
    assert model.export.arguments == {}
    assert model.triton.instance_group[0].count == 1
    assert model.triton.dynamic_batching is not None
    assert model.triton.dynamic_batching.max_queue_delay_microseconds == 0
    assert (endpoint.variant_name, endpoint.routing) == ("AllTraffic", "LEAST_OUTSTANDING_REQUESTS")
    assert endpoint.instances.count == 1
    assert endpoint.inference_ami_version is None
    assert endpoint.container_startup_health_check_timeout_seconds is None
    assert endpoint.model_data_download_timeout_seconds is None


def test_endpoint_name(valid: dict[str, Any]) -> None:
    """An endpoint is called <deployment>-<key>, unless it has a name of its own."""
    valid["endpoints"]["other"] = valid["endpoints"]["dedicated"] | {"endpoint_name": "own"}
    deployment = spec.Deployment.model_validate(valid)
    assert deployment.endpoint_name("dedicated") == "vision-dedicated"
    assert deployment.endpoint_name("other") == "own"
    with pytest.raises(KeyError):
        deployment.endpoint_name("none")


def test_frozen(valid: dict[str, Any]) -> None:
    """A deployment does not change once it is read."""
    deployment = spec.Deployment.model_validate(valid)
    with pytest.raises(ValidationError):
        deployment.name = "other"  # type: ignore[misc]  # what the test is about


def test_canonical_document(valid: dict[str, Any]) -> None:
    """The canonical document has the defaults filled in, and JSON can hold it."""
    model = spec.Deployment.model_validate(valid).models["classifier"]
    document = model.canonical_document()
    assert document == {
        "export": {
            "from": "examples.vision:classifier",
            "arguments": {},
            "to": "torchscript",
            "how": "trace",
        },
        "triton": {
            "max_batch_size": 16,
            "dynamic_batching": {"preferred_batch_size": [], "max_queue_delay_microseconds": 0},
            "instance_group": [{"count": 1, "kind": "KIND_GPU", "gpus": []}],
        },
        "tolerance": {"absolute": 1e-5, "relative": 1e-4},
    }
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize(
    ("section", "change", "same"),
    [
        ("container", {"environment": {"A": "b"}}, True),
        ("acknowledge", {"SEA101": "a reason that suffices"}, True),
        ("tolerance", {"absolute": 1e-5}, True),
        ("tolerance", {"absolute": 1e-6}, False),
        ("triton", {"max_batch_size": 8}, False),
    ],
)
def test_what_decides_an_artifact(
    valid: dict[str, Any], section: str, change: dict[str, Any], *, same: bool
) -> None:
    """Only what changes bytes or samples changes the canonical document; a written-out default does not."""
    before = spec.Deployment.model_validate(valid).models["classifier"].canonical_document()
    model = valid["models"]["classifier"]
    model[section] = model.get(section, {}) | change
    after = spec.Deployment.model_validate(valid).models["classifier"].canonical_document()
    assert (after == before) is same


@pytest.mark.parametrize("name", ["local", "production"])
def test_shipped_deployments_load(name: str) -> None:
    """The deployments that come with Seatrial are valid and serve both example models."""
    deployment = spec.load_deployment(ROOT / "deployments" / f"{name}.yaml").deployment
    assert deployment.name == name
    assert set(deployment.models) == {"classifier", "encoder"}
    assert {key: endpoint.model for key, endpoint in deployment.endpoints.items()} == {
        "classifier": "classifier",
        "encoder": "encoder",
    }


@pytest.mark.parametrize("name", ["local", "production"])
def test_shipped_deployments_show_both_kinds_of_volumes(name: str) -> None:
    """Each has an endpoint whose volumes take a KMS key and one whose do not."""
    deployment = spec.load_deployment(ROOT / "deployments" / f"{name}.yaml").deployment
    kinds = [catalogue.instance_type(each.instances.type) for each in deployment.endpoints.values()]
    assert {kind.takes_volume_kms_key for kind in kinds} == {True, False}


def test_local_account_exists_nowhere_else() -> None:
    """The laptop's deployment names the laptop's account."""
    deployment = spec.load_deployment(ROOT / "deployments" / "local.yaml").deployment
    assert deployment.environment.account == "000000000000"
