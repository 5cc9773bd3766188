"""The drivers of Triton releases."""

import pytest

import catalogue
from catalogue.triton_drivers import triton_drivers


def test_every_published_release_has_its_drivers() -> None:
    """A release that comes to the image table comes here, too."""
    assert set(triton_drivers()) == set(catalogue.triton_releases())


@pytest.mark.parametrize(
    ("release", "driver", "runs"),
    [
        ("24.09", 560, True),  # asked for
        ("24.09", 550, True),  # CUDA 12 runs on it by minor version compatibility
        ("24.09", 470, True),  # named by the release notes
        ("24.09", 510, False),
        ("25.09", 535, True),
        ("25.09", 550, False),  # CUDA 13 wants 580, and the release notes name no R550
        ("25.09", 580, True),
    ],
)
def test_a_release_runs_on_what_nvidia_says(release: str, driver: int, *, runs: bool) -> None:
    """Newer than asked for, compatible within CUDA's major version, or named."""
    assert triton_drivers()[release].run_on(driver) is runs


def test_every_branch_of_sagemakers_is_judged() -> None:
    """Drivers of machine images and instance types are whole numbers of branches."""
    amis = {each.driver for each in catalogue.inference_amis() if each.accelerator == "gpu"}
    types = {each.driver for each in catalogue.instance_types() if each.driver}
    assert all(driver.isdigit() for driver in amis | types)
