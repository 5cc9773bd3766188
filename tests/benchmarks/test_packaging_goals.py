"""The full-size goals of packaging hold, as `make bench` measures them."""

from types import ModuleType

import pytest

from benchmarks import packaging_many, packing_full_size


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("benchmark", [packing_full_size, packaging_many])
def test_every_goal_is_met(benchmark: ModuleType) -> None:
    """Those that are missed are named with what was measured."""
    assert [each.to_json() for each in benchmark.measure() if not each.is_met] == []
