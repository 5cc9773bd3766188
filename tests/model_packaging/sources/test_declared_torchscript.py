"""TorchScript made elsewhere is packed where it fits what is declared: of a file, and of a repository."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from model_packaging.artifact import parse_config_pbtxt
from model_packaging.errors import DeclaredTensorsError, PackagingError, SandboxError, TorchScriptError
from model_packaging.package import PackagedModel, package_model
from model_packaging.sources import existing_repository
from spec import Model
from tests.model_packaging.torchscript_models import CONFIG, Linear, Pooled, saved


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(Linear(), tmp_path_factory.mktemp("linear") / "model.pt")


@pytest.fixture
def packed(tmp_path: Path) -> Callable[..., PackagedModel]:
    """``(source, file, config.pbtxt, versions) -> packaged``; a section says what config.pbtxt does."""

    def made(source: str, file: Path, text: str, versions: tuple[str, ...] = ("1",)) -> PackagedModel:
        if source == "file":
            content = file.read_bytes()
            (tmp_path / "m.pt").write_bytes(content)
            document = {
                "file": {"from": "m.pt", "sha256": hashlib.sha256(content).hexdigest()},
                "triton": _section(text),
            }
        else:
            for version in versions:
                (tmp_path / "models" / "net" / version).mkdir(parents=True)
                (tmp_path / "models" / "net" / version / "model.pt").write_bytes(file.read_bytes())
            (tmp_path / "models" / "net" / "config.pbtxt").write_text(text, encoding="utf-8")
            document = {"repository": {"from": "models"}}
        model = Model.model_validate(document)
        return package_model("m", model, tmp_path / "build", tmp_path, inspect=lambda _: ())

    return made


def _section(text: str) -> Mapping[str, object]:
    declared = parse_config_pbtxt(text)
    types = {11: "TYPE_FP32", 9: "TYPE_INT64", 8: "TYPE_INT32"}

    def tensors(given: Any) -> list[dict[str, object]]:  # noqa: ANN401 - tritonclient has no types for them
        return [
            {"name": each.name, "data_type": types[each.data_type], "dims": list(each.dims)} for each in given
        ]

    return {
        "max_batch_size": declared.max_batch_size,
        "input": tensors(declared.input),
        "output": tensors(declared.output),
    }


FIXES = {
    "file": "correct triton.input, triton.output or triton.max_batch_size to what the file takes and gives.",
    "repository": "correct input, output or max_batch_size in net/config.pbtxt.",
}
PLACES = {"file": ("file.from: m.pt: ",), "repository": ("net/1/model.pt: ", "net/2/model.pt: ")}


@pytest.mark.integration
@pytest.mark.parametrize(
    ("source", "declared", "words"),
    [
        ("file", ("FP32", 7), "mat1 and mat2 shapes cannot be multiplied (1x7 and 6x1)"),
        ("repository", ("INT64", 6), "to have the same dtype"),
    ],
)
def test_declared_inputs_that_the_model_does_not_take(
    linear: Path, packed: Callable[..., PackagedModel], source: str, declared: tuple[str, int], words: str
) -> None:
    """Sizes and data types are torch's to refuse, in its words."""
    datatype, size = declared
    with pytest.raises(DeclaredTensorsError) as caught:
        packed(source, linear, CONFIG.replace("FP32 dims: [ 6 ]", f"{datatype} dims: [ {size} ]"))
    fails = f"forward fails with the declared inputs x {datatype} [1, {size}] (batch 1"
    assert f"{PLACES[source][0]}{fails}" in caught.value.cause
    assert words in caught.value.cause
    assert caught.value.fix == FIXES[source]


@pytest.mark.integration
@pytest.mark.parametrize("source", ["file", "repository"])
def test_declared_outputs_that_the_model_does_not_give(
    packed: Callable[..., PackagedModel], tmp_path: Path, source: str
) -> None:
    """All of them at once, of every version of a repository."""
    z = 'output [ { name: "z" data_type: TYPE_FP32 dims: [ 1 ] } ]'
    with pytest.raises(DeclaredTensorsError) as caught:
        packed(source, saved(Pooled(), tmp_path / "pooled.pt"), CONFIG + z, versions=("1", "2"))
    for place in PLACES[source]:
        assert f"{place}the output 'y' is FP32 [1], and declared as FP32 [1, 1]" in caught.value.cause
    assert "the output 'z' is result 1, counted from 0, and forward returns 1" in caught.value.cause
    assert caught.value.fix == FIXES[source]


@pytest.mark.integration
@pytest.mark.parametrize("source", ["file", "repository"])
def test_what_fits_is_packed(linear: Path, packed: Callable[..., PackagedModel], source: str) -> None:
    """With a dimension that varies."""
    text = CONFIG.replace("[ 6 ]", "[ -1, 6 ]").replace("[ 1 ]", "[ -1, 1 ]")
    assert packed(source, linear, text).manifest.samples is None


def test_refused_torchscript_of_a_repository_is_not_exported_instead(
    packed: Callable[..., PackagedModel], tmp_path: Path
) -> None:
    """The repository has its own words for what to do."""
    torch.save({"x": torch.ones(2)}, tmp_path / "weights.pt")
    with pytest.raises(TorchScriptError) as caught:
        packed("repository", tmp_path / "weights.pt", CONFIG)
    assert "export" not in caught.value.fix
    assert caught.value.fix.startswith("take the repository from whom you trust, or save the model into it")


@pytest.mark.parametrize(("words", "raised"), [("Unknown builtin op: torchvision::nms", 0), ("killed", 1)])
def test_operators_that_only_tritons_image_has_are_not_judged(
    linear: Path,
    packed: Callable[..., PackagedModel],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    raised: int,
) -> None:
    """Anything else that keeps a model of a repository from being loaded is told."""

    def refuse(*_: object) -> tuple[str, ...]:
        raise SandboxError(f"it can't be loaded ({words}).", "see why.")

    monkeypatch.setattr(existing_repository, "torchscript_misfits", refuse)
    errors: list[PackagingError] = []
    try:
        packed("repository", linear, CONFIG)
    except SandboxError as error:
        errors.append(error)
    assert len(errors) == raised
