"""Whatever stands in a file: a deployment or problems, and the same verdict as an editor's."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import catalogue
import spec
from spec import Deployment, DeploymentFileError, parse_deployment
from spec.schema import deployment_schema

FILE = Path("deployments/test.yaml")
VALIDATOR = jsonschema.Draft202012Validator(deployment_schema())
LOCAL = (Path(spec.__file__).parents[1] / "deployments" / "local.yaml").read_text(encoding="utf-8")

names = st.from_regex(r"[a-zA-Z][a-zA-Z0-9]{0,9}", fullmatch=True)
reasons = st.dictionaries(names, st.just("a reason that suffices"), max_size=2)


@st.composite
def models(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid model."""
    maximum = draw(st.integers(1, 64))
    batching: dict[str, Any] = {"max_queue_delay_microseconds": draw(st.integers(0, 10**6))}
    batching["preferred_batch_size"] = draw(st.lists(st.integers(1, maximum), unique=True, max_size=3))
    scalars = (
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(max_size=9)
    )
    return {
        "export": {
            "from": f"{draw(names)}.{draw(names)}:{draw(names)}",
            "arguments": draw(st.dictionaries(names, scalars, max_size=3)),
            "to": "torchscript",
            "how": draw(st.sampled_from(["trace", "script"])),
        },
        "triton": {
            "max_batch_size": maximum,
            "dynamic_batching": draw(st.none() | st.just(batching)),
            "instance_group": [
                {
                    "count": draw(st.integers(1, 4)),
                    "kind": "KIND_GPU",
                    "gpus": draw(st.sampled_from([[], [0, 1]])),
                }
            ],
        },
        "container": {
            "triton_release": draw(st.sampled_from(catalogue.triton_releases("eu-west-1"))),
            "environment": draw(st.dictionaries(names, st.text(max_size=9), max_size=3)),
        },
        "tolerance": {"absolute": draw(st.floats(0, 1)), "relative": draw(st.floats(0, 1))},
        "acknowledge": draw(reasons),
    }


