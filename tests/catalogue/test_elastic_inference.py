"""What Elastic Inference was, since when it is closed, and what takes its place."""

import re

import pytest

import catalogue


def test_the_retirement_has_its_day_and_sources() -> None:
    """AWS's own documents say since when, and that it is gone."""
    retirement = catalogue.elastic_inference_retirement()
    assert retirement.closed_to_new_customers == "2023-04-15"
    assert any("April 15, 2023" in source for source in retirement.sources)
    assert sum("no longer available" in source for source in retirement.sources) == 2


@pytest.mark.parametrize(
    ("name", "memory_mib", "fp32", "fp16"),
    [("eia2.medium", 2048, 1, 8), ("eia2.large", 4096, 2, 16), ("ml.eia2.xlarge", 8192, 4, 32)],
)
def test_sizes_are_those_of_the_guide(name: str, memory_mib: int, fp32: int, fp16: int) -> None:
    """With or without SageMaker's prefix."""
    size = catalogue.accelerator(name)
    assert (size.memory_mib, size.fp32_teraflops, size.fp16_teraflops) == (memory_mib, fp32, fp16)
    assert "Developer Guide" in size.source


def test_an_unknown_size_names_near_ones() -> None:
    """The message lists what there was."""
    with pytest.raises(catalogue.UnknownAcceleratorError, match=re.escape("eia2.large")):
        catalogue.accelerator("eia2.larg")


def test_each_size_has_three_replacements_with_memory() -> None:
    """A GPU instance, a share of a CPU instance, Inferentia2, each with at least the old memory."""
    for size in catalogue.accelerators():
        kinds = [each.kind for each in size.replacements]
        assert kinds == ["gpu-instance", "cpu-component", "inferentia2-instance"]
        assert all(each.memory_mib >= size.memory_mib for each in size.replacements)
        assert size.gpu_replacement.instance_type == "ml.g4dn.xlarge"


def test_prices_are_the_catalogues_and_dated() -> None:
    """A component costs its share; what has no price in the catalogue says so instead of a number."""
    gpu, component, inferentia = catalogue.accelerator("eia2.medium").replacements
    price = catalogue.instance_price("ml.g4dn.xlarge", "us-west-2")
    assert price is not None
    assert (gpu.usd_per_hour, gpu.as_of) == (price.usd_per_hour, price.as_of)
    host = catalogue.instance_price("ml.m5.xlarge", "us-west-2")
    assert host is not None
    assert component.usd_per_hour == pytest.approx(host.usd_per_hour / 4)  # one of four CPUs
    assert str(gpu) == "ml.g4dn.xlarge with 16 GiB of GPU memory, 0.74 USD/h (2022)"
    assert (inferentia.usd_per_hour is None) == str(inferentia).endswith("price not known")


def test_the_posts_prices_are_as_printed() -> None:
    """Host and accelerator together, on SageMaker and on EC2, or the host alone."""
    on_sagemaker = catalogue.accelerator_price("ml.c5.large", "ml.eia2.medium")
    on_ec2 = catalogue.accelerator_price("m5.large", "eia2.xlarge")
    alone = catalogue.accelerator_price("g4dn.xlarge", None)
    assert on_sagemaker is not None
    assert on_ec2 is not None
    assert alone is not None
    assert (on_sagemaker.usd_per_hour, on_ec2.usd_per_hour, alone.usd_per_hour) == (0.29, 0.44, 0.53)
    assert {on_sagemaker.as_of, on_ec2.as_of, alone.as_of} == {"2020"}
    assert catalogue.accelerator_price("m5.24xlarge", "eia2.medium") is None
