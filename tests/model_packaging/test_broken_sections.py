"""Sections with something wrong in them: words, never a traceback; and what loads has a configuration."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_packaging.artifact.config_pbtxt import parse_config_pbtxt
from model_packaging.layout.declared_signature import declared_signature
from model_packaging.layout.model_formats import format_of
from model_packaging.layout.triton_config import config_pbtxt_of
from spec import DeploymentFile, DeploymentFileError, Problem, parse_deployment
from tests.model_packaging.ensembles import MEMBERS, ensembles
from tests.model_packaging.triton_sections import SIGNATURE, triton_sections

EXPORT = {"from": "m:f", "to": "torchscript", "how": "trace"}
TENSOR = {"name": "x", "data_type": "TYPE_FP32", "dims": [2]}
PYTHON = {"max_batch_size": 4, "input": [TENSOR], "output": [{**TENSOR, "name": "y"}]}

_junk: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        -1,
        0,
        1,
        2**70,
        0.5,
        1e300,
        "",
        "x",
        "KIND_CPU",
        "é\u2028",
        True,
        [],
        {},
        [None],
        [{}],
        {"x": None},
    ]
)


def _leaves(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of everything inside ``value``."""
    if isinstance(value, dict):
        inner = list(value.items())
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    return [each for key, below in inner for each in ((*path, key), *_leaves(below, (*path, key)))]


@st.composite
def changed_models(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a model of any composition with one value, or one key, replaced by something else."""
    model: dict[str, Any] = draw(
        st.one_of(
            st.builds(lambda triton: {"export": EXPORT, "triton": triton}, triton_sections()),
            ensembles(),
            st.builds(
                lambda calls: {"python": {"from": "m.py", "calls": calls}, "triton": PYTHON},
                st.lists(st.sampled_from(sorted(MEMBERS)), unique=True),
            ),
        )
    )
    model = copy.deepcopy(model)
    *above, last = draw(st.sampled_from(_leaves(model)))
    target: Any = model
    for part in above:
        target = target[part]
    if isinstance(target, dict) and draw(st.booleans()):
        target[draw(st.sampled_from(["", "unknown", "1", "max_batch_size"]))] = target.pop(last)
    else:
        target[last] = draw(_junk)
    return model


def load(model: dict[str, Any]) -> DeploymentFile | tuple[Problem, ...]:
    """Return the deployment with ``model``, or what is wrong with it."""
    members = {
        name: {"python": {"from": f"{name}.py"}, "triton": {"max_batch_size": 4, **tensors}}
        for name, tensors in MEMBERS.items()
    }
    document = {
        "name": "test",
        "environment": {
            "account": "000000000000",
            "region": "us-east-1",
            "availability_zones": ["us-east-1a", "us-east-1b"],
        },
        "models": {**members, "changed": model},
    }
    try:
        return parse_deployment(json.dumps(document), Path("test.yaml"))
    except DeploymentFileError as error:
        return error.problems


def check(model: dict[str, Any]) -> None:
    """Load ``model``; what is refused is refused in words, what is not has a configuration."""
    found = load(model)
    if isinstance(found, tuple):
        assert found
        for each in found:
            assert each.path.startswith("models")
            assert all((each.what, each.allowed, each.fix)), str(each)
        return
    loaded = found.deployment.models["changed"]
    assert loaded.triton is not None
    signature = SIGNATURE if loaded.export is not None else declared_signature(loaded.triton)
    text = config_pbtxt_of("changed", loaded.triton, signature, format_of(loaded), loaded.ensemble)
    assert parse_config_pbtxt(text).max_batch_size == loaded.triton.max_batch_size


@given(changed_models())
@settings(max_examples=100, deadline=None)
def test_a_change_is_refused_in_words_or_has_a_configuration(model: dict[str, Any]) -> None:
    """Each problem says where, what, what is allowed and what to do."""
    check(model)


@pytest.mark.soak
@given(changed_models())
@settings(max_examples=5_000, deadline=None)
def test_many_changes_are_refused_in_words_or_have_a_configuration(model: dict[str, Any]) -> None:
    """The same, often."""
    check(model)


def test_a_boolean_that_is_null_is_refused_in_words() -> None:
    """A key that has to be true or false says so."""
    triton = {**PYTHON, "response_cache": {"enable": None}}
    found = load({"python": {"from": "m.py"}, "triton": triton})
    assert isinstance(found, tuple)
    [problem] = found
    assert problem.path == "models.changed.triton.response_cache.enable"
    assert problem.allowed == "true or false"
