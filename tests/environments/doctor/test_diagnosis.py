"""The report as a whole."""

import json

from environments.doctor import Diagnosis, Status, diagnose
from tests.environments.doctor.machines import machine


def test_an_able_machine() -> None:
    """Every check is ok, and the exit status 0."""
    diagnosis = diagnose(machine())
    assert {result.status for result in diagnosis.results} == {Status.OK}
    assert (diagnosis.is_able, diagnosis.exit_code) == (True, 0)
    assert diagnosis.to_text().splitlines()[-1] == "This machine is able to run everything."


def test_degraded_is_able() -> None:
    """What runs less well is named, and the exit status is 0."""
    diagnosis = diagnose(machine(programs={}, credentials=""))
    assert diagnosis.exit_code == 0
    assert diagnosis.to_text().endswith("able to run everything; less well: make, git, AWS credentials.")


def test_missing_is_not_able() -> None:
    """What is missing is named, and the exit status is 1."""
    diagnosis = diagnose(machine(node="", shared_memory_bytes=None))
    assert diagnosis.exit_code == 1
    assert diagnosis.to_text().splitlines()[-1] == "Something is missing: cdk, shared memory."


def test_what_is_not_ok_says_what_it_means_and_what_to_do() -> None:
    """On no machine is a finding without both."""
    bare = diagnose(machine(**dict.fromkeys(("node", "cdk", "torch", "credentials"), ""), programs={}))
    mac = diagnose(machine(system="Darwin", architecture="arm64", libc="", python="3.9.6"))
    for result in (*bare.results, *mac.results):
        assert bool(result.meaning) == bool(result.remedy) == (result.status is not Status.OK)


def test_names_are_unique() -> None:
    """A program that reads the document goes by them."""
    names = [result.name for result in diagnose(machine()).results]
    assert len(names) == len(set(names))


def test_the_document_has_every_member() -> None:
    """For programs: ok, and each check with all its words."""
    document = json.loads(json.dumps(diagnose(machine(programs={})).to_document()))
    assert document["ok"] is True
    (git,) = (check for check in document["checks"] if check["name"] == "git")
    assert set(git) == {"name", "status", "found", "meaning", "remedy"}
    assert git["status"] == "degraded"


def test_lines_are_short() -> None:
    """Explanations are wrapped below their check."""
    text = diagnose(machine(system="Darwin", architecture="arm64", libc="", python="3.9.6")).to_text()
    assert max(map(len, text.splitlines()[:-1])) <= 110
    assert "\n    To do: Use Linux on x86_64" in text


def test_it_is_one_diagnosis() -> None:
    """The report is plain data."""
    assert isinstance(diagnose(machine()), Diagnosis)
