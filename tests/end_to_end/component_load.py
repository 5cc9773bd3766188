"""Load that makes the components scale, sent as a client sends it."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from invocation.request import binary_request
from tests.end_to_end.components import CLASSIFIER, ENCODER, Components
from tests.end_to_end.steady_load import SteadyLoad, steady_load

__all__ = ["minutes_of_invocations", "scale_out_encoder"]

_ENCODER_CLIENTS = 30
"""At 5 concurrent requests a copy they ask for 6 copies; whatever part of them is under way, for 5."""
_PERIODS = 4
"""Three of ten seconds make the alarm fire; the first may have begun before the load."""
_PERIOD_SECONDS = 10
_TOKENS = 512
_ANSWER_SECONDS = 30.0
_SIMULTANEOUS_INVOCATIONS = 4


def scale_out_encoder(components: Components) -> SteadyLoad:
    """Keep some 30 requests under way until the encoder has scaled out; return what they met."""
    # Long texts in full batches: clients wait for the model, not the model for clients.
    shape = (8, _TOKENS)
    inputs = {name: np.ones(shape, np.int64) for name in ("token_ids", "attention_mask")}
    request = binary_request(components.manifest(ENCODER).signature, inputs)
    with steady_load(
        components.project,
        components.endpoint,
        request,
        _ENCODER_CLIENTS,
        component_name=components.name(ENCODER),
    ) as load:
        _wait_for_an_answer(load)
        for _ in range(_PERIODS):
            components.advance(_PERIOD_SECONDS)
    return load


def _wait_for_an_answer(load: SteadyLoad) -> None:
    """By then all clients have sent their first request."""
    deadline = time.monotonic() + _ANSWER_SECONDS
    while not load.answered and time.monotonic() < deadline:
        time.sleep(0.01)


def minutes_of_invocations(components: Components, minutes: int, per_minute: int) -> None:
    """Let minutes of the clock go by with so many requests to the classifier in each; each is answered."""
    client = components.client(CLASSIFIER)
    inputs = components.sample(CLASSIFIER).inputs
    for _ in range(minutes):
        components.end_minute()
        with ThreadPoolExecutor(_SIMULTANEOUS_INVOCATIONS) as pool:
            list(pool.map(lambda _: client.infer(inputs), range(per_minute)))
    components.end_minute()
