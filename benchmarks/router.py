"""How a component's requests are routed: RANDOM against LEAST_OUTSTANDING_REQUESTS, and what routing costs.

Eight copies serve one request at a time, for a lognormal time (mean 50 ms, coefficient of variation 0.5),
at 70 % load. Queueing theory gives 2.98 for the ratio of the 99th percentiles. The copies are responders
that sleep, not Tritons: eight of these would share the machine's cores, and measure them. Both strategies
run side by side.
"""

import contextlib
import json
import statistics
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks._harness import Measurement
from benchmarks._local_parts import RawClient, free_ports, part_command, running_part

__all__ = ["measure"]

_ROOT = Path(__file__).resolve().parent.parent
_PARTS = "benchmarks._router_parts"
_LOAD_PARTS = "benchmarks._data_plane_parts"
_COPIES = 8
_MEAN_MS = 50.0
_CV = 0.5
_LOAD = 0.7
_ARRIVALS = 10_000
_SEED = 7
_PAIRS = 400
_WARM_UP_PAIRS = 40
_LOAD_CONNECTIONS = 8
_LOAD_SECONDS = 4.0
_COMPONENT = {"X-Amzn-SageMaker-Inference-Component": "bench", "Content-Type": "application/json"}
_PATH = "/endpoints/bench/invocations"
_BODY_BYTES = 1024


def measure() -> Iterator[Measurement]:
    """Measure what the router adds, how much it holds, and what its strategy gains."""
    with _router("LEAST_OUTSTANDING_REQUESTS", mean_ms=0.0) as (first_port, port):
        yield Measurement("router.added_latency.1KB", _added_ms(first_port, port), "ms", "<= 1")
        yield Measurement("router.requests_per_second.1KB", _throughput(port), "requests/s", ">= 500")
    with ThreadPoolExecutor(2) as pool:
        random, least = pool.map(_p99_ms, ("RANDOM", "LEAST_OUTSTANDING_REQUESTS"))
    yield Measurement("router.p99.random", random, "ms")
    yield Measurement("router.p99.least_outstanding_requests", least, "ms")
    ratio = random / least
    yield Measurement("router.p99_ratio.at_least", ratio, "ratio", ">= 2.4")
    yield Measurement("router.p99_ratio.at_most", ratio, "ratio", "<= 3.6")


def _p99_ms(strategy: str) -> float:
    rate = _LOAD * _COPIES / (_MEAN_MS / 1000)
    with _router(strategy, mean_ms=_MEAN_MS) as (_, port):
        command = part_command(_PARTS, "arrivals", str(port), str(rate), str(_ARRIVALS), str(_SEED))
        done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
    latencies: list[float] = json.loads(done.stdout)
    return 1000 * statistics.quantiles(latencies, n=100)[98]


@contextlib.contextmanager
def _router(strategy: str, *, mean_ms: float) -> Iterator[tuple[int, int]]:
    """Run copies and a router before them; yield the first copy's port and the router's."""
    first_port = free_ports(_COPIES)
    copies = ("copies", str(_SEED), str(mean_ms), str(_CV), str(_COPIES))
    with (
        running_part(_PARTS, *copies, port=first_port),
        running_part(_PARTS, "router", str(_SEED), strategy, str(first_port), str(_COPIES)) as port,
    ):
        yield first_port, port


def _added_ms(first_port: int, port: int) -> float:
    body = bytes(_BODY_BYTES)
    with RawClient(first_port, "/", {}) as straight, RawClient(port, _PATH, _COMPONENT) as through:
        # In turn, so that whatever else the machine does meets both alike.
        pairs = [(straight.seconds(body), through.seconds(body)) for _ in range(_WARM_UP_PAIRS + _PAIRS)]
    direct, routed = zip(*pairs[_WARM_UP_PAIRS:], strict=True)
    added_seconds: float = statistics.median(routed) - statistics.median(direct)
    return 1000 * added_seconds


def _throughput(port: int) -> float:
    command = part_command(
        _LOAD_PARTS,
        "load",
        str(port),
        _PATH,
        str(_BODY_BYTES),
        str(_LOAD_CONNECTIONS),
        str(_LOAD_SECONDS),
        "bench",
    )
    return float(subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)
