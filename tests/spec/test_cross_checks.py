"""What one part of a file says about another: one test per message, and none where all is well."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from spec import Problem

Refused = Callable[[tuple[str | int, ...], object], Problem]
OnlyProblem = Callable[[str], Problem]
Problems = Callable[[str], tuple[Problem, ...]]

CLASSIFIER = ("models", "classifier")
DEDICATED = ("endpoints", "dedicated")


def test_valid_document_has_no_problem(valid: dict[str, Any], problems_of: Problems) -> None:
    """The document that the other tests change is valid."""
    assert problems_of(json.dumps(valid)) == ()


def test_endpoint_of_an_unknown_model(refused: Refused) -> None:
    """An endpoint's model must be there; a near name is asked after."""
    problem = refused((*DEDICATED, "model"), "clasifier")
    assert problem.path == "endpoints.dedicated.model"
    assert problem.value == "clasifier"
    assert problem.what == "there is no model 'clasifier'"
    assert problem.allowed == "a key under models: classifier"
    assert problem.fix == "did you mean 'classifier'?"


def test_endpoint_of_a_model_like_none(refused: Refused) -> None:
    """Where no model's name is near, the fix is to add or rename."""
    assert refused((*DEDICATED, "model"), "zzz").fix == "add it under models, or name one of these"


def test_unused_model_is_fine(valid: dict[str, Any], problems_of: Problems) -> None:
    """A model without an endpoint is packaged and nothing else."""
    valid["endpoints"] = {}
    assert problems_of(json.dumps(valid)) == ()


def test_preferred_batch_above_the_maximum(refused: Refused) -> None:
    """Every preferred batch size above max_batch_size is a problem of its own place in the list."""
    problem = refused((*CLASSIFIER, "triton", "dynamic_batching"), {"preferred_batch_size": [8, 16, 32]})
    assert problem.path == "models.classifier.triton.dynamic_batching.preferred_batch_size[2]"
    assert problem.what == "the preferred batch size 32 is above max_batch_size 16"
    assert (problem.allowed, problem.fix) == ("from 1 to 16", "lower it, or raise max_batch_size")


def test_preferred_batch_without_batches(refused: Refused) -> None:
    """A model without a batch dimension has no preferred batch size."""
    triton = {"max_batch_size": 0, "dynamic_batching": {"preferred_batch_size": [1]}}
    problem = refused((*CLASSIFIER, "triton"), triton)
    assert problem.allowed == "none, since max_batch_size 0 means no batches"


def test_gpus_on_the_cpu(refused: Refused) -> None:
    """GPUs can't be named for instances on the CPU: Triton refuses such a group."""
    problem = refused((*CLASSIFIER, "triton", "instance_group"), [{"kind": "KIND_CPU", "gpus": [0]}])
    assert problem.path == "models.classifier.triton.instance_group[0].gpus"
    assert problem.what == "GPUs are named for a group of KIND_CPU"
    assert problem.allowed == "gpus only with KIND_GPU or KIND_AUTO"
    assert problem.fix == "remove gpus, or change kind"


def test_zone_of_another_region(refused: Refused) -> None:
    """Every zone belongs to the deployment's region."""
    problem = refused(("environment", "availability_zones"), ["eu-west-1a", "us-east-1b"])
    assert problem.path == "environment.availability_zones[1]"
    assert problem.what == "'us-east-1b' is no zone of eu-west-1"
    assert problem.allowed == "eu-west-1 and one letter, such as eu-west-1a"
    assert problem.fix == "name a zone of the region, or change the region"


def test_zones_of_an_unknown_region(refused: Refused) -> None:
    """While the region itself is wrong, nothing is said about its zones."""
    assert refused(("environment", "region"), "eu-west-9").path == "environment.region"


