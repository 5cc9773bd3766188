"""The rules about archives that nobody unpacks, and files that are not what they seem."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import ArchiveFault, RecordedFinding
from model_packaging.artifact.file_content import FileContent
from model_packaging.artifact.file_notes import FileNote
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.model_files import ModelFileReading
from preflight.bare_artifact import Refusal
from tests.preflight.rules.test_bare_layout import GOOD, found

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]


def refused(fault: ArchiveFault) -> dict[str, str]:
    """What is found, by rule, of an archive that is refused."""
    artifact = replace(GOOD, answering=None, refusal=Refusal(fault, "", "is wrong; do something"))
    return {rule: violation.what for rule, violation in found(artifact).items()}


WRONG = "The archive is wrong; what lies behind is not checked."


def test_sea161_unreadable_archive() -> None:
    """No gzip, no tar, damaged, or cut off; no other rule speaks."""
    assert refused(ArchiveFault.UNREADABLE) == {"SEA161": WRONG}
    assert "SEA161" not in found(GOOD)


def test_sea162_something_trails() -> None:
    """Readers differ in whether they read on; no other rule speaks."""
    assert refused(ArchiveFault.TRAILING) == {"SEA162": WRONG}
    assert "SEA162" not in found(GOOD)


def test_sea163_beyond_the_limits() -> None:
    """What is not read is not judged; no other rule speaks."""
    assert refused(ArchiveFault.LIMIT) == {"SEA163": WRONG}
    assert "SEA163" not in found(GOOD)


def test_sea164_member_is_no_file() -> None:
    """Links, devices and pipes; no other rule speaks."""
    assert refused(ArchiveFault.KIND) == {"SEA164": WRONG}
    assert "SEA164" not in found(GOOD)


def test_sea165_member_twice() -> None:
    """Who unpacks decides which one is served; no other rule speaks."""
    assert refused(ArchiveFault.TWICE) == {"SEA165": WRONG}
    assert "SEA165" not in found(GOOD)


def test_sea166_member_path_refused() -> None:
    """It leads out, or no file system takes it; no other rule speaks."""
    assert refused(ArchiveFault.PATH) == {"SEA166": WRONG}
    assert "SEA166" not in found(GOOD)


@pytest.mark.parametrize(
    ("refusal", "what"),
    [
        (Refusal(ArchiveFault.KIND, "m/x", "is a link"), "'m/x' is a link; what lies behind is not checked."),
        (
            Refusal(ArchiveFault.PATH, "../x", "a path with `..`"),
            "'../x': a path with `..`; what lies behind",
        ),
        (
            Refusal(ArchiveFault.TRAILING, "", "more bytes follow"),
            "The archive: more bytes follow; what lies",
        ),
        (Refusal(ArchiveFault.LIMIT, "", "holds more"), "The archive holds more; what lies behind is not"),
    ],
)
def test_a_refusal_is_a_sentence(refusal: Refusal, what: str) -> None:
    """About the member, or about the whole."""
    [violation] = found(replace(GOOD, answering=None, refusal=refusal)).values()
    assert violation.what.startswith(what)


def test_a_folder_is_called_one() -> None:
    """It has no archive's words."""
    refused = replace(GOOD, is_archive=False, refusal=Refusal(ArchiveFault.LIMIT, "", "holds more"))
    assert found(refused)["SEA163"].what.startswith("The folder holds more;")


def test_sea168_pickle_reaches_for_the_machine(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Of model files and of others."""
    pickled = ("the global posix.system",)
    stray = replace(artifact, other_files=(FileNote("classifier/w.pkl", pickled=pickled),))
    [finding] = found_in(stray, "SEA168")
    assert (
        finding.what == "The pickle in classifier/w.pkl has the global posix.system; nothing of it was run."
    )
    assert finding.severity == "warning"
    model = replace(
        artifact, model_files=(ModelFileReading("classifier/1/model.pt", None, "x", "", pickled),)
    )
    assert len(found_in(model, "SEA168")) == 1
    assert found_in(artifact, "SEA168") == []


@pytest.mark.parametrize("content", list(FileContent))
def test_sea169_something_in_a_files_place(
    artifact: ArtifactInspection, found_in: FoundIn, content: FileContent
) -> None:
    """What it is, and what to do about that."""
    [finding] = found_in(replace(artifact, other_files=(FileNote("classifier/a.data", content),)), "SEA169")
    assert finding.what == f"classifier/a.data {content.value}."
    assert finding.fix.lower() == f"{content.fix}.".lower()
    assert found_in(artifact, "SEA169") == []


def test_sea170_not_looked_into(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """What was not checked is said; SEA221 doesn't claim that it can't be read."""
    unread = ModelFileReading("classifier/1/model.pt", None, unread="it is too long")
    broken = replace(artifact, model_files=(unread,), other_files=(FileNote("classifier/x.py", unread="so"),))
    model, other = found_in(broken, "SEA170")
    assert model.what == "classifier/1/model.pt was not looked into to its end: it is too long."
    assert other.what == "classifier/x.py was not looked into to its end: so."
    assert found_in(broken, "SEA221") == []
    assert found_in(artifact, "SEA170") == []


@pytest.mark.parametrize(
    ("dims", "shown"),
    [
        ("4294967296, 2147483648", "4294967296, 2147483648"),
        ("9223372036854775807, 2", "9223372036854775807, 2"),
        ("1000000, 1000000, 1000000, 1000000, -1, 7", "1000000, 1000000, 1000000, 1000000, ..."),
    ],
)
def test_sea171_tensor_beyond_all_memory(
    artifact: ArtifactInspection, found_in: FoundIn, dims: str, shown: str
) -> None:
    """A product of 2^63 or more; one below is somebody else's matter."""

    def with_dims(text: str) -> ArtifactInspection:
        changed = artifact.config_pbtxt.replace("dims: [ 10 ]", f"dims: [ {text} ]")
        return replace(artifact, config_pbtxt=changed)

    [finding] = found_in(with_dims(dims), "SEA171")
    assert finding.what.startswith(f"'OUTPUT__0' has dims [{shown}], which are 9223372036854775808 values")
    assert found_in(with_dims("4294967296, 2147483647"), "SEA171") == []
    assert found_in(with_dims(", ".join(["9223372036854775807"] * 5000)), "SEA171")
