"""The rules about TensorRT plans."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from model_packaging.artifact import MANIFEST_FILE_NAME, Provenance, write_manifest

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

_TORCHSCRIPT = "to: torchscript, how: trace}"
_PLAN = "to: tensorrt, tensorrt: {instance_type: ml.g4dn.2xlarge}}"


@pytest.fixture
def planned(unpackaged: "Project") -> "Project":
    """A good deployment of a TensorRT plan, packaged."""
    unpackaged.edit(_TORCHSCRIPT, _PLAN)
    unpackaged.edit("models:\n", "build: {type: account}\nmodels:\n")
    _package(unpackaged, ("tensorrt", "10.4.0.26"))
    return unpackaged


def _package(project: "Project", *frameworks: tuple[str, str]) -> None:
    manifest = replace(
        project.package(), format="tensorrt", provenance=Provenance(frameworks, "linux-x86_64", None)
    )
    write_manifest(manifest, project.model_folder / MANIFEST_FILE_NAME)


def _all_found(project: "Project") -> list[str]:
    return [each.rule for each in project.check().findings if each.rule.startswith("SEA43")]


def test_good_plan_has_no_finding(planned: "Project") -> None:
    """A plan of the image's TensorRT, for the endpoint's GPU on another size of instance."""
    assert _all_found(planned) == []


def test_sea431_plan_of_another_tensorrt(planned: "Project") -> None:
    """A plan that another release's TensorRT made is told at the release."""
    _package(planned, ("tensorrt", "10.9.0.34"))
    [finding] = planned.found("SEA431")
    assert finding.what == "The plan is of TensorRT 10.9.0.34; the image of Triton 24.09 holds 10.4.0.26."
    assert finding.allowed == "a plan of TensorRT 10.4.0.26."
    assert finding.subject == "models.classifier"


def test_sea431_compares_what_is_known(planned: "Project") -> None:
    """Where NVIDIA's documents give no build number, any will do; an image of one's own is not judged."""
    planned.edit("    triton:\n", '    container: {triton_release: "24.03"}\n    triton:\n')
    _package(planned, ("tensorrt", "8.6.3.1"))
    assert planned.found("SEA431") == []
    _package(planned, ("tensorrt", "8.6.1.6"))
    assert len(planned.found("SEA431")) == 1
    planned.edit('{triton_release: "24.03"}', "{image_uri: 123456789012.dkr.ecr.us-east-1.amazonaws.com/t:1}")
    assert planned.found("SEA431") == []


def test_sea432_plan_for_another_gpu(planned: "Project") -> None:
    """A10G is not T4."""
    planned.edit("{type: ml.g4dn.xlarge}", "{type: ml.g5.xlarge}")
    [finding] = planned.found("SEA432")
    assert finding.what == "The plan of the model 'classifier' is built for T4; ml.g5.xlarge has A10G."
    assert finding.allowed == "instances with T4."
    assert finding.subject == "endpoints.dedicated"


def test_sea432_and_sea433_look_at_components(planned: "Project") -> None:
    """Each of the instance types that components share."""
    planned.edit(
        "    type: realtime\n    model: classifier\n    instances: {type: ml.g4dn.xlarge}\n",
        "    type: inference-components\n"
        "    instances: {type: ml.g5.xlarge, min: 1, max: 1}\n"
        "    components:\n"
        "      c:\n"
        "        model: classifier\n"
        "        copies: {min: 1, max: 1}\n"
        "        compute: {accelerators: 1, memory_mib: 1024}\n",
    )
    assert [each.subject for each in planned.found("SEA432")] == ["endpoints.dedicated.components.c"]


def test_sea433_plan_without_gpu(planned: "Project") -> None:
    """A CPU instance, and one whose accelerator is not NVIDIA's."""
    planned.edit("{type: ml.g4dn.xlarge}", "{type: ml.inf2.xlarge}")
    [finding] = planned.found("SEA433")
    assert finding.what == "The model 'classifier' is a TensorRT plan; ml.inf2.xlarge has no NVIDIA GPU."


def test_sea434_stand_in_outside_of_the_laptop(planned: "Project") -> None:
    """What the laptop made in the place of a plan never gets to a real account."""
    _package(planned, ("tensorrt", "10.4.0.26"), ("tensorrt-stand-in", "1"))
    [finding] = planned.found("SEA434")
    assert finding.what == "The plan was made by the laptop's stand-in for trtexec: it is none."
    planned.edit("123456789012", "000000000000")
    assert planned.found("SEA434") == []


def test_sea435_plan_without_build(planned: "Project") -> None:
    """Nothing says where the plan is built."""
    planned.edit("build: {type: account}\n", "")
    [finding] = planned.found("SEA435")
    assert (
        finding.what
        == "The model 'classifier' is a TensorRT plan, and the deployment has no section `build`."
    )


def test_sea436_optimal_batch_beyond_the_largest(planned: "Project") -> None:
    """The profile's optimum can't be above its maximum."""
    planned.edit("ml.g4dn.2xlarge}", "ml.g4dn.2xlarge, optimal_batch_size: 17}")
    [finding] = planned.found("SEA436")
    assert finding.what == "optimal_batch_size is 17; max_batch_size is 16."


def test_sea437_precision_that_the_gpu_lacks(planned: "Project") -> None:
    """Turing has no bfloat16, Ampere has."""
    planned.edit("ml.g4dn.2xlarge}", "ml.g4dn.2xlarge, precision: bf16}")
    [finding] = planned.found("SEA437")
    assert finding.what == ("precision is bf16; the T4 of ml.g4dn.2xlarge has the compute capability 7.5.")
    planned.edit("ml.g4dn.2xlarge", "ml.g5.2xlarge")
    assert planned.found("SEA437") == []


def test_plan_in_an_ensemble_is_looked_at(planned: "Project") -> None:
    """What is packed beside the model that answers runs on the same instances."""
    planned.edit(
        "endpoints:\n",
        "  pipeline:\n"
        "    ensemble:\n"
        "      step: [{model_name: classifier, input_map: {image: image}, output_map: {OUTPUT__0: out}}]\n"
        "    triton:\n"
        "      max_batch_size: 16\n"
        "      input: [{name: image, data_type: TYPE_FP32, dims: [3, 32, 32]}]\n"
        "      output: [{name: out, data_type: TYPE_FP32, dims: [10]}]\n"
        "endpoints:\n",
    )
    planned.edit(
        "    model: classifier\n    instances: {type: ml.g4dn.xlarge}",
        "    model: pipeline\n    instances: {type: ml.g5.xlarge}",
    )
    [finding] = planned.found("SEA432")
    assert finding.what == "The plan of the model 'classifier' is built for T4; ml.g5.xlarge has A10G."
