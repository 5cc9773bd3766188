"""Time zones: the names that schedules may have."""

import pytest

import catalogue


def test_zones_are_sorted_names() -> None:
    """Each name is there once; UTC, which schedules have without a word, is among them."""
    zones = catalogue.time_zones()
    assert list(zones) == sorted(set(zones))
    assert {"UTC", "Europe/Paris", "Etc/GMT+9", "Pacific/Tahiti"} <= set(zones)
    assert "Mars/Olympus" not in zones


@pytest.mark.integration
def test_zones_hold_the_cdks() -> None:
    """Every zone that the CDK knows is there, but for the one that stands for a missing setting."""
    from aws_cdk import TimeZone  # noqa: PLC0415 - slow, and only this test needs it

    names = {getattr(TimeZone, name).timezone_name for name in dir(TimeZone) if name.isupper()}
    assert len(names) > 300
    assert names - set(catalogue.time_zones()) == {"Factory"}
