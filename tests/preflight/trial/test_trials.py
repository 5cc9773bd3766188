"""Good and bad artifacts on a real Triton: what a trial sees of each, and what the rules say."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from preflight.trial import TrialReport
from preflight.trial.loading import Stage
from preflight.trial.outcome import Server, TrialOutcome
from preflight.trial.request_outcome import Form, Origin
from tests.preflight.trial.artifacts import CACHED, PYTHON, ensemble, generating, python_model, torch_model

pytestmark = pytest.mark.integration

Try = Callable[..., TrialReport]
WARM_UP = (
    'model_warmup [ { name: "zeros" batch_size: 1 inputs { key: "x" value '
    "{ data_type: TYPE_FP32 dims: [ 3 ] zero_data: true } } } ]\n"
)
JOINED = f"{PYTHON}dynamic_batching {{ max_queue_delay_microseconds: 50000 }}\n"
CACHE = {"SAGEMAKER_TRITON_ADDITIONAL_ARGS": "--cache-config=local,size=1048576"}


GENERATING = {"generate": 1, "generate_stream": 3}


def _torch_models() -> Mapping[str, Callable[[Path], Path]]:
    import torch  # noqa: PLC0415 - only these tests pay for it
    from torch.nn import functional  # noqa: PLC0415 - likewise

    class Linear(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.linear = torch.nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(x)  # type: ignore[no-any-return]  # as torch has it

    class Refusing(Linear):
        rows = 1

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(x).view(self.rows, 3)  # type: ignore[no-any-return]  # as torch has it

    class Silent(Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            answer = torch.zeros_like(x)
            for row in range(x.shape[0]):  # traced, this is as many rows as the example has
                answer[row] = self.linear(x[row])
            return answer

    class Dropping(Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return functional.dropout(self.linear(x), 0.5, training=True)

    class Mixing(Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.softmax(self.linear(x), dim=0)

    class Normalizing(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = torch.nn.BatchNorm1d(3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.norm(x)  # type: ignore[no-any-return]  # as torch has it

    pair = Refusing().eval()
    pair.rows = 2
    one, several = torch.randn(1, 3), torch.randn(4, 3)
    return {
        "good": lambda folder: torch_model(folder, Linear().eval(), several),
        "refusing": lambda folder: torch_model(folder, Refusing().eval(), one),
        "pair": lambda folder: torch_model(folder, pair, several[:2]),
        "silent": lambda folder: torch_model(folder, Silent().eval(), one),
        "dropping": lambda folder: torch_model(folder, Dropping(), one),
        "mixing": lambda folder: torch_model(folder, Mixing().eval(), one),
        "normalizing": lambda folder: torch_model(folder, Normalizing().train(), several),
    }


_PYTHON_MODELS: Mapping[str, Mapping[str, Any]] = {
    "nan": {"body": "return np.log(-1 - np.abs(x))"},
    "infinite": {"body": "return np.exp(np.abs(x) * 1000)"},
    "failing": {"body": "return x", "load": 'raise ValueError("no weights here")'},
    "lacking": {"body": "return x", "load": "import no_such_module"},
    "dying": {"body": "os._exit(1)"},
    "refusing everything": {"body": 'raise ValueError("not for me")'},
    "other shape": {"body": "return x[:, :2].copy()"},
    "joined": {"config": JOINED},
    "reversed": {"config": JOINED, "inputs": "reversed(inputs)"},
    "warm": {"config": PYTHON + WARM_UP},
    "decoupled": {"config": f"{PYTHON}model_transaction_policy {{ decoupled: true }}\n"},
    "plan": {"config": PYTHON.replace('"python"', '"tensorrt"')},
    "misspelt": {"config": PYTHON.replace('"python"', '"pytroch"')},
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory, attempt: Try) -> Mapping[str, TrialReport]:
    """Every artifact's report by its name, two at a time: each has a server of its own."""
    root = tmp_path_factory.mktemp("artifacts")
    folders = {name: write(root / name) for name, write in _torch_models().items()}
    folders |= {name: python_model(root / name, **given) for name, given in _PYTHON_MODELS.items()}
    (root / "plan" / "model" / "1" / "model.plan").write_bytes(b"a plan")
    runs: dict[str, Callable[[], TrialReport]] = {
        name: partial(attempt, folder) for name, folder in folders.items()
    }
    cached, both = python_model(root / "cached", config=CACHED), ensemble(root / "ensemble")
    runs |= {
        "cached": partial(attempt, cached, environment=CACHE),
        "cached in vain": partial(attempt, cached),
        "ensemble": partial(attempt, both, environment={"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "both"}),
        "slow": partial(
            attempt, python_model(root / "slow", load="time.sleep(300)"), load_timeout_seconds=3.0
        ),
    }
    for kind, answers in GENERATING.items():
        environment = {"SAGEMAKER_TRITON_INFERENCE_TYPE": kind}
        runs[kind] = partial(attempt, generating(root / kind, answers), environment=environment)
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(runs, pool.map(lambda run: run(), runs.values()), strict=True))


@pytest.fixture(scope="module")
def outcome(tried: Mapping[str, TrialReport]) -> Callable[[str], TrialOutcome]:
    return lambda name: tried[name].outcomes[0]


Outcome = Callable[[str], TrialOutcome]


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("good", []),
        ("refusing", ["SEA375"]),
        ("silent", ["SEA377"]),
        ("dropping", ["SEA370"]),
        ("mixing", ["SEA378"]),
        ("normalizing", ["SEA378"]),
        ("nan", ["SEA365"]),
        ("infinite", ["SEA366"]),
        ("failing", ["SEA353"]),
        ("lacking", []),
        ("dying", ["SEA355"]),
        ("slow", ["SEA354"]),
        ("cached", []),
        ("cached in vain", ["SEA386"]),
        ("ensemble", []),
        ("generate", []),
        ("generate_stream", []),
        ("pair", ["SEA375"]),
        ("refusing everything", ["SEA363"]),
        ("other shape", ["SEA364"]),
        ("joined", []),
        ("reversed", ["SEA381"]),
        ("warm", []),
        ("decoupled", []),
        ("plan", []),
        ("misspelt", ["SEA353"]),
    ],
)
def test_what_the_rules_say(tried: Mapping[str, TrialReport], name: str, rules: list[str]) -> None:
    """Each mistake is found, by its own rule and by no other; what is good or can't be tried is not."""
    assert [finding.rule for finding in tried[name].findings] == rules


