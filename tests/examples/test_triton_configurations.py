"""One BERT in eight configurations of Triton, and the instances that a GPU holds."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.layout.triton_config import config_pbtxt_of
from spec import Export, TritonModelConfig, load_deployment

ROOT = Path(__file__).parents[2]
MODELS = load_deployment(ROOT / "deployments" / "triton-configurations.yaml").deployment.models
SIGNATURE = Signature(
    (TensorSpec("x", "FP32", (4,)),), (TensorSpec("OUTPUT__0", "FP32", (4,)),), batched=True
)


@pytest.mark.parametrize("format_", ["pt", "trt"])
@pytest.mark.parametrize(
    ("key", "batching", "instances"),
    [("base", False, []), ("db", True, []), ("ig", False, [2]), ("ig-db", True, [2])],
)
def test_each_differs_by_what_its_name_says(
    format_: str, key: str, *, batching: bool, instances: list[int]
) -> None:
    """Dynamic batching is on by its presence, with Triton's defaults; two instances are on the GPU."""
    triton = MODELS[f"{format_}-{key}"].triton
    assert triton is not None
    config = parse_config_pbtxt(config_pbtxt_of("m", triton, SIGNATURE))
    assert config.HasField("dynamic_batching") == batching
    assert not config.dynamic_batching.ListFields()
    assert [each.count for each in config.instance_group] == instances
    assert all(each.kind == each.KIND_GPU for each in config.instance_group)


def test_all_are_one_model_in_two_formats() -> None:
    """What is compared is the configuration, not the model."""
    exports = [each.export for each in MODELS.values() if isinstance(each.export, Export)]
    assert [each.to for each in exports] == ["torchscript"] * 4 + ["tensorrt"] * 4
    assert {each.from_ for each in exports} == {"examples.bert:bert_classifier"}
    assert all(each.arguments == exports[0].arguments for each in exports)


def test_the_document_puts_instances_on_all_gpus_and_more_on_one() -> None:
    """What it shows stands in config.pbtxt."""
    text = (ROOT / "docs" / "compositions.md").read_text(encoding="utf-8")
    shown = re.findall(r"```yml\n(instance_group.*?)```", text, re.DOTALL)
    groups = [_groups(YAML(typ="safe").load(each)) for each in shown]
    assert groups == [[(2, [])], [(3, [0]), (2, [1, 2, 3])]]


def _groups(section: dict[str, Any]) -> list[tuple[int, list[int]]]:
    triton = TritonModelConfig.model_validate({"max_batch_size": 8, **section})
    config = parse_config_pbtxt(config_pbtxt_of("m", triton, SIGNATURE))
    return [(each.count, list(each.gpus)) for each in config.instance_group]
