"""Regions and their partitions: botocore's."""

import pytest
from botocore.loaders import Loader

import catalogue


def test_regions_equal_botocores() -> None:
    """Every region, its partition and its DNS suffix is what the installed botocore says."""
    expected = {
        (name, partition["id"], partition["outputs"]["dnsSuffix"])
        for partition in Loader().load_data("partitions")["partitions"]
        for name in partition["regions"]
        if not name.endswith("-global")
    }
    assert {(each.name, each.partition, each.dns_suffix) for each in catalogue.regions()} == expected


def test_regions_are_sorted() -> None:
    """Regions come in the order of their names."""
    names = [each.name for each in catalogue.regions()]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("name", "partition", "dns_suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_region_knows_its_partition(name: str, partition: str, dns_suffix: str) -> None:
    """A region brings the partition and the host suffix that ARNs and URIs need."""
    assert catalogue.region(name) == catalogue.Region(name, partition, dns_suffix)


def test_unknown_region_gets_near_names() -> None:
    """A misspelt region is refused with the names it may stand for."""
    with pytest.raises(catalogue.UnknownRegionError) as caught:
        catalogue.region("us-eest-1")
    assert str(caught.value) == "'us-eest-1' is no AWS region; near names are us-west-1, us-east-1, us-west-2"


def test_region_like_none_gets_them_all() -> None:
    """Where no name is near, the message lists all there are."""
    with pytest.raises(
        catalogue.UnknownRegionError, match=r"^'' is no AWS region; there are \d+: af-south-1, "
    ):
        catalogue.region("")
