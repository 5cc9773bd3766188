"""Valid ``triton`` sections, drawn: everything that may be said and that Triton loads."""

from typing import Any

from hypothesis import strategies as st

from model_packaging.artifact.signature import Signature, TensorSpec

__all__ = ["SIGNATURE", "triton_sections"]

SIGNATURE = Signature(
    inputs=(
        TensorSpec("x", "FP32", (2,)),
        TensorSpec("ids", "INT64", (-1,)),
        TensorSpec("START", "FP32", (1,)),
        TensorSpec("memory", "FP32", (3,)),
    ),
    outputs=(TensorSpec("OUTPUT__0", "FP32", (2,)), TensorSpec("OUTPUT__1", "FP32", (3,))),
    batched=True,
)
"""Of a model whose ``START`` and ``memory`` a sequence batcher may fill."""

_names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,8}", fullmatch=True)
_words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=8)
_microseconds = st.integers(0, 2**53 - 1)
_uint32 = st.integers(0, 2**32 - 1)
_dims = st.lists(st.integers(1, 64), max_size=3)
_parameters = st.dictionaries(_names, _words, max_size=2)
_metric_tags = st.dictionaries(
    st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True), _words, max_size=2
)
_float32 = st.floats(0, 1, width=32)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a mapping with any of ``fields``."""
    return st.fixed_dictionaries({}, optional=fields)


_queue_policies = _some(
    timeout_action=st.sampled_from(["REJECT", "DELAY"]),
    default_timeout_microseconds=_microseconds,
    allow_timeout_override=st.booleans(),
    max_queue_size=_uint32,
)
_resources = st.fixed_dictionaries(
    {"name": _names, "count": st.integers(0, 4)}, optional={"global": st.booleans()}
)
_groups = _some(
    count=st.integers(1, 2),
    kind=st.sampled_from(["KIND_AUTO", "KIND_GPU", "KIND_CPU"]),
    name=_names,
    rate_limiter=_some(resources=st.lists(_resources, max_size=2), priority=_uint32),
    host_policy=_names,
)
_graph_shapes = st.dictionaries(_names, st.builds(lambda dims: {"dim": dims}, _dims), max_size=2)
_graph_specs = _some(
    batch_size=st.integers(0, 8),
    input=_graph_shapes,
    graph_lower_bound=_some(batch_size=st.integers(0, 8), input=_graph_shapes),
)
_accelerators = st.lists(
    st.fixed_dictionaries({"name": _names}, optional={"parameters": _parameters}), max_size=2
)
_pinned = st.builds(lambda enable: {"enable": enable}, st.booleans())
_optimizations = _some(
    graph=_some(level=st.integers(-1, 3)),
    priority=st.sampled_from(["PRIORITY_DEFAULT", "PRIORITY_MAX", "PRIORITY_MIN"]),
    cuda=_some(
        graphs=st.booleans(),
        busy_wait_events=st.booleans(),
        graph_spec=st.lists(_graph_specs, max_size=2),
        output_copy_stream=st.booleans(),
    ),
    execution_accelerators=_some(
        gpu_execution_accelerator=_accelerators, cpu_execution_accelerator=_accelerators
    ),
    input_pinned_memory=_pinned,
    output_pinned_memory=_pinned,
    gather_kernel_buffer_threshold=_uint32,
    eager_batching=st.booleans(),
)
_data = st.sampled_from([{}, {"zero_data": True}, {"random_data": True}])


@st.composite
def _dynamic_batchings(draw: st.DrawFn, maximum: int) -> dict[str, Any]:
    levels = draw(st.integers(0, 3))
    batching: dict[str, Any] = draw(
        _some(
            preferred_batch_size=st.lists(st.integers(1, maximum), unique=True, max_size=3),
            max_queue_delay_microseconds=_microseconds,
            default_queue_policy=_queue_policies,
        )
    )
    if levels:
        batching |= {"priority_levels": levels, "default_priority_level": draw(st.integers(1, levels))}
        keys = st.integers(1, levels).map(str)
        batching["priority_queue_policy"] = draw(st.dictionaries(keys, _queue_policies, max_size=2))
    if levels < 2:
        batching["preserve_ordering"] = draw(st.booleans())
    return batching


@st.composite
def _sequence_batchings(draw: st.DrawFn, maximum: int) -> dict[str, Any]:
    start: dict[str, Any] = {"kind": "CONTROL_SEQUENCE_START"}
    pairs = {"int32_false_true": [0, 1], "fp32_false_true": [0.0, 1.0], "bool_false_true": [False, True]}
    pair = draw(st.sampled_from(sorted(pairs)))
    state = {"input_name": "memory", "output_name": "OUTPUT__1", "data_type": "TYPE_FP32", "dims": [3]}
    if draw(st.booleans()):
        state["initial_state"] = [{"name": draw(_names), "data_type": "TYPE_FP32", "dims": [3]}]
    sequences: dict[str, Any] = draw(_some(max_sequence_idle_microseconds=_microseconds))
    sequences["control_input"] = [{"name": "START", "control": [{**start, pair: pairs[pair]}]}]
    sequences["state"] = draw(st.sampled_from([[], [state]]))
    oldest = st.fixed_dictionaries(
        {"max_candidate_sequences": st.integers(1, 8)},
        optional={
            "preferred_batch_size": st.lists(st.integers(1, maximum), unique=True, max_size=2),
            "max_queue_delay_microseconds": _microseconds,
            "preserve_ordering": st.booleans(),
        },
    )
    direct = _some(max_queue_delay_microseconds=_microseconds, minimum_slot_utilization=_float32)
    strategy = draw(st.sampled_from(["direct", "oldest", ""]))
    if strategy:
        sequences[strategy] = draw(direct if strategy == "direct" else oldest)
    return sequences


@st.composite
def triton_sections(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a section that fits ``SIGNATURE``, and that Triton 2.51 loads."""
    maximum = draw(st.integers(1, 8))
    batcher = draw(st.sampled_from(["dynamic_batching", "sequence_batching", ""]))
    section: dict[str, Any] = draw(
        _some(
            optimization=_optimizations,
            instance_group=st.lists(_groups, min_size=1, max_size=2),
            metric_tags=_metric_tags,
            version_policy=st.sampled_from(
                [{"all": {}}, {"latest": {"num_versions": 2}}, {"specific": {"versions": [1]}}]
            ),
        )
    )
    section["max_batch_size"] = maximum
    if batcher == "dynamic_batching":
        section[batcher] = draw(_dynamic_batchings(maximum))
    elif batcher == "sequence_batching":
        section[batcher] = draw(_sequence_batchings(maximum))
    else:
        section |= draw(_some(response_cache=_pinned))
        warmup = st.fixed_dictionaries(
            {
                "name": _names,
                "inputs": st.builds(lambda x, ids: {"x": x, "ids": {**ids, "dims": [4]}}, _data, _data),
            },
            optional={"batch_size": st.integers(1, maximum), "count": st.integers(0, 3)},
        )
        section["model_warmup"] = draw(st.lists(warmup, max_size=2))
    return section
