from pathlib import Path

import pytest

from local.triton.log import TritonLog, cause_in

SUMMARY = "error: creating server: Internal - failed to load all models"
PROTOBUF = "[libprotobuf ERROR /tmp/text_format.cc:337] Error parsing text-format inference.ModelConfig: "


def error(source: str, message: str) -> str:
    """A line as Triton logs an error, line breaks and quotes escaped."""
    return f'E1121 00:13:41.639181 14370 {source}] "{message}"'


def poll_failed(model: str, why: str) -> str:
    return error("model_repository_manager.cc:1460", f"Poll failed for model directory '{model}': {why}")


def load_failed(model: str, why: str) -> str:
    return error("model_lifecycle.cc:642", f"failed to load '{model}' version 1: {why}")


CASES = {
    "unknown field": (
        [
            f'{PROTOBUF}3:14: Message type "inference.ModelConfig" has no field named "max_batch_siz".',
            poll_failed("m", "failed to read text proto from repository/m/config.pbtxt"),
            SUMMARY,
        ],
        'm/config.pbtxt:3:14: Message type "inference.ModelConfig" has no field named "max_batch_siz".',
    ),
    "semantic": (
        [poll_failed("m", "unexpected directory name 'm' for model 'other'"), SUMMARY],
        "model 'm': unexpected directory name 'm' for model 'other'",
    ),
    "Python exception": (
        [
            error("backend_model.cc:692", "ERROR: Failed to create instance: ValueError: no weights"),
            load_failed("m", r"Internal: ValueError: no weights\n\nAt:\n  /model.py(3): initialize\n"),
            "I1121 00:13:56.0 1 model_lifecycle.cc:777] \"failed to load 'm'\"",
        ],
        "model 'm': ValueError: no weights",
    ),
    "stand-in's exception on several lines": (
        [
            load_failed(
                "m", r"Internal: TritonModelException: one\n  two \"three\"\n\nAt:\n  /model.py(3): x\n"
            )
        ],
        "model 'm': one two \"three\"",
    ),
    "no backend": (
        [load_failed("m", "Invalid argument: unable to find backend library for backend 'x', try y.")],
        (
            "model 'm': unable to find backend library for backend 'x', try y. (this machine's Triton has "
            "the backends python and pytorch, and ensembles)"
        ),
    ),
    "ensemble": (
        [
            error("model_repository_manager.cc:1415", "failed to poll model 'nope': model not found"),
            error("model_repository_manager.cc:703", "Invalid argument: ensemble m contains models: nope"),
        ],
        "ensemble m contains models: nope",
    ),
    "two models, one said twice": (
        [poll_failed("a", "bad"), poll_failed("b", "worse"), poll_failed("b", "worse")],
        "model 'a': bad; model 'b': worse",
    ),
    "bad option": (
        [
            "/triton/bin/tritonserver: unrecognized option '--bogus=1'",
            "Usage: tritonserver [options]",
            "  --help",
        ],
        "unrecognized option '--bogus=1'",
    ),
    "shared library": (
        [
            (
                "/python/triton_python_backend_stub: error while loading shared libraries: "
                "libpython3.11.so.1.0: gone"
            )
        ],
        "error while loading shared libraries: libpython3.11.so.1.0: gone",
    ),
    "only the summary": ([SUMMARY], "failed to load all models"),
    "only an error line": ([error("http_server.cc:3", "no port")], "no port"),
    "the supervisor's own": (
        ["Traceback (most recent call last):", "  ...", "FileNotFoundError: [Errno 2] No such file: 'x'"],
        "FileNotFoundError: [Errno 2] No such file: 'x'",
    ),
    "nothing telling": (
        ["I1121 model_lifecycle.cc:472] loading", ""],
        "Triton last said: I1121 model_lifecycle.cc:472] loading",
    ),
}
NOISE = [
    'W1121 00:13:41.1 1 pinned_memory_manager.cc:273] "Unable to allocate pinned system memory"',
    error("server.cc:241", "CudaDriverHelper has not been initialized."),
]


@pytest.mark.parametrize(("lines", "cause"), CASES.values(), ids=CASES)
def test_the_cause_is_the_telling_line(lines: list[str], cause: str) -> None:
    """One line, in Triton's words, whatever noise is around it."""
    assert cause_in("\n".join([*NOISE, *lines])) == cause


def test_an_empty_log_says_so() -> None:
    """Nothing is made up."""
    assert cause_in("") == "Triton said nothing"


def test_a_long_cause_is_cut() -> None:
    """At 600 characters, with a mark."""
    cause = cause_in(f"error: creating server: Internal - {'x' * 700}")
    assert len(cause) == 600
    assert cause.endswith("x…")


def test_the_log_is_new_and_takes_our_lines(tmp_path: Path) -> None:
    """What was there is gone, what we write is there, bytes that are no text do no harm."""
    path = tmp_path / "logs" / "triton.log"
    path.parent.mkdir()
    path.write_text("old")
    log = TritonLog.create(path)
    log.write("seatrial: new")
    with path.open("ab") as file:
        file.write(b"\xff")
    assert log.text() == "seatrial: new\n\N{REPLACEMENT CHARACTER}"


def test_of_a_very_long_log_the_end_is_read(tmp_path: Path) -> None:
    """4 MiB, which bounds memory."""
    log = TritonLog.create(tmp_path / "triton.log")
    log.path.write_bytes(b"x" * (5 << 20) + b"end")
    assert len(log.text()) == 4 << 20
    assert log.text().endswith("end")
