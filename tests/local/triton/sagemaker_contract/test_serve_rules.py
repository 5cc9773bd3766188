from pathlib import Path

import pytest

from local.triton import ServeRuleError
from local.triton.sagemaker_contract import IgnoredSetting, serving_plan

SHARED_MEMORY = (
    "--backend-config=python,shm-default-byte-size=16777216",
    "--backend-config=python,shm-growth-byte-size=1048576",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Model data of one model, ``classifier``."""
    (tmp_path / "classifier" / "1").mkdir(parents=True)
    return tmp_path


def test_the_only_model_answers(root: Path) -> None:
    """With the arguments that ``serve`` always gives."""
    plan = serving_plan(root, {})
    assert plan.default_model == "classifier"
    assert plan.load_models == ("classifier",)
    assert plan.arguments == SHARED_MEMORY
    assert (plan.inference_type, plan.ping_mode, plan.ignored) == ("infer", "ready", ())


def test_of_several_models_the_named_one_answers(root: Path) -> None:
    """Only it is loaded."""
    (root / "encoder").mkdir()
    plan = serving_plan(root, {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "encoder"})
    assert plan.load_models == ("encoder",)


def test_several_models_and_no_name(root: Path) -> None:
    """Lists them, and names the variable."""
    (root / "encoder").mkdir()
    with pytest.raises(ServeRuleError) as caught:
        serving_plan(root, {})
    assert str(caught.value) == (
        "more than one model folder found (classifier, encoder): set SAGEMAKER_TRITON_DEFAULT_MODEL_NAME "
        "to the one that answers"
    )


def test_a_hidden_folder_counts_and_a_link_does_not(root: Path) -> None:
    """As ``find -type d``."""
    (root / "link").symlink_to(root / "classifier")
    assert serving_plan(root, {}).default_model == "classifier"
    (root / ".git").mkdir()
    with pytest.raises(ServeRuleError, match=r"\(\.git, classifier\)"):
        serving_plan(root, {})


def test_a_wrong_name(root: Path) -> None:
    """Lists what is there."""
    with pytest.raises(ServeRuleError) as caught:
        serving_plan(root, {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "nope"})
    assert str(caught.value) == (
        "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME is 'nope', and there is no such model folder; there is: "
        "classifier"
    )


def test_no_model(tmp_path: Path) -> None:
    """Says what the model data needs."""
    with pytest.raises(
        ServeRuleError, match=r"^no model folder found in the model data: it needs <model>/<version>/"
    ):
        serving_plan(tmp_path, {})


def test_a_configuration_at_the_root(root: Path) -> None:
    """The most common mistake, before any other rule."""
    (root / "config.pbtxt").touch()
    with pytest.raises(ServeRuleError, match=r"^Incorrect directory structure: config.pbtxt is at the root"):
        serving_plan(root, {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "nope"})


def test_a_single_model_in_multi_model_mode_is_refused(root: Path) -> None:
    """Nothing would load it. Only the exact word turns the mode on, as in ``serve``."""
    with pytest.raises(ServeRuleError, match="the container's Mode isn't MultiModel: Triton would start"):
        serving_plan(root, {"SAGEMAKER_MULTI_MODEL": "true"})
    assert serving_plan(root, {"SAGEMAKER_MULTI_MODEL": "True"}).default_model == "classifier"


def test_inference_types(root: Path) -> None:
    """One of three."""
    assert serving_plan(root, {"SAGEMAKER_TRITON_INFERENCE_TYPE": "generate"}).inference_type == "generate"
    with pytest.raises(
        ServeRuleError, match=r"is 'chat'; it must be one of infer, generate, generate_stream$"
    ):
        serving_plan(root, {"SAGEMAKER_TRITON_INFERENCE_TYPE": "chat"})


def test_ping_modes(root: Path) -> None:
    """One of two."""
    assert serving_plan(root, {"SAGEMAKER_TRITON_OVERRIDE_PING_MODE": "live"}).ping_mode == "live"
    with pytest.raises(
        ServeRuleError, match=r"is 'on', with which /ping never succeeds; it must be ready or live$"
    ):
        serving_plan(root, {"SAGEMAKER_TRITON_OVERRIDE_PING_MODE": "on"})


@pytest.mark.parametrize(
    ("variable", "argument"),
    [
        ("THREAD_COUNT", "--http-thread-count=3"),
        ("BUFFER_MANAGER_THREAD_COUNT", "--buffer-manager-thread-count=3"),
        ("LOG_VERBOSE", "--log-verbose=3"),
        ("LOG_INFO", "--log-info=3"),
        ("LOG_WARNING", "--log-warning=3"),
        ("SHM_DEFAULT_BYTE_SIZE", "--backend-config=python,shm-default-byte-size=3"),
        ("SHM_GROWTH_BYTE_SIZE", "--backend-config=python,shm-growth-byte-size=3"),
    ],
)
def test_a_variable_that_is_honoured_becomes_an_argument(root: Path, variable: str, argument: str) -> None:
    """As ``serve`` makes it; an empty one counts as none."""
    plan = serving_plan(root, {f"SAGEMAKER_TRITON_{variable}": "3"})
    assert argument in plan.arguments
    assert serving_plan(root, {f"SAGEMAKER_TRITON_{variable}": ""}).arguments == SHARED_MEMORY


@pytest.mark.parametrize(
    "variable",
    [
        "SAGEMAKER_TRITON_ALLOW_GRPC",
        "SAGEMAKER_TRITON_GRPC_PORT",
        "SAGEMAKER_TRITON_ALLOW_METRICS",
        "SAGEMAKER_TRITON_METRICS_PORT",
        "SAGEMAKER_TRITON_LOG_ERROR",
        "SAGEMAKER_TRITON_TENSORFLOW_VERSION",
        "SAGEMAKER_TRITON_MODEL_LOAD_GPU_LIMIT",
        "SAGEMAKER_TRITON_DISABLE_MODEL_NAMESPACING",
        "SAGEMAKER_BIND_TO_PORT",
        "SAGEMAKER_SAFE_PORT_RANGE",
    ],
)
def test_a_variable_that_makes_no_difference_is_said(root: Path, variable: str) -> None:
    """With the reason; it is in no argument."""
    plan = serving_plan(root, {variable: "1"})
    assert plan.arguments == SHARED_MEMORY
    assert [ignored.setting for ignored in plan.ignored] == [f"{variable}=1"]
    assert len(plan.ignored[0].reason) > 20


def test_additional_arguments_load_models_and_pass(root: Path) -> None:
    """Both spellings of an option; each model once; blanks separate and quotes don't join."""
    words = "--load-model=a --load-model b --load-model=a --cache-config local,size=1"
    plan = serving_plan(root, {"SAGEMAKER_TRITON_ADDITIONAL_ARGS": words})
    assert plan.load_models == ("classifier", "a", "b")
    assert plan.arguments == (*SHARED_MEMORY, "--cache-config", "local,size=1")


def test_additional_arguments_never_change_where_triton_reads_and_listens(root: Path) -> None:
    """They are left out with their values, and said."""
    words = "--http-address 0.0.0.0 --allow-grpc=true --strict-readiness=false"
    plan = serving_plan(root, {"SAGEMAKER_TRITON_ADDITIONAL_ARGS": words})
    reason = "where Triton reads and listens is this machine's to say"
    assert plan.ignored == (
        IgnoredSetting("--http-address 0.0.0.0", reason),
        IgnoredSetting("--allow-grpc=true", reason),
    )
    assert plan.arguments == (*SHARED_MEMORY, "--strict-readiness=false")
