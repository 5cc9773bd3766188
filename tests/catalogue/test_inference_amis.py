"""InferenceAmiVersion: names as botocore has them, drivers as the API reference says."""

from botocore.loaders import Loader

import catalogue


def test_names_equal_botocores() -> None:
    """The catalogue has every InferenceAmiVersion of botocore's model and no other."""
    shapes = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    names = {each.name for each in catalogue.inference_amis()}
    assert names == set(shapes["ProductionVariantInferenceAmiVersion"]["enum"])


def test_versions_stand_in_the_api_reference() -> None:
    """Driver and CUDA version of every AMI are those of the API reference's text, as botocore brings it."""
    shapes = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    text = shapes["ProductionVariant"]["members"]["InferenceAmiVersion"]["documentation"]
    for ami in catalogue.inference_amis():
        about = text.split(f"<dt>{ami.name}</dt>")[1].split("</dd>")[0]
        assert f"driver version: {ami.driver}<" in about
        assert ami.cuda is None or f"CUDA version: {ami.cuda}<" in about
        assert ami.cuda_compat_mount is (ami.accelerator == "gpu" and "disabled CUDA-compat" not in about)


def test_neuron_has_no_cuda() -> None:
    """An AMI for Inferentia and Trainium is no GPU's and has no CUDA version."""
    neuron = [each for each in catalogue.inference_amis() if each.accelerator == "neuron"]
    assert [(each.name, each.cuda) for each in neuron] == [("al2-ami-sagemaker-inference-neuron-2", None)]