def test_findings_are_at_the_artifact(tried: Mapping[str, TrialReport]) -> None:
    """Without a deployment file they name the model, and the path that was given."""
    [finding] = tried["failing"].findings
    assert finding.subject == "failing"
    assert finding.location is not None
    assert finding.location.file.endswith("/failing")
    assert finding.what == "Triton doesn't load it: model 'model': ValueError: no weights here."


def test_a_good_model_is_measured(outcome: Outcome) -> None:
    """Loading, times, memory, batches and rows are all there."""
    good = outcome("good")
    assert (good.is_loaded, good.server) == (True, Server.TRITON)
    assert [(each.origin, each.form, each.batch_size, each.error) for each in good.requests] == [
        (Origin.MADE, Form.BINARY, 1, ""),
        (Origin.MADE, Form.JSON, 1, ""),
        (Origin.MADE, Form.BINARY, 4, ""),
        (Origin.MADE, Form.JSON, 4, ""),
    ]
    assert good.batch_sizes is not None
    assert [(each.rows, each.is_answered) for each in good.batch_sizes.sizes] == [(1, True), (4, True)]
    assert good.rows is not None
    assert good.rows.compared == (0, 1, 2, 3)
    assert good.times is not None
    assert good.times.maximum == 4
    assert good.memory is not None
    assert good.memory.loaded_mib > 100  # torch alone
    assert good.memory.growth_requests == 50
    assert good.untried == ()


def test_the_error_of_a_fixed_batch_is_torch_s_own(outcome: Outcome) -> None:
    """TorchScript's traceback is left out."""
    sizes = outcome("refusing").batch_sizes
    assert sizes is not None
    assert sizes.sizes[-1].error == (
        "HTTP 500: PyTorch execute failure: RuntimeError: shape '[1, 3]' is invalid for input of size 12"
    )


