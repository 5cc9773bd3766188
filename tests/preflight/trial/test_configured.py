"""A model's configuration as Triton tells it."""

from model_packaging.artifact import Signature, TensorSpec
from preflight.trial._configured import Configured, read_configured


def test_a_configuration_is_read() -> None:
    """Triton writes types as its own enumeration and numbers as it likes; strings are KServe's BYTES."""
    document = {
        "max_batch_size": 8,
        "input": [
            {"name": "x", "data_type": "TYPE_FP32", "dims": ["3", -1]},
            {"name": "w", "data_type": "TYPE_STRING", "dims": [1], "optional": True},
        ],
        "output": [{"name": "y", "data_type": "TYPE_INT64", "dims": [1]}],
        "model_transaction_policy": {"decoupled": True},
        "dynamic_batching": {},
        "sequence_batching": {},
        "response_cache": {"enable": True},
        "model_warmup": [{}, {}],
    }
    assert read_configured(document) == Configured(
        signature=Signature(
            (TensorSpec("x", "FP32", (3, -1)), TensorSpec("w", "BYTES", (1,), optional=True)),
            (TensorSpec("y", "INT64", (1,)),),
            batched=True,
        ),
        max_batch_size=8,
        decoupled=True,
        sequences=True,
        dynamic_batching=True,
        response_cache=True,
        warm_up_samples=2,
    )


def test_what_is_left_out_is_off() -> None:
    """Without max_batch_size there is no batch dimension."""
    assert read_configured({}) == Configured(Signature((), (), batched=False), 0)
