"""A real Triton, started, asked and stopped."""

import json
import struct
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.triton import TritonRuntime, TritonServer, TritonStartError
from local.triton.overlay import Overlay

pytestmark = pytest.mark.integration

Infer = Callable[..., Any]
WITHOUT_AUTO_COMPLETE = ("--disable-auto-complete-config",)


def test_inputs_follow_the_names_of_forwards_arguments_not_the_order_in_the_configuration(
    infer: Infer,
) -> None:
    """``left * 2 - right`` comes out right although the configuration lists ``right`` first."""
    answer = infer("affine", left=("FP32", (1, 4), [1, 2, 3, 4]), right=("FP32", (1, 4), [1, 1, 1, 1]))
    assert answer.status == 200, answer.body
    assert answer.output("OUT__0") == [1, 3, 5, 7]


def test_outputs_follow_the_index_in_their_names(infer: Infer) -> None:
    """``SUM__1`` is forward's second result although the configuration lists it first."""
    answer = infer("affine", left=("FP32", (1, 4), [1, 2, 3, 4]), right=("FP32", (1, 4), [1, 1, 1, 1]))
    assert answer.output("SUM__1") == [14]


def test_a_request_for_a_gpu_is_overlaid_and_said_so(
    shared_server: TritonServer, shared_repository: Path
) -> None:
    """What differs from the repository is on the server and in its log; the repository is untouched."""
    assert shared_server.overlays == (
        Overlay("affine", 10, "KIND_GPU", "KIND_CPU"),
        Overlay("affine", 10, "gpus: [ 0 ]", ""),
    )
    said = "seatrial: affine/config.pbtxt:10: KIND_GPU is served as KIND_CPU on this machine"
    assert shared_server.log.text().startswith(said)
    assert "KIND_GPU gpus: [ 0 ]" in (shared_repository / "affine" / "config.pbtxt").read_text()


def test_a_batch_of_requests_gives_each_its_own_answer(
    infer: Infer, shared_server: TritonServer, asking: Callable[..., Any]
) -> None:
    """Triton joins concurrent requests; the stand-in answers them as one batch and splits what comes out."""

    def executions() -> tuple[int, int]:
        stats = asking(shared_server.http_port, "GET", "/v2/models/affine/stats").document["model_stats"][0]
        return stats["execution_count"], stats["inference_count"]

    before = executions()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda k: infer("affine", left=("FP32", (1, 4), [k] * 4), right=("FP32", (1, 4), [0] * 4)),
                range(8),
            )
        )
    after = executions()
    assert [answer.output("OUT__0") for answer in answers] == [[2 * k] * 4 for k in range(8)]
    assert after[1] - before[1] == 8
    assert after[0] - before[0] < 8


def test_every_datatype_keeps_its_values(shared_server: TritonServer, asking: Callable[..., Any]) -> None:
    """BOOL, INT64, FP16 and UINT8 go in and come out as bytes; inputs go by ``<name>__<index>``."""
    tensors = {
        "INPUT__0": ("BOOL", struct.pack("2?", 1, 0)),
        "INPUT__1": ("INT64", struct.pack("2q", 2**40, -1)),
        "INPUT__2": ("FP16", struct.pack("2e", 0.5, -3)),
        "INPUT__3": ("UINT8", bytes([7, 254])),
    }
    head = json.dumps(
        {
            "inputs": [
                {
                    "name": name,
                    "datatype": datatype,
                    "shape": [2],
                    "parameters": {"binary_data_size": len(data)},
                }
                for name, (datatype, data) in tensors.items()
            ],
            "parameters": {"binary_data_output": True},
        }
    ).encode()
    body = head + b"".join(data for _, data in tensors.values())
    headers = {"Inference-Header-Content-Length": str(len(head))}
    answer = asking(shared_server.http_port, "POST", "/v2/models/types/infer", body, headers)
    assert answer.status == 200, answer.body
    tail = answer.body[int(answer.headers["Inference-Header-Content-Length"]) :]
    assert tail == (
        struct.pack("2?", 0, 1) + struct.pack("2q", 2**40 + 1, 0) + struct.pack("2e", 1, -6) + bytes([8, 255])
    )