def test_what_this_machine_lacks_is_said(outcome: Outcome) -> None:
    """A missing backend or package is no finding, and no silence either."""
    assert outcome("plan").loading is None
    assert [each.why for each in outcome("plan").untried] == [
        "this machine's Triton has no backend 'tensorrt'"
    ]
    assert "imports 'no_such_module'" in outcome("lacking").untried[0].why


def test_a_decoupled_model_is_loaded_and_not_asked(outcome: Outcome) -> None:
    """KServe's HTTP endpoint can't ask it."""
    decoupled = outcome("decoupled")
    assert decoupled.is_loaded
    assert decoupled.requests == ()
    assert decoupled.untried[0].check == "requests"


def test_dynamic_batching_shows_in_the_counters(outcome: Outcome) -> None:
    """Eight requests at once run in fewer executions; without it each runs alone."""
    joined, alone = outcome("joined").concurrency, outcome("warm").concurrency
    assert joined is not None
    assert alone is not None
    assert joined.executions is not None
    assert joined.executions < joined.requests == 8
    assert alone.executions == 8


def test_a_warm_up_shows_in_the_counters(outcome: Outcome) -> None:
    """It has run before the first request."""
    warm, cold = outcome("warm").counters, outcome("joined").counters
    assert warm is not None
    assert cold is not None
    assert (warm.warm_up_samples, warm.warm_ups_run) == (1, 1)
    assert (cold.warm_up_samples, cold.warm_ups_run) == (0, 0)


def test_a_response_cache_shows_in_the_counters(outcome: Outcome) -> None:
    """With a cache equal requests hit; without one in the server they are computed again."""
    with_cache, without = outcome("cached"), outcome("cached in vain")
    assert with_cache.counters is not None
    assert without.counters is not None
    assert with_cache.counters.cache_hits > 0 == without.counters.cache_hits
    assert [each.check for each in with_cache.untried] == ["response times"]


def test_an_ensemble_is_tried_with_its_members(outcome: Outcome) -> None:
    """The ensemble answers."""
    assert outcome("ensemble").requests[0].error == ""


@pytest.mark.parametrize("kind", GENERATING)
def test_a_generating_model_is_asked_as_its_container_asks(outcome: Outcome, kind: str) -> None:
    """By the generate extension; what such answers can't show is said."""
    generated = outcome(kind)
    assert [(each.form, each.error) for each in generated.requests] == [(Form.GENERATE, "")]
    assert [each.check for each in generated.untried] == ["expected answers, batches and concurrency"]
    assert generated.times is not None


def test_what_serve_refuses(tmp_path: Path, attempt: Try) -> None:
    """Several folders and no word which of them answers: serve ends before Triton starts."""
    report = attempt(ensemble(tmp_path / "ensemble"))
    assert [finding.rule for finding in report.findings] == ["SEA352"]
    loading = report.outcomes[0].loading
    assert loading is not None
    assert loading.stage is Stage.SERVE


def test_what_can_t_be_unpacked(tmp_path: Path, attempt: Try) -> None:
    """An archive that is none."""
    archive = tmp_path / "model.tar.gz"
    archive.write_bytes(b"no archive")
    report = attempt(archive)
    assert [finding.rule for finding in report.findings] == ["SEA351"]


def test_a_model_that_takes_too_long(tried: Mapping[str, TrialReport]) -> None:
    """The trial gives up in time, and says so as a warning."""
    assert "not ready within 3 s" in tried["slow"].findings[0].what


def test_one_model_s_folder_is_tried_like_its_repository(tmp_path: Path, attempt: Try) -> None:
    """A folder with config.pbtxt at its root is a model, under its own name; nothing is written into it."""
    folder = python_model(tmp_path) / "model"
    before = sorted(folder.rglob("*"))
    report = attempt(folder)
    assert report.findings == ()
    assert report.outcomes[0].is_loaded
    assert sorted(folder.rglob("*")) == before