def test_network_too_small_for_its_zones(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """Every zone gets an eighth, and a subnet needs at least a /28."""
    valid["network"]["cidr"] = "10.0.0.0/26"
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "network.cidr"
    assert problem.allowed.startswith("an IPv4 network in CIDR notation between /16 and /25 (10.0.0.0/20)")


def test_smallest_network(valid: dict[str, Any], problems_of: Problems) -> None:
    """An eighth of a /25 is a /28."""
    valid["network"]["cidr"] = "10.0.0.0/25"
    assert problems_of(json.dumps(valid)) == ()


def test_two_images(refused: Refused) -> None:
    """A release and an image of one's own exclude each other."""
    container = {"triton_release": "24.09", "image_uri": "registry.example/triton:24.09"}
    problem = refused((*CLASSIFIER, "container"), container)
    assert problem.path == "models.classifier.container.image_uri"
    assert problem.what == "both triton_release and image_uri name an image"
    assert (problem.allowed, problem.fix) == ("one of the two", "remove triton_release, or image_uri")


@pytest.mark.parametrize(
    "image", ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/own/triton:1", f"host:5000/a@sha256:{'0' * 64}"]
)
def test_own_image(valid: dict[str, Any], problems_of: Problems, image: str) -> None:
    """An image of one's own is named by tag or by digest."""
    valid["models"]["classifier"]["container"]["image_uri"] = image
    assert problems_of(json.dumps(valid)) == ()


def test_release_that_is_not_in_the_region(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A release that AWS does not publish in the region is refused with those it does."""
    valid["environment"] |= {"region": "cn-north-1", "availability_zones": ["cn-north-1a", "cn-north-1b"]}
    valid["models"]["classifier"]["container"]["triton_release"] = "25.09"
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "models.classifier.container.triton_release"
    assert problem.what == "AWS publishes no Triton image 25.09 for SageMaker in cn-north-1"
    assert problem.allowed == "23.12, 24.01, 24.03, 24.05, 24.09, 25.04, or image_uri"
    assert problem.fix == (
        "mirror the image into a registry of your own in that region and name it with image_uri"
    )


def test_region_without_images(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """In GovCloud even the default release is missing, and image_uri is the way."""
    zones = ["us-gov-west-1a", "us-gov-west-1b"]
    valid["environment"] |= {"region": "us-gov-west-1", "availability_zones": zones}
    assert only_problem_of(json.dumps(valid)).allowed == "image_uri: AWS publishes none there"


def test_large_environment(refused: Refused) -> None:
    """All environment variables together have at most 32 KB."""
    environment = {f"NAME_{number:02}": "é" * 512 for number in range(40)}
    problem = refused((*CLASSIFIER, "container", "environment"), environment)
    assert problem.path == "models.classifier.container.environment"
    assert problem.what == "keys and values have 41240 bytes together"
    assert problem.allowed == "at most 32768 bytes together"
    assert problem.fix == "shorten them, or put files into the image"


def test_endpoint_called_network(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """No endpoint's stack takes the name of the network's."""
    valid["endpoints"]["network"] = valid["endpoints"].pop("dedicated")
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "endpoints.network"
    assert problem.what == "the stack of this endpoint would have the name of the network's: vision-network"
    assert (problem.allowed, problem.fix) == ("any key but network", "rename the endpoint")


def test_default_endpoint_name_too_long(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """The name that an endpoint gets by default keeps SageMaker's limit."""
    valid["name"], name = "v" * 54, f"{'v' * 54}-dedicated"
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "endpoints.dedicated"
    assert problem.what == f"the endpoint's name would be {name!r}, 64 characters"
    assert problem.allowed == "at most 63 characters"
    assert problem.fix == "shorten the key or the deployment's name, or give endpoint_name"


def test_given_endpoint_name_replaces_a_long_default(valid: dict[str, Any], problems_of: Problems) -> None:
    """With a name of its own, an endpoint does not care for the default's length."""
    valid["name"] = "v" * 60
    valid["endpoints"]["dedicated"]["endpoint_name"] = "short"
    assert problems_of(json.dumps(valid)) == ()


def test_endpoint_names_differ_by_more_than_case(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """SageMaker's endpoint names are unique whatever the case."""
    valid["endpoints"]["other"] = valid["endpoints"]["dedicated"] | {"endpoint_name": "Vision-Dedicated"}
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "endpoints.other"
    assert problem.what == "its name 'Vision-Dedicated' is also that of the endpoint 'dedicated'"
    assert problem.allowed == "names that differ by more than upper and lower case"
    assert problem.fix == "change the key or endpoint_name of one of the two"


def test_contradictions_are_found_beside_wrong_values(valid: dict[str, Any], problems_of: Problems) -> None:
    """YAML-level problems, wrong values and contradictions are reported together, in the file's order."""
    valid["endpoints"]["dedicated"] |= {"model": "other", "routing": "ROUND_ROBIN"}
    valid["environment"]["availability_zones"] = ["eu-west-1a", "us-east-1a"]
    text = json.dumps(valid, indent=1).replace('"name": "vision"', '"name": &n "vision"')
    assert [each.path for each in problems_of(text)] == [
        "name",
        "environment.availability_zones[1]",
        "endpoints.dedicated.model",
        "endpoints.dedicated.routing",
    ]
