"""Prices: dated, with their source, and none where no source gives one."""

import pytest

import catalogue


def test_price_of_a_type_in_a_region() -> None:
    """A price says when it held and where it stands."""
    price = catalogue.instance_price("ml.g4dn.xlarge", "us-west-2")
    assert price is not None
    assert (price.usd_per_hour, price.as_of, price.instance_type, price.region) == (
        0.7364,
        "2022",
        "ml.g4dn.xlarge",
        "us-west-2",
    )
    assert "Triton" in price.source


def test_no_source_no_price() -> None:
    """What no source gives is None, never a guess."""
    assert catalogue.instance_price("ml.g4dn.xlarge", "eu-west-1") is None
    assert catalogue.instance_price("ml.p6-b300.48xlarge", "us-west-2") is None


def test_swapped_prices_of_the_post_are_put_right() -> None:
    """Four times the xlarge price, as everywhere in these families; the post has the two rows swapped."""
    compute = catalogue.instance_price("ml.c5.4xlarge", "us-west-2")
    general = catalogue.instance_price("ml.m5.4xlarge", "us-west-2")
    assert compute is not None
    assert general is not None
    assert (compute.usd_per_hour, general.usd_per_hour) == (0.95, 1.08)
    assert "swapped" not in compute.source
    assert "put right here" in general.source


@pytest.mark.parametrize("price", catalogue.instance_prices(), ids=lambda each: each.instance_type)
def test_every_price_is_of_something_known(price: catalogue.InstancePrice) -> None:
    """Type and region exist, and the price is one."""
    assert catalogue.instance_type(price.instance_type)
    assert catalogue.region(price.region)
    assert price.usd_per_hour > 0
    assert catalogue.instance_price(price.instance_type, price.region) is price


def test_unknown_names_are_refused() -> None:
    """A type or region that does not exist is an error, not a missing price."""
    with pytest.raises(catalogue.UnknownInstanceTypeError):
        catalogue.instance_price("ml.g4dn.xlarges", "us-west-2")
    with pytest.raises(catalogue.UnknownRegionError):
        catalogue.instance_price("ml.g4dn.xlarge", "us-west-9")
