"""Eager references beside models that were not exported from them, and versions beside each other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_packaging.eager.samples import Sample, named_outputs, read_samples
from model_packaging.errors import SampleError
from model_packaging.package import PackagedModel, package_deployment
from preflight import inspect_artifact
from spec import parse_deployment

Package = Callable[[dict[str, Any]], PackagedModel]

MODULES = """import torch
from torch import nn


class Split(nn.Module):
    def __init__(self, width, factor):
        super().__init__()
        self.layer = nn.Linear(2, width)
        nn.init.constant_(self.layer.weight, factor)
        nn.init.zeros_(self.layer.bias)

    def forward(self, x):
        return self.layer(x), x.sum(-1, keepdim=True)


def split(width=3, factor=1.0):
    return Split(width, factor), lambda batch, generator: {"x": torch.rand(batch, 2, generator=generator)}
"""
ECHO = "class TritonPythonModel:\n    def execute(self, requests): ...\n"
X = {"name": "x", "data_type": "TYPE_FP32", "dims": [2]}
WIDE = {"name": "wide", "data_type": "TYPE_FP32", "dims": [3]}
TOTAL = {"name": "total", "data_type": "TYPE_FP32", "dims": [1]}


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """Return what packages one model of a project with a factory and a Python-backend model."""
    (tmp_path / "modules.py").write_text(MODULES, encoding="utf-8")
    (tmp_path / "echo.py").write_text(ECHO, encoding="utf-8")

    def run(model: dict[str, Any]) -> PackagedModel:
        document = {
            "name": "test",
            "environment": {
                "account": "000000000000",
                "region": "us-east-1",
                "availability_zones": ["us-east-1a", "us-east-1b"],
            },
            "models": {"m": model},
        }
        file = parse_deployment(json.dumps(document), tmp_path / "test.yaml")
        [packaged] = package_deployment(file, tmp_path / "build", tmp_path, inspect=inspect_artifact)
        return packaged

    return run


def python(*outputs: dict[str, Any], **reference: Any) -> dict[str, Any]:  # noqa: ANN401 - values of YAML
    return {
        "python": {"from": "echo.py"},
        "reference": {"from": "modules:split", **reference},
        "triton": {"max_batch_size": 4, "input": [X], "output": list(outputs)},
    }


def test_outputs_are_named_by_place() -> None:
    """The inputs stay as they are."""
    array = np.zeros((1, 2), np.float32)
    sample = Sample(1, {"x": array}, {"OUTPUT__0": array, "OUTPUT__1": array + 1})
    [named] = named_outputs([sample], ["wide", "total"])
    assert list(named.inputs) == ["x"]
    assert {name: float(value[0, 0]) for name, value in named.outputs.items()} == {"wide": 0.0, "total": 1.0}


@pytest.mark.integration
def test_requests_are_recorded_under_the_models_own_names(package: Package) -> None:
    """At batch 1 and at the maximum, with the reference's answers by their place."""
    packaged = package(python(WIDE, TOTAL))
    record = packaged.manifest.samples
    assert record is not None
    first, largest = read_samples(packaged.directory / record.file_name)
    assert (first.batch_size, largest.batch_size) == record.batch_sizes == (1, 4)
    assert list(largest.outputs) == ["wide", "total"]
    total = largest.inputs["x"].sum(axis=1, keepdims=True)
    assert np.allclose(largest.outputs["total"], total)
    assert np.allclose(largest.outputs["wide"], np.repeat(total, 3, axis=1))


@pytest.mark.integration
def test_a_reference_of_other_tensors(package: Package) -> None:
    """All differences at once, in the model's names."""
    other = {**WIDE, "data_type": "TYPE_FP64"}
    model = python(other)
    model["triton"]["input"].append({**X, "name": "mask"})
    with pytest.raises(SampleError) as raised:
        package(model)
    assert raised.value.cause == (
        "the reference does not fit the model: it has no input 'mask'; its output 'wide' is FP32 [3], the "
        "model's FP64 [3]; it has 1 more output than the model."
    )


@pytest.mark.integration
def test_versions_take_and_give_the_same(package: Package) -> None:
    """One config.pbtxt stands for all."""
    export = {
        "from": "modules:split",
        "to": "torchscript",
        "how": "trace",
        "versions": {"2": {"arguments": {"width": 5}}, "1": {}},
    }
    with pytest.raises(SampleError) as raised:
        package({"export": export, "triton": {"max_batch_size": 4}})
    assert raised.value.cause == (
        "version 2 takes or gives other tensors than version 1: x FP32 [2], OUTPUT__0 FP32 [5], OUTPUT__1 "
        "FP32 [1], not x FP32 [2], OUTPUT__0 FP32 [3], OUTPUT__1 FP32 [1]."
    )


@pytest.mark.integration
def test_requests_are_recorded_of_the_version_that_answers(package: Package) -> None:
    """The one that the policy serves, though a newer one is packed."""
    export = {
        "from": "modules:split",
        "to": "torchscript",
        "how": "trace",
        "versions": {"1": {"arguments": {"factor": 2.0}}, "2": {}},
    }
    triton = {"max_batch_size": 4, "version_policy": {"specific": {"versions": [1]}}}
    packaged = package({"export": export, "triton": triton})
    assert [each.path for each in packaged.manifest.files] == [
        "m/1/model.pt",
        "m/2/model.pt",
        "m/config.pbtxt",
    ]
    record = packaged.manifest.samples
    assert record is not None
    [sample, _] = read_samples(packaged.directory / record.file_name)
    doubled = 2 * sample.inputs["x"].sum(axis=1, keepdims=True)
    assert np.allclose(sample.outputs["OUTPUT__0"], np.repeat(doubled, 3, axis=1))
