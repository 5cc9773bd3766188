"""Which release of Triton knows a field of config.pbtxt."""

import catalogue


def test_a_field_of_every_release() -> None:
    """What is not listed has always been there."""
    assert (
        catalogue.releases_with_config_field("ModelConfig", "dynamic_batching") == catalogue.triton_releases()
    )


def test_a_field_of_newer_releases() -> None:
    """Version 2.51 of tritonclient (24.10) has no model_metrics, 2.53 has."""
    assert catalogue.releases_with_config_field("ModelConfig", "model_metrics") == ("25.04", "25.09", "26.05")
