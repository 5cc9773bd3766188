"""What the rules say of an ONNX model's configuration, and whether the laptop's backend loads it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from local.triton.backends.onnxruntime.ort import OrtError, OrtModel
from model_packaging.artifact import Signature, parse_config_pbtxt
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.manifest import FileRecord
from model_packaging.artifact.model_files import read_model_files
from preflight import inspect_artifact
from tests.onnx_graphs import FLOAT, INT64, tensor, write_graph

RULES = {f"SEA22{number}" for number in range(2, 8)}
TYPES = {FLOAT: "TYPE_FP32", INT64: "TYPE_INT64"}

sizes = st.sampled_from(["n", "n", 1, 3])
tensors = st.tuples(st.sampled_from(sorted(TYPES)), st.lists(sizes, max_size=3))


@st.composite
def models(draw: st.DrawFn) -> tuple[list[Any], str]:
    """Draw what a graph passes through, and a configuration that fits it but for a change here and there.

    A size that an output leaves open is not changed: ONNX Runtime may find it, so the rules say nothing.
    """
    graph = draw(st.lists(tensors, min_size=1, max_size=2))
    batch = draw(st.sampled_from([0, 4]))
    lines = ['platform: "onnxruntime_onnx"', f"max_batch_size: {batch}"]
    for role, prefix in (("input", "x"), ("output", "y")):
        for index, (datatype, shape) in enumerate(graph):
            said = [-1 if size == "n" else size for size in shape]
            type_said, dims_said = datatype, said[1:] if batch else said or [1]
            changed = draw(
                st.sampled_from([None, None, None, None, "type", "size", "rank", "name", "missing"])
            )
            name = f"{prefix}{index}"
            if changed == "type":
                type_said = draw(st.sampled_from(sorted(TYPES)))
            elif changed == "size" and dims_said and (role == "input" or dims_said[0] != -1):
                dims_said = [draw(st.sampled_from([-1, 1, 2, 3])), *dims_said[1:]]
            elif changed == "rank":
                dims_said = [*dims_said, draw(st.sampled_from([-1, 1, 3]))]
            elif changed == "name":
                name = "other"
            if changed != "missing" and dims_said:
                dims = ", ".join(map(str, dims_said))
                lines.append(f'{role} {{ name: "{name}" data_type: {TYPES[type_said]} dims: [ {dims} ] }}')
    return graph, "\n".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agree") / "m"
    (folder / "1").mkdir(parents=True)
    return folder


@given(models())
@settings(max_examples=150)
def test_the_rules_find_what_the_backend_refuses(folder: Path, model: tuple[list[Any], str]) -> None:
    """No more and no less, of every graph and configuration."""
    graph, text = model
    file = write_graph(
        folder / "1" / "model.onnx",
        [helper.make_node("Identity", [f"x{index}"], [f"y{index}"]) for index in range(len(graph))],
        [tensor(f"x{index}", shape, datatype) for index, (datatype, shape) in enumerate(graph)],
        [tensor(f"y{index}", shape, datatype) for index, (datatype, shape) in enumerate(graph)],
    )
    config = _as_triton_passes_it(text)
    if not config.get("input") or not config.get("output"):
        return  # completed, or another rule's
    artifact = ArtifactInspection(
        model="m",
        files=(FileRecord("m/config.pbtxt", 0o644, 1, ""), FileRecord("m/1/model.onnx", 0o644, 1, "")),
        config_pbtxt=text,
        signature=Signature((), (), batched=False),
        max_batch_size=config.get("max_batch_size", 0),
        model_files=read_model_files(folder),
    )
    found = {finding.rule for finding in inspect_artifact(artifact)} & RULES
    refused = ""
    try:
        OrtModel(file, config)
    except OrtError as error:
        refused = str(error)
    assert bool(found) is bool(refused), (found, refused)


def _as_triton_passes_it(text: str) -> dict[str, Any]:
    from google.protobuf import json_format  # noqa: PLC0415 - as the codec imports it

    document: dict[str, Any] = json.loads(
        json_format.MessageToJson(parse_config_pbtxt(text), preserving_proto_field_name=True)
    )
    return {"name": "m", **document}
