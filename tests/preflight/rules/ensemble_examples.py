"""Ensembles that Triton loads, and such with one mistake each."""

from dataclasses import dataclass

from tests.preflight.rules.broken_configs import GOOD

__all__ = ["BROKEN_ENSEMBLES", "GOOD_ENSEMBLES", "MEMBERS", "BrokenEnsemble"]

_DECOUPLED = f"{GOOD}model_transaction_policy {{ decoupled: true }}\n"
_TWO_INPUTS = GOOD.replace(
    'input [ { name: "x" data_type: TYPE_FP32 dims: [ 4 ] } ]',
    'input [ { name: "a" data_type: TYPE_FP32 dims: [ 4 ] } ]\n'
    'input [ { name: "b" data_type: TYPE_FP32 dims: [ 4 ] } ]',
)

MEMBERS = {
    "batched": GOOD,
    "unbatched": GOOD.replace("max_batch_size: 4", "max_batch_size: 0").replace("[ 4 ]", "[ -1, 4 ]"),
    "stream": _DECOUPLED,
    "other_stream": _DECOUPLED,
    "join": _TWO_INPUTS,
}
"""The models that the ensembles execute, by name."""


def _step(model: str, inputs: dict[str, str], outputs: dict[str, str], version: int = -1) -> str:
    maps = [f'input_map {{ key: "{own}" value: "{name}" }}' for own, name in inputs.items()]
    maps += [f'output_map {{ key: "{own}" value: "{name}" }}' for own, name in outputs.items()]
    named = f'model_name: "{model}" ' if model else ""
    return f"{{ {named}model_version: {version} {' '.join(maps)} }}"


def _ensemble(*steps: str, dims: str = "4", maximum: int = 4, optional: str = "") -> str:
    return f"""platform: "ensemble"
max_batch_size: {maximum}
input [ {{ name: "x" data_type: TYPE_FP32 dims: [ {dims} ] {optional} }} ]
output [ {{ name: "y" data_type: TYPE_FP32 dims: [ {dims} ] }} ]
ensemble_scheduling {{ step [ {", ".join(steps)} ] }}
"""


_X, _Y = {"x": "x"}, {"y": "y"}

GOOD_ENSEMBLES = {
    "plain": _ensemble(_step("batched", _X, _Y)),
    "of_an_unbatched_model": _ensemble(_step("unbatched", _X, _Y)),
    "of_both_kinds": _ensemble(_step("batched", _X, {"y": "t"}), _step("unbatched", {"x": "t"}, _Y)),
    "unbatched_of_a_batched": _ensemble(_step("batched", _X, _Y), dims="-1, 4", maximum=0),
    "one_origin": _ensemble(_step("stream", _X, {"y": "t"}), _step("join", {"a": "t", "b": "t"}, _Y)),
}


@dataclass(frozen=True)
class BrokenEnsemble:
    """One ensemble with one mistake: the rule that says so, its text, and whether Triton loads it."""

    rule: str
    config: str
    what: str
    loads: bool = False


_PLAIN = GOOD_ENSEMBLES["plain"]

BROKEN_ENSEMBLES = {
    "no_scheduling": BrokenEnsemble(
        "SEA236",
        _PLAIN[: _PLAIN.index("ensemble_scheduling")],
        "The platform is ensemble, and ensemble_scheduling has no step.",
    ),
    "no_steps": BrokenEnsemble(
        "SEA236", _ensemble(), "The platform is ensemble, and ensemble_scheduling has no step."
    ),
    "another_backend": BrokenEnsemble(
        "SEA236",
        _PLAIN.replace('platform: "ensemble"', 'backend: "ensemble"'),
        "There is an ensemble_scheduling, and the backend 'ensemble'.",
    ),
    "another_platform": BrokenEnsemble(
        "SEA236",
        _PLAIN.replace('platform: "ensemble"', 'platform: "onnxruntime_onnx"'),
        "There is an ensemble_scheduling, and the platform 'onnxruntime_onnx'.",
    ),
    "no_model": BrokenEnsemble("SEA237", _ensemble(_step("", _X, _Y)), "step 0 has no model_name."),
    "no_inputs": BrokenEnsemble(
        "SEA237",
        _ensemble(_step("batched", _X, _Y), _step("batched", {}, {"y": "k"})),
        "step 1 has no input_map.",
    ),
    "no_outputs": BrokenEnsemble(
        "SEA237",
        _ensemble(_step("batched", _X, _Y), _step("batched", _X, {})),
        "step 1 has no output_map.",
    ),
    "of_itself": BrokenEnsemble(
        "SEA238",
        _ensemble(_step("of_itself", _X, _Y)),
        "Its steps lead back to it: of_itself -> of_itself.",
    ),
    "two_streams": BrokenEnsemble(
        "SEA239",
        _ensemble(
            _step("stream", _X, {"y": "p"}),
            _step("other_stream", _X, {"y": "q"}),
            _step("join", {"a": "p", "b": "q"}, _Y),
        ),
        "step 2 (join) joins tensors of the decoupled step 0 (stream) and of the decoupled step 1 "
        "(other_stream).",
    ),
    "stream_and_request": BrokenEnsemble(
        "SEA239",
        _ensemble(_step("stream", _X, {"y": "p"}), _step("join", {"a": "p", "b": "x"}, _Y)),
        "step 1 (join) joins tensors of the decoupled step 0 (stream) and of the request.",
    ),
    "may_be_left_out": BrokenEnsemble(
        "SEA240",
        _ensemble(_step("batched", _X, _Y), optional="optional: true"),
        "The ensemble's input 'x' is optional; the input 'x' of step 0 (batched) is not.",
        loads=True,
    ),
}
