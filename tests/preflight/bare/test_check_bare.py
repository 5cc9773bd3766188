"""Folders and archives that nobody described: what is found of them, at which place, in which words."""

import gzip
import os
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from preflight import Finding
from preflight.bare import BareError, ServingContext, check_bare, not_checked
from preflight.registry import REGISTRY
from preflight.rule import DEPLOYMENT
from tests.preflight.bare.bare_repositories import CONFIG, archive, config, folder, repository, torchscript

NOWHERE = ServingContext()


@pytest.fixture(params=["folder", "archive"])
def laid_out(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """Puts files into a folder or an archive; what is found has to be the same."""

    def lay_out(files: Mapping[str, bytes]) -> Path:
        if request.param == "folder":
            return folder(tmp_path / "repository", files)
        return archive(tmp_path / "model.tar.gz", files)

    return lay_out


LaidOut = Callable[[Mapping[str, bytes]], Path]


def found(path: Path, context: ServingContext = NOWHERE) -> list[Finding]:
    return list(check_bare(path, context).findings)


def only(path: Path, context: ServingContext = NOWHERE) -> Finding:
    [finding] = found(path, context)
    return finding


def place(path: Path, finding: Finding) -> str:
    return str(finding.location).removeprefix(f"{path}/")


def test_a_good_repository_has_no_findings(laid_out: LaidOut) -> None:
    """Of one model."""
    assert found(laid_out(repository())) == []


def test_a_finding_names_file_and_line(laid_out: LaidOut) -> None:
    """Of the field that it is about, in whichever words the rule names it."""
    files = repository()
    text = files["classifier/config.pbtxt"].replace(b"max_batch_size: 8", b"max_batch_size: -8")
    path = laid_out({**files, "classifier/config.pbtxt": text.replace(b"dims: [ 3 ]", b"dims: [ 0 ]")})
    places = {finding.rule: place(path, finding) for finding in found(path)}
    assert places["SEA209"] == "classifier/config.pbtxt:3"
    assert places["SEA207"] == "classifier/config.pbtxt:5"


def test_a_broken_configuration_is_told_with_its_line(laid_out: LaidOut) -> None:
    """As protobuf's parser has it."""
    path = laid_out({**repository(), "classifier/config.pbtxt": b'name: "classifier"\nmax_batch_siz: 8\n'})
    assert "SEA201" in {finding.rule for finding in found(path)}
    [finding] = [each for each in found(path) if each.rule == "SEA201"]
    assert place(path, finding) == "classifier/config.pbtxt:2"


def test_an_eager_checkpoint_is_found_at_its_file(laid_out: LaidOut) -> None:
    """And called what it is."""
    path = laid_out({**repository(), "classifier/1/model.pt": b"\x80\x02}q\x00."})
    finding = only(path)
    assert finding.rule == "SEA221"
    assert "an eager checkpoint" in finding.what
    assert place(path, finding) == "classifier/1/model.pt"


def test_a_models_folder_is_no_repository(laid_out: LaidOut) -> None:
    """SEA101 says so, and the model is judged all the same."""
    broken = CONFIG.replace(b"dims: [ 3 ]", b"dims: [ 0 ]")
    path = laid_out({"config.pbtxt": broken, "1/model.pt": torchscript()})
    rules = {finding.rule: place(path, finding) for finding in found(path)}
    assert rules["SEA101"] == "config.pbtxt"
    assert rules["SEA207"] == "config.pbtxt:5"


def test_a_repository_in_a_folder_is_too_deep(laid_out: LaidOut) -> None:
    """SEA109 names the folders, and the models in them are judged."""
    files = {f"model/{path}": content for path, content in repository().items()}
    path = laid_out(files)
    finding = only(path)
    assert finding.rule == "SEA109"
    assert finding.what == "The only folder at the root, 'model', is no model: it holds 'model/classifier'."
    assert place(path, finding) == "model"
    broken = files["model/classifier/config.pbtxt"].replace(b"[ 3 ]", b"[ 0 ]")
    places = {
        each.rule: place(path, each)
        for each in found(laid_out({**files, "model/classifier/config.pbtxt": broken}))
    }
    assert places["SEA207"] == "model/classifier/config.pbtxt:5"


def test_several_models_and_nothing_that_names_one(laid_out: LaidOut) -> None:
    """As ``serve`` decides: SEA103, settled by the variable."""
    path = laid_out({**repository(), **repository("other")})
    assert only(path).rule == "SEA103"
    named = ServingContext(environment={"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "other"})
    assert found(path, named) == []


def test_what_tools_leave_behind_counts_as_a_model(laid_out: LaidOut) -> None:
    """With words that say who it is from."""
    finding = only(path := laid_out({**repository(), ".git/HEAD": b"x", "__MACOSX/._x": b"x"}))
    assert finding.rule == "SEA103"
    assert finding.fix == "Remove .git, __MACOSX: no model, and what tools leave behind."
    assert place(path, finding) == ".git"


@pytest.mark.parametrize(
    "files", [{"classifier/.DS_Store": b"x"}, {"classifier/1/._model.pt": b"x"}, {"._x": b"x"}]
)
def test_files_of_macos_are_nothing_to_triton(laid_out: LaidOut, files: dict[str, bytes]) -> None:
    """It looks for folders at the root, and for one name in a version."""
    assert found(laid_out({**repository(), **files})) == []


def test_nothing_at_all(laid_out: LaidOut) -> None:
    """SEA107."""
    assert only(laid_out({})).rule == "SEA107"


def test_files_without_a_folder(laid_out: LaidOut) -> None:
    """SEA108 lists them."""
    finding = only(laid_out({"model.onnx": b"x", "labels.txt": b"a"}))
    assert finding.rule == "SEA108"
    assert "'model.onnx'" in finding.what


def test_the_layout_of_the_pytorch_images_is_known(laid_out: LaidOut) -> None:
    """With rules of its own."""
    good = {"model.pt": torchscript(), "code/inference.py": b"def model_fn(path): ...\n"}
    assert found(laid_out(good)) == []
    broken = {**good, "code/inference.py": b"def model_fn(path:\n"}
    assert {finding.rule for finding in found(laid_out(broken))} == {"SEA154"} or found(laid_out(broken))


def test_instances_images_and_variables_are_judged_as_far_as_known(laid_out: LaidOut) -> None:
    """By the rules about deployments, at the options that say them."""
    gpu = config(more="instance_group [ { kind: KIND_GPU } ]\n")
    path = laid_out({**repository(), "classifier/config.pbtxt": gpu})
    assert found(path) == []
    context = ServingContext(
        instance_type="ml.c5.large",
        environment={"SAGEMAKER_TRITON_LOGLEVEL": "1", "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "classifier"},
    )
    places = {each.rule: str(each.location) for each in found(path, context)}
    assert places["SEA501"] == "--instance-type"
    assert places["SEA604"] == "--env SAGEMAKER_TRITON_LOGLEVEL"


def test_a_plan_is_held_against_the_image(laid_out: LaidOut) -> None:
    """By the version in its header; without an image nothing is said."""
    plan = b"ftrt" + bytes(20) + bytes([8, 6, 1, 6])
    files = {"classifier/config.pbtxt": config(platform="tensorrt_plan"), "classifier/1/model.plan": plan}
    path = laid_out(files)
    assert "SEA431" not in {each.rule for each in found(path)}
    places = {each.rule: str(each.location) for each in found(path, ServingContext(image_tag="24.09"))}
    assert places["SEA431"] == "--image-tag"
    cpu = ServingContext(instance_type="ml.c5.large")
    assert {each.rule: str(each.location) for each in found(path, cpu)}["SEA433"] == "--instance-type"


def test_what_was_not_said_was_not_checked() -> None:
    """In words, with the options that would say it."""
    assert not_checked(NOWHERE) == ("the instance type (--instance-type)", "the image (--image-tag)")
    assert not_checked(ServingContext(instance_type="ml.c5.large", image_tag="24.09")) == ()


def test_an_ensemble_is_judged_with_what_it_executes(laid_out: LaidOut) -> None:
    """Whose instances run on the same instance type, even where two execute each other."""
    maps = 'input_map { key: "input" value: "input" } output_map { key: "OUTPUT__0" value: "OUTPUT__0" }'
    step = f'step {{ model_name: "%s" model_version: -1 {maps} }}'
    ensemble = config(
        "whole", "ensemble", f"ensemble_scheduling {{ {step % 'classifier'} {step % 'whole'} }}\n"
    )
    gpu = config(more="instance_group [ { kind: KIND_GPU } ]\n")
    files = {
        **repository(),
        "classifier/config.pbtxt": gpu,
        "whole/config.pbtxt": ensemble,
        "whole/1/.keep": b"",
    }
    context = ServingContext(
        instance_type="ml.c5.large", environment={"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "whole"}
    )
    assert "SEA501" in {each.rule for each in found(laid_out(files), context)}


def test_an_archive_that_is_none(tmp_path: Path) -> None:
    """SEA161, without a traceback and without another finding."""
    path = tmp_path / "model.tar.gz"
    path.write_bytes(b"no gzip")
    finding = only(path)
    assert finding.rule == "SEA161"
    assert finding.what.startswith("The archive is no gzip file, or a damaged one (")
    assert str(finding.location) == str(path)


@pytest.mark.parametrize("size", range(1, 1700, 97))
def test_an_archive_that_ends_too_early(tmp_path: Path, size: int) -> None:
    """Wherever it does, one finding."""
    path = archive(tmp_path / "model.tar.gz", repository())
    path.write_bytes(path.read_bytes()[:size])
    assert only(path).rule == "SEA161"


def test_something_behind_the_end(tmp_path: Path) -> None:
    """SEA162: another gzip member, or zeros."""
    path = archive(tmp_path / "model.tar.gz", repository())
    path.write_bytes(path.read_bytes() + gzip.compress(b"more"))
    assert only(path).rule == "SEA162"


def member(path: Path, **attributes: object) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        info = tarfile.TarInfo("classifier/1/model.pt")
        for name, value in attributes.items():
            setattr(info, name, value)
        packed.addfile(info)
    return path


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "SEA164"),
        ({"type": tarfile.LNKTYPE, "linkname": "a"}, "SEA164"),
        ({"type": tarfile.CHRTYPE}, "SEA164"),
        ({"type": tarfile.FIFOTYPE}, "SEA164"),
        ({"name": "/classifier"}, "SEA166"),
        ({"name": "classifier/../../x"}, "SEA166"),
        ({"name": "classifier/\x07"}, "SEA166"),
        ({"name": "/".join("a" * 40)}, "SEA163"),
    ],
)
def test_members_that_nobody_unpacks(tmp_path: Path, attributes: dict[str, object], rule: str) -> None:
    """Each with its own rule."""
    finding = only(member(tmp_path / "model.tar.gz", **attributes))
    assert finding.rule == rule
    assert finding.what.endswith("; what lies behind is not checked.")


def test_a_link_in_a_folder_is_found(tmp_path: Path) -> None:
    """As caches of the Hugging Face Hub are full of."""
    path = folder(tmp_path / "repository", repository())
    (path / "classifier" / "1" / "model.pt").unlink()
    (path / "classifier" / "1" / "model.pt").symlink_to("/nowhere")
    finding = only(path)
    assert finding.rule == "SEA164"
    assert str(finding.location) == f"{path}/classifier/1/model.pt"


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    """It is no regular file."""
    path = folder(tmp_path / "repository", repository())
    os.mkfifo(path / "classifier" / "1" / "pipe")
    assert only(path).rule == "SEA164"


def test_one_path_twice(tmp_path: Path) -> None:
    """SEA165."""
    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        for _ in range(2):
            packed.addfile(tarfile.TarInfo("classifier/1/model.pt"))
    assert only(path).rule == "SEA165"


def test_there_has_to_be_something(tmp_path: Path) -> None:
    """A path that names nothing is wrong usage."""
    with pytest.raises(BareError, match="there is no such folder or archive"):
        check_bare(tmp_path / "nothing", NOWHERE)


def test_a_file_that_was_not_looked_into_is_named(laid_out: LaidOut) -> None:
    """SEA170, never silence."""
    python = config().replace(b'platform: "pytorch_libtorch"', b'backend: "python"')
    long = b"class TritonPythonModel:\n    def execute(self, requests): ...\n" + b"# x\n" * 70_000
    finding = only(laid_out({"classifier/config.pbtxt": python, "classifier/1/model.py": long}))
    assert finding.rule == "SEA170"
    assert "it has more than 262144 bytes" in finding.what


def test_a_folder_is_read_within_limits(tmp_path: Path) -> None:
    """As an archive is: a home folder that was named by mistake ends in words."""
    path = folder(tmp_path / "repository", repository())
    deep = path / "/".join("a" * 40)
    deep.mkdir(parents=True)
    assert only(path).rule == "SEA163"
    wide = folder(tmp_path / "wide", {})
    for number in range(10_001):
        (wide / str(number)).touch()
    assert only(wide).what == "The folder holds more than 10000 files; what lies behind is not checked."


def test_rules_that_ask_for_more_are_rules_about_deployments() -> None:
    """No other scope's rule says that it runs over bare artifacts, and no project's."""
    asking = {rule.id: rule for rule in REGISTRY.rules() if rule.of_bare is not None}
    assert {rule.scope for rule in asking.values()} == {DEPLOYMENT}
    of_projects = (range(401, 430), range(434, 438), range(521, 542), range(700, 800))
    assert not any(int(rule_id[3:]) in each for rule_id in asking for each in of_projects)
