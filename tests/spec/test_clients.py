"""Clients and accelerators in deployment files: what may be said, and what contradicts the rest."""

from pathlib import Path

import pytest

from spec import Deployment, DeploymentFileError, parse_deployment

_FILE = """\
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "vision:classifier", to: torchscript, how: trace}
    triton: {max_batch_size: 16}
endpoints:
  dedicated:
    type: realtime
    model: classifier
    instances: {type: ml.c5.large%s}
clients:
  inside: {type: ec2, instance_type: m5.2xlarge%s}
"""


def _parsed(client: str = "", instances: str = "") -> Deployment:
    return parse_deployment(_FILE % (instances, client), Path("vision.yaml")).deployment


def _problem(client: str = "", instances: str = "") -> str:
    with pytest.raises(DeploymentFileError) as refused:
        _parsed(client, instances)
    (problem,) = refused.value.problems
    return str(problem)


def test_defaults_are_the_private_ones() -> None:
    """Without a word a client is private, may invoke everything, and has no accelerator."""
    client = _parsed().clients["inside"]
    assert (client.placement, client.image, client.endpoints) == ("private", "amazon-linux-2023", None)
    assert client.elastic_inference is None


def test_an_accelerator_is_not_acknowledged_by_default() -> None:
    """Retirement is acknowledged in so many words, on endpoints and on clients."""
    deployment = _parsed(
        ", elastic_inference: {type: eia2.xlarge, model: classifier}", ", accelerator: ml.eia2.medium"
    )
    assert deployment.realtime_endpoints["dedicated"].acknowledge_retired is False
    attached = deployment.clients["inside"].elastic_inference
    assert attached is not None
    assert (attached.acknowledge_retired, attached.ingress_cidrs, attached.count) == (False, (), 1)


def test_the_benchmarks_model_is_packaged() -> None:
    """A model that a client's accelerator alone runs counts as served."""
    text = _FILE.replace("model: classifier", "model: other") % (
        "",
        ", elastic_inference: {type: eia2.xlarge, model: classifier}",
    )
    text = text.replace(
        "endpoints:\n",
        "  other:\n    export: {from: 'vision:classifier', to: torchscript, how: trace}\n"
        "    triton: {max_batch_size: 16}\nendpoints:\n",
        1,
    ).replace("model: classifier}", "model: classifier}")
    assert parse_deployment(text, Path("vision.yaml")).deployment.served_models == {"classifier", "other"}


@pytest.mark.parametrize(
    ("client", "words"),
    [
        (", image: ubuntu", "amazon-linux-2023 or deep-learning-pytorch"),
        (", placement: outside", "private"),
        (", volume_gib: 4", "8"),
        (", endpoints: [dedicate]", "did you mean 'dedicated'?"),
        (", elastic_inference: {type: eia3.huge, model: classifier}", "eia2.medium"),
        (", elastic_inference: {type: eia2.large, model: classifer}", "did you mean 'classifier'?"),
        (
            ", placement: public, elastic_inference: {type: eia2.large, model: classifier}",
            "placement: private with elastic_inference",
        ),
        (
            ", elastic_inference: {type: eia2.large, model: classifier, ingress_cidrs: [10.0.0.300/16]}",
            "no IPv4 network",
        ),
        (
            ", elastic_inference: {type: eia2.large, model: classifier, ingress_cidrs: [10.0.0.1/16]}",
            "write the network's first address",
        ),
    ],
)
def test_what_can_not_be_is_refused_with_what_is_allowed(client: str, words: str) -> None:
    """One problem, at the value, with the way out."""
    problem = _problem(client)
    assert words in problem
    assert problem.startswith("vision.yaml:13")


def test_an_unknown_accelerator_names_the_sizes_there_were() -> None:
    """On an endpoint's instances."""
    assert "ml.eia2.medium" in _problem(instances=", accelerator: ml.eia9.medium")


def test_a_client_and_an_endpoint_can_not_share_a_stack() -> None:
    """The endpoint `client-inside` would have the stack of the client `inside`."""
    text = (_FILE % ("", "")).replace("  dedicated:", "  client-inside:")
    with pytest.raises(DeploymentFileError, match="the name of a client's: vision-client-inside"):
        parse_deployment(text, Path("vision.yaml"))
