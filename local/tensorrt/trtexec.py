#!/usr/bin/env python3
"""Stands in for NVIDIA's trtexec where there is no GPU: the options, the log and the file, but no engine.

It says what it is in its first line and in the file it leaves. That has a plan's header, and behind it text:
no TensorRT loads it. So it proves everything about a build but the plan itself.

The options that it takes are those of TensorRT's command-line reference ("Command-Line Programs", trtexec)
that a build uses; any other fails, as with trtexec. The version that it says it is of is that of the Triton
release in ``SEATRIAL_TRITON_RELEASE``, by the catalogue's file; ``SEATRIAL_STAND_IN_PLAN_VERSION`` is that of
its plans where they are to differ.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["STAND_IN_MARK", "main"]

STAND_IN_MARK = b"SEATRIAL STAND-IN: not built by TensorRT, which can not load it\n"
"""Follows the header of every plan that is made here."""

_VERSIONS = Path(__file__).resolve().parents[2] / "catalogue" / "data" / "tensorrt_versions.json"
_DEFAULT_RELEASE = "24.09"
_SHAPES = re.compile(r"[A-Za-z_][\w.]*:\d+(x\d+)*(,[A-Za-z_][\w.]*:\d+(x\d+)*)*")
_HEADER_BEFORE_VERSION = b"ftrt" + bytes(20)
_SMALLEST_ONNX_BYTES = 8


def main(arguments: Sequence[str]) -> int:
    """Do as trtexec does with ``arguments``, and return its exit status."""
    release = os.environ.get("SEATRIAL_TRITON_RELEASE", _DEFAULT_RELEASE)
    version = str(json.loads(_VERSIONS.read_bytes())["releases"][release]["version"])
    major, minor, patch = _numbers(version)[:3]
    number = major * 10_000 + minor * 100 + patch if major >= 10 else major * 1000 + minor * 100 + patch  # noqa: PLR2004 - NVIDIA's numbering changed with 10
    _say(f"&&&& RUNNING TensorRT.trtexec [TensorRT v{number}] # trtexec {' '.join(arguments)}")
    _say("[W] This is a stand-in: no engine is built, and no TensorRT loads the plan that it leaves.")
    options = _parser().parse_args(arguments)
    onnx = options.onnx.read_bytes() if options.onnx.is_file() else b""
    if len(onnx) < _SMALLEST_ONNX_BYTES or onnx.startswith(b"no onnx"):
        _say(f"[E] [TRT] ModelImporter.cpp: Failed to parse ONNX model from file: {options.onnx}")
        _say("[E] Engine could not be created from network")
        _say("&&&& FAILED TensorRT.trtexec")
        return 1
    plan_version = os.environ.get("SEATRIAL_STAND_IN_PLAN_VERSION", version)
    content = hashlib.sha256(onnx + "\n".join(sorted(_build_options(arguments))).encode()).hexdigest()
    options.saveEngine.write_bytes(
        _HEADER_BEFORE_VERSION + bytes(_numbers(plan_version)) + STAND_IN_MARK + content.encode()
    )
    _say("[I] Engine built in 0 sec.")
    _say("&&&& PASSED TensorRT.trtexec")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="trtexec", allow_abbrev=False)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--saveEngine", type=Path, required=True)
    for option in ("--minShapes", "--optShapes", "--maxShapes"):
        parser.add_argument(option, type=_shapes)
    parser.add_argument("--memPoolSize")
    parser.add_argument("--builderOptimizationLevel", type=int, choices=range(6))
    for option in ("--fp16", "--bf16", "--skipInference"):
        parser.add_argument(option, action="store_true")
    return parser


def _shapes(text: str) -> str:
    if not _SHAPES.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of shapes such as x:1x3,y:1x4")
    return text


def _build_options(arguments: Sequence[str]) -> list[str]:
    """Return the options that decide a plan: not where the files lie."""
    return [each for each in arguments if not each.startswith(("--onnx=", "--saveEngine="))]


def _numbers(version: str) -> tuple[int, int, int, int]:
    major, minor, patch, build = (*map(int, version.split(".")), 0)[:4]
    return major, minor, patch, build


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - trtexec's output


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