def kinds_of_endpoints(names_of_models: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw what an endpoint serves: one model, one of many, or several containers."""
    served = st.sampled_from(names_of_models)
    containers = st.dictionaries(names, st.fixed_dictionaries({"model": served}), min_size=2, max_size=4)
    return (
        st.fixed_dictionaries({"type": st.just("realtime"), "model": served})
        | st.fixed_dictionaries(
            {
                "type": st.just("multi-model"),
                "models": st.lists(served, min_size=1, max_size=1),
                "model_cache": st.sampled_from(["Enabled", "Disabled"]),
            }
        )
        | st.fixed_dictionaries(
            {
                "type": st.just("pipeline"),
                "containers": containers,
                "inference_execution_mode": st.sampled_from(["Serial", "Direct"]),
            }
        )
    )


@st.composite
def deployments(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid deployment document."""
    served = draw(st.dictionaries(names, models(), min_size=1, max_size=2))
    keys = names.filter(lambda key: key.casefold() != "network")
    zones = [f"eu-west-1{letter}" for letter in draw(st.sampled_from(["ab", "abc", "cab"]))]
    types = st.sampled_from([each.name for each in catalogue.instance_types()])
    amis = st.sampled_from([None, *(each.name for each in catalogue.inference_amis())])
    return {
        "name": draw(names),
        "environment": {"account": "012345678901", "region": "eu-west-1", "availability_zones": zones},
        "network": {
            "cidr": draw(st.sampled_from(["10.0.0.0/16", "192.168.4.0/24"])),
            "private_link": draw(st.lists(st.sampled_from(catalogue.private_link_services()), unique=True)),
            "flow_log_retention_days": draw(st.sampled_from([1, 365, 3653])),
            "acknowledge": draw(reasons),
        },
        "models": served,
        "endpoints": {
            key: {
                **draw(kinds_of_endpoints(sorted(served))),
                "instances": {"type": draw(types), "count": draw(st.integers(1, 9))},
                "endpoint_name": f"endpoint-{number}",
                "routing": draw(st.sampled_from(["RANDOM", "LEAST_OUTSTANDING_REQUESTS"])),
                "inference_ami_version": draw(amis),
                "model_data_download_timeout_seconds": draw(st.none() | st.integers(60, 3600)),
            }
            for number, key in enumerate(draw(st.lists(keys, unique=True, max_size=2)))
        },
    }


# 1.0 is a whole number to JSON Schema, not to us; and Python's `$`, unlike ECMA's and Rust's, also matches
# before a newline at the end. Neither is generated.
other_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer())
    | st.text(max_size=12).map(str.strip)
    | st.sampled_from(["realtime", "trace", "KIND_CPU", "ml.g5.xlarge", "us-east-1", "24.09"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5).map(str.strip), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def changed_deployments(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid document with one to three places replaced, removed or added."""
    document: dict[str, Any] = draw(deployments())
    for _ in range(draw(st.integers(1, 3))):
        target: Any = document
        while isinstance(target, dict | list) and target:
            keys = sorted(target) if isinstance(target, dict) else range(len(target))
            key = draw(st.sampled_from(keys))
            if not isinstance(target[key], dict | list) or draw(st.integers(0, 4)) == 0:
                break
            target = target[key]
        else:
            continue
        action = draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "remove":
            del target[key]
        elif action == "add" and isinstance(target, dict):
            target[draw(st.text(max_size=8).map(str.strip))] = draw(other_values)
        else:
            target[key] = draw(other_values)
    return document


def _verdict(text: str) -> bool:
    try:
        parse_deployment(text, FILE)
    except DeploymentFileError as error:
        problems = error.problems
    else:
        return True
    assert problems
    for problem in problems:
        assert problem.location.startswith(str(FILE))
        assert problem.what
        assert problem.allowed
        assert problem.fix
        assert len(str(problem).splitlines()) == 1
    return False


def _as_yaml(document: dict[str, Any]) -> str:
    """Return ``document`` as JSON with whole characters for surrogate pairs, which makes it YAML."""
    pairs = re.compile(r"\\u(d[89ab]..)\\u(d[c-f]..)")
    return pairs.sub(
        lambda pair: f"\\U{ord(bytes.fromhex(pair[1] + pair[2]).decode('utf-16-be')):08X}",
        json.dumps(document),
    )


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_ends_in_problems(text: str) -> None:
    """No text whatever raises anything but DeploymentFileError, with complete problems on one line each."""
    assert _verdict(text) is False


yaml_pieces = st.sampled_from(
    [*"abc:-[]{}'\"\\,&*!|>%@`#?<~ \n\t019.", ": ", "\n  ", "- ", "<<", "\x85", "\ufeff", "---"]
)


@given(st.lists(yaml_pieces, max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_yaml_ends_in_problems(text: str) -> None:
    """Nor does any text made of what means something to YAML."""
    assert _verdict(text) is False


@given(st.integers(0, len(LOCAL)), st.integers(0, 12), st.lists(yaml_pieces, max_size=4).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_slip_in_a_real_file_is_survived(start: int, length: int, typed: str) -> None:
    """Whatever is typed over a piece of a real deployment file, it loads or ends in problems."""
    _verdict(LOCAL[:start] + typed + LOCAL[start + length :])


@given(deployments())
@settings(max_examples=40, deadline=None)
def test_valid_deployments_come_back(document: dict[str, Any]) -> None:
    """A valid document, written as YAML, comes back with the same content."""
    assert_it_comes_back(document)


@pytest.mark.soak
@given(deployments())
@settings(max_examples=1_000, deadline=None)
def test_many_valid_deployments_come_back(document: dict[str, Any]) -> None:
    """So do a thousand."""
    assert_it_comes_back(document)


def assert_it_comes_back(document: dict[str, Any]) -> None:
    deployment = parse_deployment(_as_yaml(document), FILE).deployment
    assert json.loads(deployment.model_dump_json(by_alias=True, exclude_unset=True)) == document
    assert VALIDATOR.is_valid(document)


@given(changed_deployments())
@settings(max_examples=40, deadline=None)
def test_editor_and_loader_agree(document: dict[str, Any]) -> None:
    """The JSON Schema accepts nothing that the models refuse, and everything that the loader takes."""
    assert_they_agree(document)


@pytest.mark.soak
@given(changed_deployments())
@settings(max_examples=2_000, deadline=None)
def test_editor_and_loader_agree_on_many(document: dict[str, Any]) -> None:
    """So it is for thousands of documents."""
    assert_they_agree(document)


@pytest.mark.soak
@given(st.lists(yaml_pieces, max_size=60).map("".join))
@settings(max_examples=20_000, deadline=None)
def test_much_yaml_ends_in_problems(text: str) -> None:
    """No text made of what means something to YAML raises anything but DeploymentFileError."""
    assert _verdict(text) is False


def assert_they_agree(document: dict[str, Any]) -> None:
    try:
        Deployment.model_validate(document)
    except ValidationError:
        modelled = False
    else:
        modelled = True
    valid = VALIDATOR.is_valid(document)
    assert modelled or not valid
    assert valid or not _verdict(_as_yaml(document))
