"""Reading files: positions, causes in one line, and everything at once."""

import os
from pathlib import Path

import pytest

import spec
from spec.loader import MAXIMUM_FILE_BYTES

TEXT = """\
# a comment
name: vision
environment:
  account: "123456789012"
  region: eu-west-1
  availability_zones:
    - eu-west-1a

    - eu-west-1b
models:
  classifier:
    export: {from: "a:b", to: torchscript,
      how: trace}
    triton: {max_batch_size: 4}
  "odd-name": {export: {from: "a:b", to: torchscript, how: script}, triton: {max_batch_size: 0}}
"""


def _load(path: Path, content: str | bytes) -> spec.DeploymentFile:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return spec.load_deployment(path)


def _problem(path: Path) -> spec.Problem:
    with pytest.raises(spec.DeploymentFileError) as caught:
        spec.load_deployment(path)
    (problem,) = caught.value.problems
    assert "\n" not in str(problem)
    return problem


def test_file_and_deployment(tmp_path: Path) -> None:
    """A loaded file knows its path and holds the deployment."""
    file = _load(tmp_path / "vision.yaml", TEXT)
    assert file.path == tmp_path / "vision.yaml"
    assert file.deployment.name == "vision"
    assert list(file.deployment.models) == ["classifier", "odd-name"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("name",), 2),
        (("environment", "availability_zones"), 6),
        (("environment", "availability_zones", 0), 7),
        (("environment", "availability_zones", 1), 9),
        (("models", "classifier", "export", "from"), 12),
        (("models", "classifier", "export", "how"), 13),
        (("models", "classifier", "triton", "max_batch_size"), 14),
        (("models", "classifier", "triton", "dynamic_batching"), 14),
        (("models", "classifier", "container", "environment", "A"), 11),
        (("models", "odd-name", "triton"), 15),
        (("network", "cidr"), 2),
        (("endpoints", "x", "instances"), 2),
    ],
)
def test_line_of(tmp_path: Path, path: tuple[str | int, ...], line: int) -> None:
    """line_of gives a path's line, or that of the nearest thing around what the file leaves out."""
    assert _load(tmp_path / "vision.yaml", TEXT).line_of(*path) == line


def test_problems_stand_at_their_lines(tmp_path: Path) -> None:
    """Every problem stands at the line of its key, in the file's order."""
    path = tmp_path / "vision.yaml"
    content = TEXT.replace("eu-west-1b", "us-east-1b").replace("how: trace", "how: tracing")
    with pytest.raises(spec.DeploymentFileError) as caught:
        _load(path, content)
    assert [(each.location, each.path) for each in caught.value.problems] == [
        (f"{path}:9", "environment.availability_zones[1]"),
        (f"{path}:13", "models.classifier.export.how"),
    ]
    assert str(caught.value).splitlines() == [str(each) for each in caught.value.problems]


def test_problem_as_text() -> None:
    """A problem reads as one sentence each for what, allowed and fix, behind file, line and path."""
    problem = spec.Problem("a.yaml:3", "name", "1", "1 is wrong", "text", "quote it")
    assert str(problem) == "a.yaml:3: name: 1 is wrong. Allowed: text. Fix: quote it."
    question = spec.Problem("a.yaml", "", "", "b is unknown", "c", "did you mean 'c'?")
    assert str(question) == "a.yaml: b is unknown. Allowed: c. Fix: did you mean 'c'?"


def test_missing_file(tmp_path: Path) -> None:
    """A file that isn't there is called that."""
    problem = _problem(tmp_path / "none.yaml")
    assert problem.location == str(tmp_path / "none.yaml")
    assert problem.what == "there is no such file"
    assert problem.allowed == "a text file in UTF-8 of at most 1048576 bytes"
    assert problem.fix == "name a file under deployments/, or create this one"


def test_dangling_link(tmp_path: Path) -> None:
    """A link to nowhere is a file that isn't there."""
    (tmp_path / "link.yaml").symlink_to(tmp_path / "nowhere")
    assert _problem(tmp_path / "link.yaml").what == "there is no such file"


def test_folder(tmp_path: Path) -> None:
    """A folder in the file's place is called no file."""
    problem = _problem(tmp_path)
    assert (problem.what, problem.fix) == ("this is not a file", "name the YAML file itself")


def test_pipe_does_not_block(tmp_path: Path) -> None:
    """A pipe that nobody writes to is refused at once."""
    os.mkfifo(tmp_path / "pipe.yaml")
    assert _problem(tmp_path / "pipe.yaml").what == "this is not a file"


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without read permission is refused with the system's cause."""

    def deny(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "secret.yaml").write_text(TEXT)
    monkeypatch.setattr(Path, "open", deny)
    problem = _problem(tmp_path / "secret.yaml")
    assert problem.what == "the file can't be read: Permission denied"
    assert problem.fix == "check the path and its permissions"


def test_impossible_path() -> None:
    """A path that no file can have is refused like an unreadable file."""
    assert _problem(Path("a\0b")).what == "the file can't be read: embedded null byte"


def test_binary_file(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused with the line they stand on."""
    path = tmp_path / "model.tar.gz"
    path.write_bytes(b"name: a\n\x1f\x8b\x08")
    problem = _problem(path)
    assert problem.what == "this is no text in UTF-8: byte 0x8b on line 2"
    assert problem.fix == "save the file as UTF-8"


def test_large_file(tmp_path: Path) -> None:
    """A file over the limit is refused without being parsed."""
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MAXIMUM_FILE_BYTES + 1))
    problem = _problem(path)
    assert (problem.what, problem.fix) == ("the file has more than 1048576 bytes", "split the deployment")


def test_byte_order_mark(tmp_path: Path) -> None:
    """A file that an editor began with a byte order mark loads like any other."""
    assert _load(tmp_path / "a.yaml", b"\xef\xbb\xbf" + TEXT.encode()).line_of("name") == 2


def test_windows_line_ends(tmp_path: Path) -> None:
    """Line ends of Windows count once."""
    assert _load(tmp_path / "a.yaml", TEXT.replace("\n", "\r\n")).line_of("models") == 10
