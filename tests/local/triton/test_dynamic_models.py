"""Models that come and go, on a real Triton that was started without any."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.triton import DynamicModels, ModelLoadError, TritonError, TritonRuntime, TritonServer
from local.triton._namespaces import triton_name
from tests.local.triton.conftest import Answer, infer_body

integration = pytest.mark.integration

_CONFIG = """{name}backend: "python"
max_batch_size: 4
input [ {{ name: "x" data_type: TYPE_FP32 dims: [ 1 ] }} ]
output [ {{ name: "x" data_type: TYPE_FP32 dims: [ 1 ] }} ]
instance_group [ {{ kind: KIND_GPU }} ]
"""
_SOURCE = """import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        {initialize}

    def execute(self, requests):
        arrays = [pb_utils.get_input_tensor_by_name(request, "x").as_numpy() for request in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("x", {factor} * array)]) for array in arrays]
"""
_STEP = """{{
  model_name: "{model}" model_version: -1
  input_map {{ key: "x" value: "{given}" }} output_map {{ key: "x" value: "{made}" }}
}}"""


def _model(archive: Path, name: str, factor: int, *, initialize: str = "pass", named: bool = True) -> None:
    folder = archive / name
    (folder / "1").mkdir(parents=True)
    (folder / "config.pbtxt").write_text(_CONFIG.format(name=f'name: "{name}"\n' if named else ""))
    (folder / "1" / "model.py").write_text(_SOURCE.format(factor=factor, initialize=initialize))


def _ensemble(archive: Path, name: str, *members: str) -> None:
    folder = archive / name
    (folder / "1").mkdir(parents=True)
    tensors = ["x", *(f"between{number}" for number in range(1, len(members))), "y"]
    steps = [
        _STEP.format(model=member, given=given, made=made)
        for member, given, made in zip(members, tensors, tensors[1:], strict=False)
    ]
    (folder / "config.pbtxt").write_text(
        f'name: "{name}"\nplatform: "ensemble"\nmax_batch_size: 4\n'
        'input [ { name: "x" data_type: TYPE_FP32 dims: [ 1 ] } ]\n'
        'output [ { name: "y" data_type: TYPE_FP32 dims: [ 1 ] } ]\n'
        f"ensemble_scheduling {{ step [ {', '.join(steps)} ] }}\n"
    )


@given(st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=2, unique=True))
def test_every_target_has_a_name_of_its_own(targets: list[str]) -> None:
    """One that may stand in a path, and is no way out of the repository."""
    names = [triton_name(target) for target in targets]
    assert names[0] != names[1]
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", name)
        assert name not in {".", ".."}


def test_a_plain_target_keeps_its_name() -> None:
    """So that answers name what was asked; a slash can't stay."""
    assert triton_name("resnet-18_v2.tar.gz") == "resnet-18_v2.tar.gz"
    assert triton_name("a/b.tar.gz") == "a~2Fb.tar.gz"


def test_a_step_never_leads_out_of_the_archive(tmp_path: Path) -> None:
    """A member is a folder beside the ensemble: a path to another folder touches nothing there."""
    outside = tmp_path / "outside"
    _model(outside, "kept", 2)
    archive = tmp_path / "archive"
    (archive / "x").mkdir(parents=True)
    member = "x/../../outside/kept"
    _ensemble(archive, "pipeline", member)
    repository = tmp_path / "repository"
    (repository / "big::x").mkdir(parents=True)

    with pytest.raises(TritonError):
        DynamicModels(repository).load(9, "big", archive, 0.1)

    assert sorted(path.name for path in outside.rglob("*")) == ["1", "config.pbtxt", "kept", "model.py"]
    assert [path.name for path in repository.iterdir()] == ["big::x"]


