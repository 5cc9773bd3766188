"""Batchers, sequences, versions and warm-up requests that Triton refuses, or loads and can't serve."""

from tests.preflight.rules.echo_configs import GOOD, BrokenConfig

__all__ = ["BROKEN_SCHEDULES"]


def _sequences(words: str) -> str:
    return f"{GOOD}sequence_batching {{ {words} }}\n"


def _state(words: str) -> str:
    return _sequences(
        f'state [ {{ input_name: "a" output_name: "b" data_type: TYPE_FP32 dims: [ 1 ] {words} }} ]'
    )


def _control(words: str) -> str:
    return _sequences(f"control_input [ {words} ]")


def _warmup(words: str) -> str:
    data = f"data_type: TYPE_FP32 dims: [ 4 ] {words}"
    return f'{GOOD}model_warmup {{ name: "w" batch_size: 1 inputs {{ key: "x" value {{ {data} }} }} }}\n'


_UNBATCHED = GOOD.replace("max_batch_size: 4", "max_batch_size: 0")
_START = "control { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 1 ] }"
_VALUES = "int32_false_true, fp32_false_true, bool_false_true"

BROKEN_SCHEDULES = [
    BrokenConfig(
        "SEA270",
        f"{GOOD}dynamic_batching {{ priority_levels: 2 }}",
        "priority_levels is 2, default_priority_level 0.",
        "a default_priority_level from 1 to 2.",
    ),
    BrokenConfig(
        "SEA270",
        f"{GOOD}dynamic_batching {{ priority_levels: 2 default_priority_level: 1 "
        "priority_queue_policy { key: 3 value { max_queue_size: 3 } } }",
        "priority_queue_policy names the level 3; priority_levels is 2.",
        "1 to 2.",
    ),
    BrokenConfig(
        "SEA271",
        f"{GOOD}dynamic_batching {{ preserve_ordering: true priority_levels: 2 default_priority_level: 1 }}",
        "preserve_ordering is true, with 2 priority levels.",
        "one priority level, or no preserve_ordering.",
    ),
    BrokenConfig(
        "SEA271",
        f"{GOOD}dynamic_batching {{ preserve_ordering: true "
        "default_queue_policy { timeout_action: DELAY default_timeout_microseconds: 3 } }",
        "preserve_ordering is true, and requests that time out are to wait (DELAY).",
        "timeout_action REJECT, or no preserve_ordering.",
    ),
    BrokenConfig(
        "SEA272",
        f"{_UNBATCHED}dynamic_batching {{ max_queue_delay_microseconds: 100 }}",
        "dynamic_batching is on, and max_batch_size is 0.",
        "max_batch_size above 1 with dynamic_batching.",
        loads=True,
    ),
    BrokenConfig(
        "SEA273",
        f"{GOOD}dynamic_batching {{ max_queue_delay_microseconds: 100000000 }}",
        "max_queue_delay_microseconds is 100000000: 100 s.",
        "less than the 60 s of an invocation.",
        loads=True,
    ),
    BrokenConfig(
        "SEA273",
        _sequences("oldest { max_candidate_sequences: 4 max_queue_delay_microseconds: 60000000 }"),
        "max_queue_delay_microseconds is 60000000: 60 s.",
        "less than the 60 s of an invocation.",
        loads=True,
    ),
    BrokenConfig(
        "SEA228",
        f"{GOOD}version_policy {{ latest {{ }} }}",
        "version_policy serves the latest 0 versions.",
        "num_versions of at least 1.",
    ),
    BrokenConfig(
        "SEA228",
        f"{GOOD}version_policy {{ specific {{ }} }}",
        "version_policy names no specific version.",
        "at least one version.",
    ),
    BrokenConfig(
        "SEA274",
        _control(f"{{ {_START} }}"),
        "control_input 0 has no name.",
        "the name of a tensor of the model.",
    ),
    BrokenConfig(
        "SEA274",
        _control(f'{{ name: "s" {_START} }}, {{ name: "s" {_START.replace("START", "END")} }}'),
        "2 entries of control_input have the name 's'.",
        "one entry for each tensor.",
    ),
    BrokenConfig(
        "SEA274",
        _control(f'{{ name: "s" {_START} }}, {{ name: "t" {_START} }}'),
        "CONTROL_SEQUENCE_START has 2 tensors.",
        "one tensor for each kind of control.",
    ),
    BrokenConfig(
        "SEA275",
        _control('{ name: "s" control { kind: CONTROL_SEQUENCE_START } }'),
        "CONTROL_SEQUENCE_START of 's' has no values.",
        f"two values in one of {_VALUES}.",
    ),
    BrokenConfig(
        "SEA275",
        _control('{ name: "s" control { kind: CONTROL_SEQUENCE_END fp32_false_true: [ 0, 1, 2 ] } }'),
        "CONTROL_SEQUENCE_END of 's' has fp32_false_true: [0.0, 1.0, 2.0].",
        f"two values in one of {_VALUES}.",
    ),
    BrokenConfig(
        "SEA275",
        _control(
            '{ name: "s" control { kind: CONTROL_SEQUENCE_READY int32_false_true: [ 0, 1 ] '
            "bool_false_true: [ false, true ] } }"
        ),
        "CONTROL_SEQUENCE_READY of 's' has int32_false_true: [0, 1], bool_false_true: [False, True].",
        f"two values in one of {_VALUES}.",
    ),
    BrokenConfig(
        "SEA275",
        _control('{ name: "s" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_FP32 } }'),
        "CONTROL_SEQUENCE_CORRID of 's' has TYPE_FP32.",
        "a data_type of TYPE_UINT64, TYPE_INT64, TYPE_UINT32, TYPE_INT32, TYPE_STRING, and no values.",
    ),
    BrokenConfig(
        "SEA275",
        _control(
            '{ name: "s" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_INT64 '
            "int32_false_true: [ 0, 1 ] } }"
        ),
        "CONTROL_SEQUENCE_CORRID of 's' has int32_false_true.",
        "a data_type of TYPE_UINT64, TYPE_INT64, TYPE_UINT32, TYPE_INT32, TYPE_STRING, and no values.",
    ),
    BrokenConfig(
        "SEA276",
        _sequences("oldest { max_candidate_sequences: 4 preferred_batch_size: [ 8 ] }"),
        "oldest.preferred_batch_size is 8, max_batch_size 4.",
        "sizes from 1 to max_batch_size.",
    ),
    BrokenConfig(
        "SEA276",
        _sequences("direct { minimum_slot_utilization: 1.5 }"),
        "direct.minimum_slot_utilization is 1.5.",
        "0.0 to 1.0.",
    ),
    BrokenConfig(
        "SEA277",
        _state(
            'initial_state: { name: "i" data_type: TYPE_FP32 dims: [ 1 ] zero_data: true } '
            'initial_state: { name: "j" data_type: TYPE_FP32 dims: [ 1 ] zero_data: true }'
        ),
        "The state of 'a' has 2 initial states.",
        "one.",
    ),
    BrokenConfig(
        "SEA277",
        _state("initial_state: { data_type: TYPE_FP32 dims: [ 1 ] zero_data: true }"),
        "The state of 'a' has an initial_state without a name.",
        "a name.",
    ),
    BrokenConfig(
        "SEA277",
        _state('initial_state: { name: "i" data_type: TYPE_INT32 dims: [ 1 ] zero_data: true }'),
        "The state of 'a' is TYPE_FP32, its initial_state TYPE_INT32.",
        "TYPE_FP32.",
    ),
    BrokenConfig(
        "SEA277",
        _state('initial_state: { name: "i" data_type: TYPE_FP32 dims: [ 2 ] zero_data: true }'),
        "The state of 'a' has dims [1], its initial_state [2].",
        "[1], a size instead of each -1.",
    ),
    BrokenConfig(
        "SEA277",
        _state('initial_state: { name: "i" data_type: TYPE_FP32 dims: [ 1 ] }'),
        "The state of 'a' has an initial_state without data.",
        "zero_data or data_file.",
    ),
    BrokenConfig(
        "SEA277",
        _state('initial_state: { name: "i" data_type: TYPE_FP32 dims: [ 1 ] data_file: "f" }'),
        "The state of 'a' begins with 'f', and the archive has no echo/initial_state/f.",
        "echo/initial_state/f in the archive.",
    ),
    BrokenConfig(
        "SEA220",
        _warmup('input_data_file: "f"'),
        "The warm-up 'w' reads 'x' from 'f', and the archive has no echo/warmup/f.",
        "echo/warmup/f in the archive.",
    ),
    BrokenConfig(
        "SEA229",
        _warmup(""),
        "The warm-up 'w' gives 'x' no data.",
        "zero_data, random_data or input_data_file.",
    ),
    BrokenConfig(
        "SEA230",
        _warmup('input_data_file: "f"'),
        "The warm-up 'w' reads 'x' from echo/warmup/f, of 15 bytes.",
        "16 bytes or more.",
        files={"warmup/f": 15},
    ),
]
"""A mistake each; but for it, ``GOOD``."""