def test_a_model_that_fails_answers_with_its_reason_and_serves_the_next_request(infer: Infer) -> None:
    """LibTorch's words, status 500, and no lasting harm."""
    failed = infer("picky", x=("FP32", (1, 2), [-1, 1]))
    assert failed.status == 500
    assert failed.document["error"].startswith("PyTorch execute failure: ")
    assert "negative values are not for me" in failed.document["error"]
    assert infer("picky", x=("FP32", (1, 2), [1, 3])).output("y") == [2, 6]


def test_a_variable_dimension_may_differ_from_request_to_request(infer: Infer) -> None:
    """Concurrent requests of different shapes are answered each in its own batch."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: infer("picky", x=("FP32", (1, n), [n] * n)), [1, 2, 3, 4]))
    assert [answer.output("y") for answer in answers] == [[2 * n] * n for n in [1, 2, 3, 4]]


def test_nothing_listens_beyond_loopback(shared_server: TritonServer) -> None:
    """Every listening socket of the server is on 127.0.0.1, and there is one port."""
    files = Path(f"/proc/{shared_server.pid}/fd")
    targets = [str(link.readlink()) for link in files.iterdir()]
    inodes = {target[8:-1] for target in targets if target.startswith("socket:[")}
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/{shared_server.pid}/net/{table}").read_text().splitlines()[1:]
    ]
    listening = {row[1] for row in rows if row[3] == "0A" and row[9] in inodes}
    assert listening == {f"0100007F:{shared_server.http_port:04X}"}


def test_servers_start_side_by_side_and_stop_once_for_all(
    runtime: TritonRuntime, small_repository: Path, tmp_path: Path
) -> None:
    """Three threads start three servers on ports of their own; stopping one twice, at once, is harmless."""

    def start(number: int) -> TritonServer:
        return TritonServer.start(
            runtime,
            small_repository,
            models=["echo"],
            startup_timeout_seconds=30,
            log_path=tmp_path / f"{number}.log",
            extra_arguments=WITHOUT_AUTO_COMPLETE,
        )

    with ThreadPoolExecutor(3) as pool:
        servers = list(pool.map(start, range(3)))
    assert len({server.http_port for server in servers}) == 3
    assert all(server.is_alive() for server in servers)
    stops = [threading.Thread(target=server.stop, args=(0,)) for server in servers for _ in range(2)]
    for stop in stops:
        stop.start()
    for stop in stops:
        stop.join(30)
    assert not any(server.is_alive() for server in servers)
    assert servers[0].wait_dead(0)


def test_a_graceful_stop_lets_triton_end_by_itself(
    runtime: TritonRuntime, small_repository: Path, tmp_path: Path
) -> None:
    """The context manager's stop waits for Triton to unload its models."""
    with TritonServer.start(
        runtime,
        small_repository,
        models=["echo"],
        startup_timeout_seconds=30,
        log_path=tmp_path / "triton.log",
        extra_arguments=WITHOUT_AUTO_COMPLETE,
    ) as server:
        log = server.log
    assert "successfully unloaded 'echo'" in log.text()
    assert not server.is_alive()


def test_a_start_that_takes_too_long_is_given_up(
    runtime: TritonRuntime, tmp_path: Path, write_model: Callable[..., Path]
) -> None:
    """The bound holds, says what Triton said last, and leaves no process."""
    source = (
        "import time\nclass TritonPythonModel:\n    def initialize(self, args):\n        time.sleep(60)\n"
    )
    config = 'backend: "python"\ninstance_group [ { kind: KIND_CPU } ]\n'
    write_model(tmp_path / "repository", "slow", config, source=source)
    servers = set(runtime.servers_folder.iterdir())
    with pytest.raises(TritonStartError) as caught:
        TritonServer.start(
            runtime,
            tmp_path / "repository",
            models=["slow"],
            startup_timeout_seconds=1.5,
            log_path=tmp_path / "triton.log",
            extra_arguments=WITHOUT_AUTO_COMPLETE,
        )
    assert caught.value.cause.startswith("not ready within 1.5 s; Triton last said: ")
    assert set(runtime.servers_folder.iterdir()) == servers
