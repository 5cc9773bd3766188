"""`seatrial check`: which kind of thing PATH is, which options fit it, and what is printed."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import cli._check_runs
from cli import main
from cli._check_request import environment_of
from preflight import Finding, Location, Report, Severity
from tests.preflight.bare.bare_repositories import archive, config, folder, repository

FOUND = Finding("SEA351", Severity.ERROR, "m", "It failed.", "that it loads.", "mend it.", Location("there"))


class Run:
    """One run of the command: its exit status, stdout and stderr."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: object) -> None:
        self.status = main(["check", *map(str, arguments)])
        self.out, self.err = capsys.readouterr()

    @property
    def document(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.out)
        return loaded


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return folder(tmp_path / "repository", repository())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    broken = config().replace(b"[ 3 ]", b"[ 0 ]")
    return archive(tmp_path / "model.tar.gz", {**repository(), "classifier/config.pbtxt": broken})


def test_a_clean_folder_exits_0(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Progress and what was left open are on stderr, the report on stdout."""
    run = Run(capsys, good)
    assert (run.status, run.out) == (0, "No findings.\n")
    assert f"reading {good}" in run.err
    assert "not checked: what depends on the instance type (--instance-type) or the image" in run.err


def test_findings_of_an_archive_exit_1(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its line in the archive."""
    run = Run(capsys, bad)
    assert run.status == 1
    assert f"{bad}/classifier/config.pbtxt:5" in run.out


def test_json_is_one_document(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what was not checked."""
    document = Run(capsys, bad, "--json", "--image-tag", "24.09").document
    assert document["exit_code"] == 1
    assert "SEA207" in {finding["rule"] for finding in document["findings"]}
    assert document["not_checked"] == ["the instance type (--instance-type)"]
    assert "trial" not in document


def test_what_it_is_served_on_is_given_by_options(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A variable is judged by the rules about containers."""
    run = Run(
        capsys, good, "--instance-type", "ml.c5.large", "--image-tag", "24.09", "--region", "eu-west-1",
        "--env", "SAGEMAKER_BIND_TO_PORT=9000",
    )  # fmt: skip
    assert run.status == 1
    assert "--env SAGEMAKER_BIND_TO_PORT" in run.out
    assert "not checked" not in run.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--instance-type", "ml.c5.larg"],
            "the catalogue has no instance type 'ml.c5.larg'; did you mean ml.c5",
        ),
        (["--image-tag", "1"], "the catalogue has no image tag '1'; "),
        (["--region", "eu-west-9"], "the catalogue has no region 'eu-west-9'; did you mean eu-west"),
        (["--env", "A"], "--env is 'A'; write KEY=VALUE."),
        (["--env", "A=1", "--env", "A=2"], "--env gives A twice."),
        (["--env", "1A=1"], "environment.1A"),
        (["--aws"], "--aws is for a deployment file, which names an account; "),
        (["--golden", "x.json"], "--golden is for a trial run: give --run as well."),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(
    good: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    """Exit 2, before anything is read."""
    run = Run(capsys, good, *options)
    assert run.status == 2
    assert words in " ".join(run.err.split())


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--instance-type", "ml.c5.large", "its endpoints say instances.type."),
        ("--image-tag", "24.09", "its models say container.triton_release."),
        ("--region", "us-east-1", "it says environment.region."),
        ("--env", "A=1", "its models say container.environment."),
        ("--golden", "x.json", "its models name their golden requests."),
    ],
)
def test_a_deployment_file_says_these_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, words: str
) -> None:
    """The message says where."""
    run = Run(capsys, tmp_path / "file.yaml", option, value)
    assert run.status == 2
    assert words in " ".join(run.err.split())


