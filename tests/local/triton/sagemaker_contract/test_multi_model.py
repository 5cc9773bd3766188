from pathlib import Path

import pytest

from local.triton import ServeRuleError
from local.triton.sagemaker_contract import (
    answering_folder,
    failure_status,
    loaded_model_plan,
    map_invocation,
    multi_model_plan,
)


def _model(archive: Path, name: str, config: str = 'backend: "python"') -> Path:
    folder = archive / name
    (folder / "1").mkdir(parents=True)
    (folder / "config.pbtxt").write_text(config)
    return folder


def test_a_container_starts_without_a_model() -> None:
    """With the arguments that ``serve`` always gives."""
    plan = multi_model_plan({"SAGEMAKER_MULTI_MODEL": "true", "SAGEMAKER_TRITON_LOG_VERBOSE": "false"})
    assert plan.arguments == (
        "--log-verbose=false",
        "--backend-config=python,shm-default-byte-size=16777216",
        "--backend-config=python,shm-growth-byte-size=1048576",
    )
    assert plan.ignored == ()


def test_variables_of_a_single_model_make_no_difference() -> None:
    """And say why."""
    plan = multi_model_plan(
        {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "m", "SAGEMAKER_TRITON_INFERENCE_TYPE": "generate"}
    )
    assert [(each.setting, each.reason) for each in plan.ignored] == [
        (
            "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME=m",
            "a multi-model container heeds no such variable: each request names its model",
        ),
        (
            "SAGEMAKER_TRITON_INFERENCE_TYPE=generate",
            "a multi-model container always infers: its frontend generates for no target model",
        ),
    ]


def test_a_model_to_load_at_the_start_is_refused() -> None:
    """There is no repository that it could come from."""
    with pytest.raises(ServeRuleError) as caught:
        multi_model_plan({"SAGEMAKER_TRITON_ADDITIONAL_ARGS": "--load-model=encoder --strict-readiness=true"})
    assert str(caught.value) == (
        "SAGEMAKER_TRITON_ADDITIONAL_ARGS loads encoder, and a multi-model container starts without any "
        "model: leave out --load-model"
    )


def test_an_unknown_inference_type_is_refused_all_the_same() -> None:
    """Triton looks at it when it starts."""
    with pytest.raises(ServeRuleError, match="SAGEMAKER_TRITON_INFERENCE_TYPE is 'stream'"):
        multi_model_plan({"SAGEMAKER_TRITON_INFERENCE_TYPE": "stream"})


def test_a_loaded_model_infers() -> None:
    """Under the name that it was loaded as."""
    request = map_invocation(loaded_model_plan("a~2Fb.tar.gz"), "application/json")
    assert request.path == "/v2/models/a~2Fb.tar.gz/infer"  # type: ignore[union-attr] # a refusal has none


def test_the_only_model_of_an_archive_answers(tmp_path: Path) -> None:
    """Files beside it don't count."""
    (tmp_path / "README").write_text("")
    folder = _model(tmp_path, "classifier")
    assert answering_folder(tmp_path) == folder


def test_a_configuration_at_the_root_makes_the_archive_the_model(tmp_path: Path) -> None:
    """Which ``serve`` refuses of a single model."""
    (tmp_path / "config.pbtxt").write_text('backend: "python"')
    (tmp_path / "1").mkdir()
    assert answering_folder(tmp_path) == tmp_path


def test_of_several_models_the_ensemble_answers(tmp_path: Path) -> None:
    """However its platform is set apart."""
    _model(tmp_path, "a")
    ensemble = _model(tmp_path, "b", 'platform:   "ensemble"')
    _model(tmp_path, "c")
    assert answering_folder(tmp_path) == ensemble


def test_an_empty_archive(tmp_path: Path) -> None:
    """Says what it needs."""
    with pytest.raises(ServeRuleError, match=r"it needs <model>/<version>/ folders"):
        answering_folder(tmp_path)


@pytest.mark.parametrize(
    ("config", "ensembles"), [('backend: "python"', "no"), ('platform: "ensemble"', "more")]
)
def test_several_models_of_which_none_answers_for_certain(
    tmp_path: Path, config: str, ensembles: str
) -> None:
    """Names them, and says what to pack."""
    for name in ("a", "b"):
        _model(tmp_path, name, config)
    with pytest.raises(ServeRuleError, match=rf"several model folders \(a, b\) and {ensembles}"):
        answering_folder(tmp_path)


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("load failed: CUDA out of memory. Tried to allocate", 507),
        ("Internal: MemoryError: x", 507),
        ("No space left on device", 507),
        ("failed to poll from model repository", 400),
    ],
)
def test_a_lack_of_memory_has_a_status_of_its_own(message: str, status: int) -> None:
    """By the words that the frontend looks for."""
    assert failure_status(message) == status
