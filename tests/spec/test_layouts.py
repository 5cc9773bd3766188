"""A model's layout, Triton's or PyTorch's, and the images that fit it: one test per message."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import catalogue
from spec import Model, Problem, PyTorchServing, parse_deployment
from tests.spec.conftest import FILE

OnlyProblem = Callable[[str], Problem]
Problems = Callable[[str], tuple[Problem, ...]]
CLASSIFIER = "models.classifier"


@pytest.fixture
def model(valid: dict[str, Any]) -> dict[str, Any]:
    """The section of a model in the PyTorch layout, part of ``valid``."""
    section: dict[str, Any] = valid["models"]["classifier"]
    del section["triton"]
    section["pytorch"] = {"max_batch_size": 8}
    return section


def loaded(valid: dict[str, Any]) -> Model:
    return parse_deployment(json.dumps(valid), FILE).deployment.models["classifier"]


def test_pytorch_instead_of_triton(valid: dict[str, Any], model: dict[str, Any]) -> None:
    """The section alone is enough; its defaults are Seatrial's entry point and the newest image."""
    assert model["pytorch"] == {"max_batch_size": 8}
    found = loaded(valid)
    assert (found.layout, found.max_batch_size, found.instance_groups) == ("pytorch", 8, ())
    assert found.pytorch == PyTorchServing(max_batch_size=8)
    assert found.container.pytorch_release == catalogue.DEFAULT_PYTORCH_RELEASE
    assert found.container.elastic_inference_release is None


def test_the_artifact_depends_on_its_own_section_alone(valid: dict[str, Any], model: dict[str, Any]) -> None:
    """What decides the artifact names the layout's section and not the other's, nor the image."""
    before = loaded(valid).canonical_document()
    assert set(before) == {"export", "pytorch", "tolerance"}
    model["container"]["pytorch_release"] = "2.5.1"
    assert loaded(valid).canonical_document() == before


def test_both_layouts(valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A model has one archive, so it has one layout."""
    model["triton"] = {"max_batch_size": 8}
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == f"{CLASSIFIER}.pytorch"
    assert problem.what == "the model has both `triton` and `pytorch`"
    assert (problem.allowed, problem.fix) == ("exactly one of the two", "remove `triton`, or `pytorch`")


@pytest.mark.parametrize("rest", [{}, {"triton": None}, {"pytorch": None}])
def test_no_layout(
    valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem, rest: dict[str, Any]
) -> None:
    """Nothing says how the model is served; a key without a value says nothing either."""
    del model["pytorch"]
    model |= rest
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == CLASSIFIER
    assert problem.what == "the model has neither `triton` nor `pytorch`"
    assert problem.fix == "add `triton:` for a Triton image, or `pytorch:` for a SageMaker PyTorch image"


def test_defaults_and_an_entry_point(
    valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem
) -> None:
    """An entry point of one's own and an empty one exclude each other."""
    model["pytorch"] |= {"default_handlers": True, "entry_point": "handlers.py"}
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == f"{CLASSIFIER}.pytorch.entry_point"
    assert problem.what == "both default_handlers and entry_point say what the entry point is"


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside.py", "a//b.py", ".hidden.py"])
def test_an_entry_point_is_a_file_of_the_project(
    valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem, path: str
) -> None:
    """No path leads out of the project."""
    model["pytorch"]["entry_point"] = path
    problem = only_problem_of(json.dumps(valid))
    assert problem.what == f'"{path}" does not have the right form'


def test_a_triton_release_for_pytorch(
    valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem
) -> None:
    """Triton's image can't read the layout."""
    model["container"]["triton_release"] = "24.09"
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == f"{CLASSIFIER}.container.triton_release"
    assert problem.what == "triton_release is for models with `triton`; this one has `pytorch`"
    assert problem.allowed == "pytorch_release or elastic_inference_release, or image_uri"


@pytest.mark.parametrize(
    ("key", "release"), [("pytorch_release", "2.6.0"), ("elastic_inference_release", "1.5.1")]
)
def test_a_pytorch_release_for_triton(
    valid: dict[str, Any], only_problem_of: OnlyProblem, key: str, release: str
) -> None:
    """PyTorch's images can't read a Triton repository."""
    valid["models"]["classifier"]["container"][key] = release
    problem = only_problem_of(json.dumps(valid))
    assert problem.what == f"{key} is for models with `pytorch`; this one has `triton`"
    assert problem.allowed == "triton_release, or image_uri"


def test_several_images(valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """One image serves a model."""
    model["container"] |= {"pytorch_release": "2.6.0", "elastic_inference_release": "1.5.1"}
    problem = only_problem_of(json.dumps(valid))
    assert problem.what == "both pytorch_release and elastic_inference_release name an image"
    assert problem.allowed == "one of the two"


def test_an_image_of_ones_own(valid: dict[str, Any], model: dict[str, Any], problems_of: Problems) -> None:
    """A mirrored PyTorch image is named as Triton's is."""
    model["container"]["image_uri"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.6.0"
    assert problems_of(json.dumps(valid)) == ()


def test_an_unknown_release(
    valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem
) -> None:
    """A release that AWS never published is no option."""
    model["container"]["elastic_inference_release"] = "1.4.0"
    problem = only_problem_of(json.dumps(valid))
    assert problem.allowed == '"1.3.1" or "1.5.1"'


def test_a_release_that_is_not_in_the_region(
    valid: dict[str, Any], model: dict[str, Any], only_problem_of: OnlyProblem
) -> None:
    """Elastic Inference's images never came to every region."""
    valid["environment"] |= {
        "region": "eu-central-1",
        "availability_zones": ["eu-central-1a", "eu-central-1b"],
    }
    model["container"]["elastic_inference_release"] = "1.5.1"
    problem = only_problem_of(json.dumps(valid))
    assert problem.what == (
        "AWS publishes no image pytorch-inference-eia 1.5.1 for SageMaker in eu-central-1"
    )
    assert problem.allowed == "1.3.1, or image_uri"