def test_a_path_that_is_nothing_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As is a file of another kind; a deployment file that is missing has its own words."""
    assert "there is no such file or folder." in Run(capsys, tmp_path / "nothing").err
    (tmp_path / "model.pt").write_bytes(b"")
    run = Run(capsys, tmp_path / "model.pt")
    assert run.status == 2
    assert "is neither a deployment file" in run.err
    assert Run(capsys, tmp_path / "nothing.yaml").status == 1


def test_variables_are_split_at_the_first_sign() -> None:
    """Values may hold others, and be empty."""
    assert environment_of(["A=b=c", "D="]) == {"A": "b=c", "D": ""}


def test_an_archive_may_be_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding, not a failure."""
    path = tmp_path / "model.tgz"
    path.write_bytes(b"\x1f\x8b")
    run = Run(capsys, path)
    assert run.status == 1
    assert "SEA161" in run.out
    assert "Traceback" not in run.err


def test_findings_are_written_as_sarif(bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside what is printed; a file that can't be written is told."""
    assert Run(capsys, bad, "--sarif", tmp_path / "found.sarif").status == 1
    assert "SEA207" in (tmp_path / "found.sarif").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.glob(".found*")] == []
    run = Run(capsys, bad, "--sarif", tmp_path / "nowhere" / "found.sarif")
    assert run.status == 1
    assert "can't be written (No such file or directory)" in run.err
    assert "unexpected" not in run.err


def trial(**_: object) -> SimpleNamespace:
    return SimpleNamespace(
        findings=(FOUND,),
        outcomes=(),
        to_document=lambda: {"outcomes": []},
        render_terminal=lambda: "a table",
    )


def test_a_trial_run_of_an_artifact_is_reported(
    good: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its table, its progress and its findings, beside those of the files."""
    import preflight.trial  # noqa: PLC0415 - the command imports it when it is asked for

    asked: dict[str, Any] = {}

    def run_trial(path: Path, context: object, golden: object, root: Path, *, progress: Any) -> object:  # noqa: ANN401
        asked.update(path=path, context=context, golden=golden, root=root)
        progress("classifier", "loading")
        return trial()

    monkeypatch.setattr(preflight.trial, "trial_of_artifact", run_trial)
    run = Run(capsys, good, "--run", "--golden", "requests.json")
    assert run.status == 1
    assert run.out.startswith("a table\n")
    assert "SEA351" in run.out
    assert "classifier: loading" in run.err
    assert asked["golden"] == [Path("requests.json")]
    assert Run(capsys, good, "--run", "--json").document["trial"] == {"outcomes": []}


DEPLOYMENT = """
name: empty
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  classifier:
    export: {from: "module:factory", to: torchscript, how: trace}
    triton: {max_batch_size: 2}
"""


def test_a_deployment_file_is_asked_of_servers_and_of_its_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On request; what the account did not answer is told."""
    import preflight.account  # noqa: PLC0415 - the command imports them when it is asked for
    import preflight.synthesized  # noqa: PLC0415
    import preflight.trial  # noqa: PLC0415

    path = tmp_path / "empty.yaml"
    path.write_text(DEPLOYMENT, encoding="utf-8")
    left_open = SimpleNamespace(what="the quotas", why="it may not be asked.")
    account = SimpleNamespace(findings=(), not_checked=(left_open,))
    monkeypatch.setattr(preflight.trial, "trial_of_deployment", lambda *_, **__: trial())
    monkeypatch.setattr(preflight.account, "check_account", lambda *_: account)
    monkeypatch.setattr(preflight.synthesized, "check_synthesized", lambda *_: ())
    run = Run(capsys, path, "--run", "--aws", "--json")
    assert [finding["rule"] for finding in run.document["findings"]] == ["SEA351"]
    assert run.document["not_checked"] == ["the quotas: it may not be asked."]
    assert "the templates are checked once these errors are mended" in run.err
    assert Run(capsys, path).out == "No findings.\n"


def test_templates_are_checked_once_the_file_is_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found there is in the same report."""
    import preflight.synthesized  # noqa: PLC0415 - the command imports it when it is asked for

    path = tmp_path / "empty.yaml"
    path.write_text(DEPLOYMENT, encoding="utf-8")
    monkeypatch.setattr(preflight.synthesized, "check_synthesized", lambda *_: (FOUND,))
    run = Run(capsys, path)
    assert run.status == 1
    assert "synthesizing the templates" in run.err
    assert isinstance(cli._check_runs.CheckResult(Report((FOUND,))).to_document()["findings"], list)
