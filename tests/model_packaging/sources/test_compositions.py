"""Python-backend models, ensembles and repositories as they are packed; nothing here needs torch."""

import hashlib
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model_packaging.artifact import extract_archive, parse_config_pbtxt
from model_packaging.errors import DataFileError, LayoutError, PackagingError, TorchScriptError
from model_packaging.package import PackagedModel, package_deployment
from preflight import inspect_artifact
from spec import parse_deployment

Package = Callable[..., dict[str, PackagedModel]]

ECHO = "class TritonPythonModel:\n    def execute(self, requests): ...\n"
X = {"name": "x", "data_type": "TYPE_FP32", "dims": [2]}
Y = {**X, "name": "y"}
TRITON = {"max_batch_size": 4, "input": [X], "output": [Y]}
STEP = {"model_name": "echo", "input_map": {"x": "x"}, "output_map": {"y": "y"}}
CONFIG = """backend: "python"
max_batch_size: 2
input [ { name: "text" data_type: TYPE_STRING dims: [ 1 ] } ]
output [ { name: "ids" data_type: TYPE_INT64 dims: [ -1 ] } ]
"""


def python(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - values of YAML
    return {"python": {"from": "echo.py", **changes}, "triton": TRITON}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one Python-backend model."""
    (tmp_path / "echo.py").write_text(ECHO, encoding="utf-8")
    return tmp_path


@pytest.fixture
def package(root: Path) -> Package:
    """Return what packages the models of a deployment, by name."""

    def run(**models: dict[str, Any]) -> dict[str, PackagedModel]:
        document = {
            "name": "test",
            "environment": {
                "account": "000000000000",
                "region": "us-east-1",
                "availability_zones": ["us-east-1a", "us-east-1b"],
            },
            "models": models,
        }
        file = parse_deployment(json.dumps(document), root / "test.yaml")
        packaged = package_deployment(file, root / "build", root, inspect=inspect_artifact)
        return {each.model: each for each in packaged}

    return run


@pytest.fixture
def refusal(package: Package) -> Callable[..., PackagingError]:
    """Return what packages models of which one can't be, and returns why."""

    def run(**models: dict[str, Any]) -> PackagingError:
        with pytest.raises(PackagingError) as raised:
            package(**models)
        return raised.value

    return run


def files_of(packaged: PackagedModel) -> list[str]:
    return [each.path for each in packaged.manifest.files]


def write_repository(folder: Path, *names: str, config: str = CONFIG) -> None:
    for name in names:
        (folder / name / "1").mkdir(parents=True)
        (folder / name / "1" / "model.py").write_text(ECHO, encoding="utf-8")
        (folder / name / "config.pbtxt").write_text(config, encoding="utf-8")


def test_a_python_model_is_packed_with_its_files(root: Path, package: Package) -> None:
    """As model.py, whatever it is called, with files under their own names, and declared tensors."""
    (root / "data").mkdir()
    (root / "data" / "vocab.txt").write_text("a\n", encoding="utf-8")
    echo = package(echo=python(files=["data/vocab.txt"]))["echo"]
    assert files_of(echo) == ["echo/1/model.py", "echo/1/vocab.txt", "echo/config.pbtxt"]
    manifest = echo.manifest
    assert (manifest.format, manifest.samples, manifest.load_models) == ("python", None, ())
    assert [(each.name, each.datatype, each.dims) for each in manifest.signature.inputs] == [
        ("x", "FP32", (2,))
    ]
    extract_archive(echo.directory / manifest.archive.file_name, root / "unpacked")
    config = parse_config_pbtxt((root / "unpacked" / "echo" / "config.pbtxt").read_text(encoding="utf-8"))
    assert (config.backend, config.platform, config.max_batch_size) == ("python", "", 4)
    assert (root / "unpacked" / "echo" / "1" / "model.py").read_text(encoding="utf-8") == ECHO


def test_a_changed_file_builds_again(root: Path, package: Package) -> None:
    """And an unchanged one does not."""
    assert package(echo=python())["echo"].built
    assert not package(echo=python())["echo"].built
    (root / "echo.py").write_text(f"{ECHO}# more\n", encoding="utf-8")
    assert package(echo=python())["echo"].built


def test_members_of_members_are_packed_once(package: Package) -> None:
    """A diamond: two models that call one, and an ensemble of both."""
    packaged = package(
        top={
            "ensemble": {"step": [{**STEP, "model_name": "left"}, {**STEP, "model_name": "right"}]},
            "triton": TRITON,
        },
        left=python(calls=["echo"]),
        right=python(calls=["echo"]),
        echo=python(),
    )
    assert list(packaged) == ["top", "left", "right", "echo"]
    assert {path.split("/")[0] for path in files_of(packaged["top"])} == {"top", "left", "right", "echo"}
    assert packaged["left"].manifest.load_models == ("echo",)
    assert packaged["top"].manifest.load_models == ("echo",)
    assert packaged["echo"].manifest.load_models == ()


def test_a_response_cache_anywhere_in_the_archive_is_the_servers(package: Package) -> None:
    """A member's as well as the model's own."""
    cached = {**python(), "triton": {**TRITON, "response_cache": {"enable": True}}}
    packaged = package(echo=cached, plain=python(), chain={"ensemble": {"step": [STEP]}, "triton": TRITON})
    asked = {name: each.manifest.response_cache for name, each in packaged.items()}
    assert asked == {"echo": True, "plain": False, "chain": True}


def test_what_is_wrong_with_a_member_is_told_once(refusal: Callable[..., PackagingError]) -> None:
    """Of the member, not of everything made of it."""
    error = refusal(
        echo=python(files=["missing.txt"]), chain={"ensemble": {"step": [STEP]}, "triton": TRITON}
    )
    assert isinstance(error, DataFileError)
    assert error.model == "echo"
    assert error.cause == (
        "python.files names 'missing.txt', and the project has no such file. "
        "Left out with it, since they are made of it: chain."
    )


def test_a_model_file_that_is_not_there(refusal: Callable[..., PackagingError]) -> None:
    """With the key that names it."""
    error = refusal(echo={"python": {"from": "other.py"}, "triton": TRITON})
    assert error.cause == "python.from names 'other.py', and the project has no such file."


def test_two_files_of_one_name(root: Path, refusal: Callable[..., PackagingError]) -> None:
    """They lie in one folder, whichever they come from."""
    (root / "data").mkdir()
    (root / "data" / "own.py").write_text("", encoding="utf-8")
    error = refusal(
        echo={**python(files=["data/own.py"]), "triton": {**TRITON, "default_model_filename": "own.py"}}
    )
    assert isinstance(error, LayoutError)
    assert error.cause == "python.files names 'data/own.py', and 'own.py' lies beside the model already."


def test_a_repository_is_packed_as_it_is(root: Path, package: Package) -> None:
    """Signature and batch size come from its configuration, the folder that answers is named."""
    write_repository(root / "models", "inner")
    (root / "models" / "empty" / "1").mkdir(parents=True)
    packaged = package(existing={"repository": {"from": "models"}})["existing"]
    assert files_of(packaged) == ["empty/1/.keep", "inner/1/model.py", "inner/config.pbtxt"]
    manifest = packaged.manifest
    assert (manifest.format, manifest.answering_folder, manifest.max_batch_size) == ("repository", "inner", 2)
    assert [(each.name, each.datatype, each.dims) for each in manifest.signature.inputs] == [
        ("text", "BYTES", (1,))
    ]
    assert [(each.name, each.datatype, each.dims) for each in manifest.signature.outputs] == [
        ("ids", "INT64", (-1,))
    ]


def test_a_repository_loads_what_its_models_call(root: Path, package: Package) -> None:
    """By a literal name; what is no folder of the repository is a rule's to tell."""
    write_repository(root / "models", "asked", "called", "idle")
    text = f"{ECHO}\ndef ask(): InferenceRequest(model_name='called'), InferenceRequest(model_name='other')\n"
    (root / "models" / "asked" / "1" / "model.py").write_text(text, encoding="utf-8")
    manifest = package(existing={"repository": {"from": "models", "model": "asked"}})["existing"].manifest
    assert manifest.load_models == ("called",)
    assert [each.what for each in manifest.findings if each.rule == "SEA256"] == [
        "It calls 'other', which is not loaded beside it."
    ]


def test_a_changed_file_of_a_repository_builds_again(root: Path, package: Package) -> None:
    """Any of its files."""
    write_repository(root / "models", "inner")
    existing = {"repository": {"from": "models"}}
    assert package(existing=existing)["existing"].built
    assert not package(existing=existing)["existing"].built
    (root / "models" / "inner" / "labels.txt").write_text("a\n", encoding="utf-8")
    assert package(existing=existing)["existing"].built


def test_every_model_of_a_repository_is_checked(root: Path, package: Package) -> None:
    """What is wrong beside the model that answers is told with its folder's name."""
    write_repository(root / "models", "first", "second")
    (root / "models" / "second" / "1" / "model.py").write_text("def :", encoding="utf-8")
    existing = {"repository": {"from": "models", "model": "first"}}
    findings = package(existing=existing)["existing"].manifest.findings
    assert [(each.rule, each.what) for each in findings] == [
        ("SEA253", "second: The model's file: line 1: invalid syntax.")
    ]


@pytest.mark.parametrize(
    ("repository", "cause"),
    [
        ({"from": "nothing"}, "repository.from is 'nothing', and the project has no such folder."),
        ({"from": "models"}, "models has 2 models with a config.pbtxt: one, two."),
        (
            {"from": "models", "model": "three"},
            "models has no model 'three' with a config.pbtxt; it has one, two.",
        ),
        (
            {"from": "models/one"},
            "models/one is one model, not a repository of models: config.pbtxt lies at its root, and",
        ),
    ],
    ids=["missing", "several", "another", "one model"],
)
def test_a_repository_that_does_not_say_what_answers(
    root: Path, refusal: Callable[..., PackagingError], repository: dict[str, str], cause: str
) -> None:
    """With what is there."""
    write_repository(root / "models", "one", "two")
    error = refusal(existing={"repository": repository})
    assert isinstance(error, LayoutError)
    assert error.cause.startswith(cause)


def test_a_configuration_at_the_root_beside_models_is_a_finding(root: Path, package: Package) -> None:
    """The container would exit."""
    write_repository(root / "models", "inner")
    (root / "models" / "config.pbtxt").write_text(CONFIG, encoding="utf-8")
    findings = package(existing={"repository": {"from": "models"}})["existing"].manifest.findings
    assert [each.rule for each in findings] == ["SEA101"]


@pytest.mark.parametrize(
    ("config", "file"),
    [
        ('platform: "pytorch_libtorch"', "model.pt"),
        ('backend: "pytorch" default_model_filename: "own.pt"', "own.pt"),
        ('backend: "pytorch" cc_model_filenames { key: "8.0" value: "a100.pt" }', "a100.pt"),
    ],
)
def test_torchscript_of_a_repository_is_scanned(
    root: Path, refusal: Callable[..., PackagingError], config: str, file: str
) -> None:
    """In every version, whatever its name, and of models beside the one that answers: Triton loads them."""
    write_repository(root / "models", "first", "second")
    tensors = CONFIG.partition("\n")[2]
    (root / "models" / "second" / "config.pbtxt").write_text(f"{config}\n{tensors}", encoding="utf-8")
    (root / "models" / "second" / "7").mkdir()
    (root / "models" / "second" / "7" / file).write_bytes(pickle.dumps(print))
    error = refusal(existing={"repository": {"from": "models", "model": "first"}})
    assert isinstance(error, TorchScriptError)
    assert error.cause.startswith(f"repository.from: models: second/7/{file} is a bare pickle (")


def test_torchscript_that_holds_a_model_alone_is_packed(root: Path, package: Package) -> None:
    """As it is, like every other file."""
    tensors = CONFIG.partition("\n")[2]
    write_repository(root / "models", "inner", config=f'platform: "pytorch_libtorch"\n{tensors}')
    with zipfile.ZipFile(root / "models" / "inner" / "1" / "model.pt", "w") as archive:
        for name in ("data.pkl", "constants.pkl"):
            archive.writestr(f"model/{name}", pickle.dumps((), protocol=2))
        archive.writestr("model/version", "3\n")
    assert "inner/1/model.pt" in files_of(package(existing={"repository": {"from": "models"}})["existing"])


@pytest.mark.parametrize(
    "config", ['backend: "python"', 'backend: "pytorch" runtime: "model.py"', 'platform: "torch_aoti"']
)
def test_what_else_is_called_model_pt_is_packed_unscanned(root: Path, package: Package, config: str) -> None:
    """Nothing loads it as TorchScript."""
    tensors = CONFIG.partition("\n")[2]
    write_repository(root / "models", "inner", config=f"{config}\n{tensors}")
    (root / "models" / "inner" / "1" / "model.pt").write_bytes(pickle.dumps(print))
    assert "inner/1/model.pt" in files_of(package(existing={"repository": {"from": "models"}})["existing"])


def test_a_hidden_folder_is_a_finding(root: Path, package: Package) -> None:
    """`serve` counts it as a model."""
    write_repository(root / "models", "inner")
    (root / "models" / ".cache").mkdir()
    (root / "models" / ".cache" / "x").touch()
    findings = package(existing={"repository": {"from": "models"}})["existing"].manifest.findings
    assert [(each.rule, each.what) for each in findings] == [
        ("SEA103", "The archive holds 2 folders at its root: .cache, inner.")
    ]


def test_links_are_refused(root: Path, refusal: Callable[..., PackagingError]) -> None:
    """They could lead anywhere."""
    write_repository(root / "models", "inner")
    (root / "models" / "inner" / "secret").symlink_to("/etc/hostname")
    error = refusal(existing={"repository": {"from": "models"}})
    assert error.cause == "models/inner/secret is a link or no regular file."


@pytest.mark.parametrize(
    ("config", "cause"),
    [
        ("nonsense: 1", "the repository's inner/config.pbtxt:1:1: "),
        (
            'backend: "python"',
            "inner/config.pbtxt leaves out inputs or outputs, and only Triton finds them in",
        ),
        (
            'platform: "onnxruntime_onnx"',
            "inner/config.pbtxt leaves out inputs or outputs, and they can't be read from model.onnx (",
        ),
    ],
    ids=["unreadable", "python", "onnx"],
)
def test_a_configuration_that_does_not_say_enough(
    root: Path, refusal: Callable[..., PackagingError], config: str, cause: str
) -> None:
    """What a request needs can't be said then."""
    write_repository(root / "models", "inner", config=config)
    assert refusal(existing={"repository": {"from": "models"}}).cause.startswith(cause)


def test_an_archive_is_unpacked_within_bounds(root: Path, refusal: Callable[..., PackagingError]) -> None:
    """One with a link is refused before anything of it is read."""
    archive = root / ".seatrial" / "downloads"
    archive.mkdir(parents=True)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        link = tarfile.TarInfo("inner")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    digest = _kept(archive, content.getvalue())
    error = refusal(existing={"repository": {"from": "s3://bucket/models.tar.gz", "sha256": digest}})
    assert error.cause.startswith("s3://bucket/models.tar.gz can't be unpacked (")


def test_an_archive_is_packed_as_a_folder_would_be(root: Path, package: Package) -> None:
    """Its empty folders included."""
    write_repository(root / "models", "inner")
    (root / "models" / "empty" / "1").mkdir(parents=True)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        tar.add(root / "models", ".")
    (root / ".seatrial" / "downloads").mkdir(parents=True)
    digest = _kept(root / ".seatrial" / "downloads", content.getvalue())
    packaged = package(
        folder={"repository": {"from": "models"}},
        archive={"repository": {"from": "s3://bucket/models.tar.gz", "sha256": digest}},
    )
    assert packaged["folder"].manifest.content_key == packaged["archive"].manifest.content_key


def _kept(folder: Path, content: bytes) -> str:
    """Leave ``content`` where what was fetched is kept, and return its digest."""
    digest = hashlib.sha256(content).hexdigest()
    (folder / digest).write_bytes(content)
    return digest
