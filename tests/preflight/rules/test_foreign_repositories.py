"""Repositories that somebody else wrote: what does not fit the model in them is found, without a GPU."""

from pathlib import Path

import pytest
from onnx import helper

from model_packaging.package import package_model
from preflight import inspect_artifact
from spec import Model
from tests.onnx_graphs import tensor, write_graph

CONFIG = """platform: "onnxruntime_onnx"
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ 3 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 3 ] } ]
"""


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("", "", []),
        ('"x" data_type: TYPE_FP32', '"x" data_type: TYPE_FP16', ["SEA225"]),
        ("dims: [ 3 ] } ]\noutput", "dims: [ 4 ] } ]\noutput", ["SEA226"]),
        ('"x"', '"z"', ["SEA224"]),
        ("onnxruntime_onnx", "tensorrt_plan", ["SEA105"]),
    ],
)
def test_a_configuration_that_does_not_fit_its_model_is_found(
    tmp_path: Path, old: str, new: str, rules: list[str]
) -> None:
    """Data types, sizes, names, and the platform."""
    folder = tmp_path / "repository" / "negate"
    (folder / "1").mkdir(parents=True)
    node = helper.make_node("Neg", ["x"], ["y"])
    write_graph(folder / "1" / "model.onnx", [node], [tensor("x", ["n", 3])], [tensor("y", ["n", 3])])
    (folder / "config.pbtxt").write_text(CONFIG.replace(old, new) if old else CONFIG, encoding="utf-8")
    model = Model.model_validate({"repository": {"from": "repository", "model": "negate"}})
    packaged = package_model("m", model, tmp_path / "build", tmp_path, inspect=inspect_artifact)
    assert [finding.rule for finding in packaged.manifest.findings] == rules