def test_clearing_goes_on_beside_a_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Triton starts again while a model is being placed: what the placing leaves is no obstacle."""
    repository = tmp_path / "repository"
    (repository / "placed").mkdir(parents=True)
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)

    DynamicModels(repository).clear()

    assert repository.is_dir()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dynamic")


@pytest.fixture(scope="module")
def server(
    runtime: TritonRuntime, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TritonServer]:
    log = tmp_path_factory.mktemp("log") / "triton.log"
    with TritonServer.start(
        runtime, repository, models=(), startup_timeout_seconds=60, log_path=log
    ) as started:
        yield started


@pytest.fixture(scope="module")
def models(repository: Path) -> DynamicModels:
    return DynamicModels(repository)


@pytest.fixture
def ask(server: TritonServer, asking: Callable[..., Answer]) -> Callable[..., Answer]:
    """``(model name) -> Answer`` to x = 1."""
    body = infer_body(x=("FP32", [1, 1], [1.0]))
    return lambda name: asking(server.http_port, "POST", f"/v2/models/{name}/infer", body)


@integration
def test_models_of_the_same_inner_name_stay_apart(
    server: TritonServer, models: DynamicModels, ask: Callable[..., Answer], tmp_path: Path
) -> None:
    """Each answers under its target's name, one at its archive's root too; what is asked of a GPU is said."""
    for target, factor, folder in (("a.tar.gz", 2, "same"), ("b.tar.gz", 3, ".")):
        named = folder != "."
        _model(tmp_path / target, folder, factor, named=named)
        loaded = models.load(server.http_port, target, tmp_path / target, 30)
        assert (loaded.target, loaded.name) == (target, target)
        place = "same/config.pbtxt:6" if named else f"{target}/config.pbtxt:5"
        assert [str(overlay) for overlay in loaded.overlays] == [
            f"{place}: KIND_GPU is served as KIND_CPU on this machine"
        ]
    assert ask("a.tar.gz").output("x") == [2.0]
    assert ask("b.tar.gz").output("x") == [3.0]
    assert ask("b.tar.gz").document["model_name"] == "b.tar.gz"


@integration
def test_an_ensemble_brings_its_members(
    server: TritonServer, models: DynamicModels, ask: Callable[..., Answer], repository: Path, tmp_path: Path
) -> None:
    """Unloading takes them all, and nothing stays; then it can be loaded again."""
    archive = tmp_path / "archive"
    _model(archive, "double", 2)
    _model(archive, "triple", 3)
    _ensemble(archive, "pair", "double", "triple")
    loaded = models.load(server.http_port, "pair.tar.gz", archive, 30)
    assert loaded.placed == ("pair.tar.gz", "pair.tar.gz::double", "pair.tar.gz::triple")
    assert ask("pair.tar.gz").output("y") == [6.0]
    models.unload(server.http_port, loaded)
    assert ask("pair.tar.gz").status == 404
    assert not list(repository.glob("pair*"))
    again = models.load(server.http_port, "pair.tar.gz", archive, 30)
    assert ask(again.name).output("y") == [6.0]


@integration
def test_a_model_that_can_not_be_loaded(
    server: TritonServer, models: DynamicModels, repository: Path, tmp_path: Path
) -> None:
    """Triton's words, the frontend's status, and nothing of it stays."""
    for number, (initialize, status, words) in enumerate(
        (
            ("raise ValueError('never')", 400, "ValueError: never"),
            ("raise MemoryError('CUDA out of memory')", 507, "out of memory"),
        )
    ):
        archive = tmp_path / str(number)
        _model(archive, "bad", 1, initialize=initialize)
        with pytest.raises(ModelLoadError, match=words) as caught:
            models.load(server.http_port, "bad.tar.gz", archive, 30)
        assert caught.value.status == status
        assert not (repository / "bad.tar.gz").exists()


@integration
def test_a_missing_file_is_found_before_triton_hangs_on_it(
    server: TritonServer, models: DynamicModels, tmp_path: Path
) -> None:
    """In a member, too."""
    archive = tmp_path / "archive"
    _model(archive, "double", 2)
    (archive / "double" / "1" / "model.py").unlink()
    _ensemble(archive, "pair", "double")
    with pytest.raises(ModelLoadError, match=r"'pair\.tar\.gz::double/1/model\.py' is missing") as caught:
        models.load(server.http_port, "pair.tar.gz", archive, 30)
    assert caught.value.status == 400


def test_a_triton_that_is_gone_is_no_failed_load(tmp_path: Path) -> None:
    """The model may be fine."""
    _model(tmp_path / "archive", "m", 1)
    with pytest.raises(TritonError, match="Triton doesn't answer") as caught:
        DynamicModels(tmp_path / "repository").load(1, "m.tar.gz", tmp_path / "archive", 1)
    assert not isinstance(caught.value, ModelLoadError)
