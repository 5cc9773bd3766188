"""Why a model did not load, in Triton's own words, from real failing starts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.triton import TritonRuntime, TritonServer, TritonStartError

pytestmark = pytest.mark.integration

GOOD = """platform: "pytorch_libtorch"
max_batch_size: 8
input [ { name: "a" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "b" data_type: TYPE_FP32 dims: [ 4 ] } ]
output [ { name: "OUTPUT__0" data_type: TYPE_FP32 dims: [ 4 ] } ]
instance_group [ { kind: KIND_CPU } ]
"""
PYTHON = GOOD.replace('platform: "pytorch_libtorch"', 'backend: "python"')
BAD_PYTHON = (
    'class TritonPythonModel:\n    def initialize(self, args):\n        raise ValueError("no weights here")\n'
)


@pytest.fixture(scope="module")
def torchscript(tmp_path_factory: pytest.TempPathFactory, write_model: Callable[..., Path]) -> bytes:
    """A model of two inputs, ``a`` and ``b``."""
    import torch  # noqa: PLC0415 - takes seconds

    class Difference(torch.nn.Module):
        def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
            return a - b

    folder = write_model(tmp_path_factory.mktemp("torchscript"), "m", GOOD, module=Difference())
    return (folder / "1" / "model.pt").read_bytes()


@pytest.fixture
def cause_of(runtime: TritonRuntime, tmp_path: Path, write_model: Callable[..., Path]) -> Callable[..., str]:
    """Start a repository of one model ``m`` that does not load; return the cause."""

    def cause(
        config: str, *, model_pt: bytes = b"", source: str = "", arguments: tuple[str, ...] = ()
    ) -> str:
        repository = tmp_path / "repository"
        folder = write_model(repository, "m", config, source=source)
        if model_pt:
            (folder / "1" / "model.pt").write_bytes(model_pt)
        with pytest.raises(TritonStartError) as caught:
            TritonServer.start(
                runtime,
                repository,
                models=["m"],
                startup_timeout_seconds=30,
                log_path=tmp_path / "triton.log",
                extra_arguments=arguments,
            )
        assert (
            str(caught.value)
            == f"Triton did not start: {caught.value.cause} (log: {tmp_path / 'triton.log'})"
        )
        assert "\n" not in caught.value.cause
        return caught.value.cause

    return cause


@pytest.mark.parametrize(
    ("config", "cause"),
    [
        (
            GOOD.replace("max_batch_size", "max_batch_siz"),
            'm/config.pbtxt:3:14: Message type "inference.ModelConfig" has no field named "max_batch_siz".',
        ),
        (
            GOOD.replace("KIND_CPU", "KIND_CPUS"),
            'm/config.pbtxt:6:36: Unknown enumeration value of "KIND_CPUS" for field "kind".',
        ),
        (
            f"{GOOD}dynamic_batching {{ preferred_batch_size: 16 }}\n",
            "model 'm': dynamic batching preferred size must be <= max batch size for m",
        ),
        (GOOD.replace("[ 4 ]", "[ 4 4 ]", 1), 'm/config.pbtxt:4:52: Expected ",", found "4".'),
        (
            # With a version policy, which file is missing is left to Triton to say.
            GOOD.replace("pytorch_libtorch", "tensorrt_plan") + "version_policy { all { } }\n",
            (
                "model 'm': unable to find backend library for backend 'tensorrt', try specifying runtime on "
                "the model configuration. (this machine's Triton has the backends python and pytorch, and "
                "ensembles)"
            ),
        ),
    ],
    ids=["unknown field", "bad enum", "semantic", "syntax", "no such backend"],
)
def test_a_wrong_configuration(
    cause_of: Callable[..., str], torchscript: bytes, config: str, cause: str
) -> None:
    """The cause is Triton's, with file, line and column where it has them."""
    assert cause_of(config, model_pt=torchscript) == cause


def test_a_name_that_is_not_the_folders(cause_of: Callable[..., str], torchscript: bytes) -> None:
    """Triton refuses a model whose configuration names another."""
    assert (
        cause_of(f'name: "other"\n{GOOD}', model_pt=torchscript)
        == "model 'm': unexpected directory name 'm' for model 'other', directory name must equal model name"
    )


def test_a_missing_model_file_is_found_before_triton_hangs_on_it(cause_of: Callable[..., str]) -> None:
    """No process is started for it."""
    assert cause_of(PYTHON) == "'m/1/model.py' is missing from the repository"


def test_a_corrupt_model_file(cause_of: Callable[..., str]) -> None:
    """PyTorch's words for what is no TorchScript."""
    cause = cause_of(GOOD, model_pt=b"garbage")
    assert cause.startswith(
        "model 'm': failed to load model 'm': PytorchStreamReader failed reading zip archive"
    )


def test_inputs_that_forward_does_not_have(cause_of: Callable[..., str], torchscript: bytes) -> None:
    """LibTorch's words for a count that differs."""
    config = GOOD.replace('{ name: "a" data_type: TYPE_FP32 dims: [ 4 ] }, ', "")
    assert (
        cause_of(config, model_pt=torchscript)
        == "model 'm': unable to load model 'm', configuration expects 1 inputs, model provides 2"
    )


def test_a_python_model_that_raises(cause_of: Callable[..., str]) -> None:
    """The exception, without its traceback."""
    cause = cause_of(PYTHON, source=BAD_PYTHON, arguments=("--disable-auto-complete-config",))
    assert cause == "model 'm': ValueError: no weights here"


def test_an_argument_that_triton_does_not_know(cause_of: Callable[..., str], torchscript: bytes) -> None:
    """Triton's own complaint, not its usage."""
    cause = cause_of(GOOD, model_pt=torchscript, arguments=("--bogus=1",))
    assert cause == "unrecognized option '--bogus=1'"


def test_a_model_that_is_not_there(runtime: TritonRuntime, small_repository: Path, tmp_path: Path) -> None:
    """The cause lists what is there."""
    with pytest.raises(TritonStartError) as caught:
        TritonServer.start(
            runtime,
            small_repository,
            models=["ech"],
            startup_timeout_seconds=5,
            log_path=tmp_path / "triton.log",
        )
    assert caught.value.cause == "the repository has no model folder 'ech'; it has echo"
