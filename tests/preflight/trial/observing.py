"""What is noted of a model that a function answers for."""

import numpy as np

from model_packaging.artifact import Tolerance
from model_packaging.eager.comparison import Arrays
from preflight.trial._observations import Observation
from preflight.trial._samples import Samples, TrialRequest
from preflight.trial.outcome import TrialOutcome
from preflight.trial.request_outcome import Origin
from tests.preflight.trial.fake_served import FakeServed

__all__ = ["golden", "observed", "rows"]


def observed(served: FakeServed, *requests: TrialRequest) -> TrialOutcome:
    """Return what is noted of ``served``."""
    observation = Observation(TrialOutcome("model"), served, Samples(requests), lambda: False, lambda _: None)
    observation.run()
    return observation.outcome


def golden(x: np.ndarray, expected: Arrays | None = None) -> TrialRequest:
    """Return a request of the user with the answer that is expected."""
    return TrialRequest("golden.npz", Origin.GOLDEN, {"x": x}, expected or {}, Tolerance(1e-5, 1e-4))


def rows(count: int) -> np.ndarray:
    """Return so many different rows."""
    return np.random.default_rng(0).standard_normal((count, 3)).astype(np.float32)
