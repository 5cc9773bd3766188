"""SEA161: archives that nobody unpacks, and files in them that are not what they seem; nothing is run."""

from collections.abc import Iterator

from model_packaging.artifact import ArchiveFault
from model_packaging.artifact.inspection import ArtifactInspection
from preflight.bare_artifact import BareArtifact
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, BARE, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import config_of

__all__ = [
    "beyond_the_limits",
    "member_is_no_file",
    "member_path_refused",
    "member_twice",
    "not_looked_into",
    "pickle_reaches_for_the_machine",
    "something_in_a_files_place",
    "something_trails",
    "tensor_beyond_all_memory",
    "unreadable_archive",
]

_MODEL_DATA = (
    "SageMaker API Reference, ContainerDefinition, ModelDataUrl ('a single gzip compressed tar archive'), "
    "and S3ModelDataSource, CompressionType"
)
_KNOWLEDGE = "AWS re:Post knowledge center, 'SageMaker endpoint creation fails', failed to extract model data"
_SYMPTOM = (
    "SageMaker says 'Failed to extract model data archive for container', and the endpoint fails after its "
    "time-out for the model's download."
)
_COUNT_LIMIT = 1 << 63
_SHOWN_DIMS = 4
_VERBS = frozenset({"can't", "ends", "holds", "is", "unpacks"})
"""How a reason begins that is about its subject."""

_PACK_AGAIN = "Pack it again: tar -czf model.tar.gz -C <repository> ."


def _refused(artifact: BareArtifact, fault: ArchiveFault, allowed: str) -> Iterator[Violation]:
    """Yield why the reading ended, where it is for this reason."""
    refusal = artifact.refusal
    if refusal is None or refusal.fault is not fault:
        return
    subject = "The archive" if artifact.is_archive else "The folder"
    if refusal.member:
        subject = repr(refusal.member)
    reason, _, _ = refusal.reason.partition("; ")
    joint = " " if reason.split(" ", 1)[0] in _VERBS else ": "
    yield Violation(f"{subject}{joint}{reason}; what lies behind is not checked.", allowed)


@rule(
    "SEA161",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an archive that can't be read to its end",
    scope=BARE,
    source=f"{_MODEL_DATA}; {_KNOWLEDGE}",
    symptom=_SYMPTOM,
    fix=_PACK_AGAIN,
)
def unreadable_archive(artifact: BareArtifact) -> Iterator[Violation]:
    """Model data are one gzip stream of one tar, whole and undamaged; a folder can be read."""
    yield from _refused(artifact, ArchiveFault.UNREADABLE, "a whole .tar.gz.")


@rule(
    "SEA162",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="something behind the archive's end",
    scope=BARE,
    source=f"{_MODEL_DATA}; RFC 1952, 2.2 (a file may have several members, and readers differ in whether "
    "they read on)",
    symptom=f"A reader that stops at the end has half a model; one that doesn't fails: {_SYMPTOM}",
    fix=_PACK_AGAIN,
)
def something_trails(artifact: BareArtifact) -> Iterator[Violation]:
    """A second gzip member, or bytes behind the tar's end mark, are read by some and not by others."""
    yield from _refused(artifact, ArchiveFault.TRAILING, "one gzip member with one tar in it.")


@rule(
    "SEA163",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="more than is read",
    scope=BARE,
    source="Seatrial, model_packaging/artifact/_archive_limits.py: limits that keep a hostile archive from "
    "filling memory or time",
    symptom="Whether it deploys is not known: it was not read to its end.",
    fix="Pack the model's own files alone.",
)
def beyond_the_limits(artifact: BareArtifact) -> Iterator[Violation]:
    """What unpacks to two hundred times its size, or has ten thousand members, is no model repository."""
    yield from _refused(artifact, ArchiveFault.LIMIT, "at most that.")


@rule(
    "SEA164",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a link or a device in the archive",
    scope=BARE,
    source=f"{_KNOWLEDGE} ('if the model artifact contains symbolic links')",
    symptom=_SYMPTOM,
    fix="Put the files themselves there: tar --dereference follows links.",
)
def member_is_no_file(artifact: BareArtifact) -> Iterator[Violation]:
    """SageMaker extracts regular files and folders."""
    yield from _refused(artifact, ArchiveFault.KIND, "regular files and folders.")


@rule(
    "SEA165",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AFTER_START_UP,
    title="one path twice in the archive",
    scope=BARE,
    source="GNU tar manual, 'Appending files to an archive' (the last member of a name wins); Python, "
    "tarfile, getmember",
    symptom="Which of the two is served depends on who unpacks; a file in a folder's place ends that.",
    fix=_PACK_AGAIN,
)
def member_twice(artifact: BareArtifact) -> Iterator[Violation]:
    """Each path is there once, as a file or as a folder."""
    yield from _refused(artifact, ArchiveFault.TWICE, "each path once.")


@rule(
    "SEA166",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a member's path that is refused",
    scope=BARE,
    source="Python, tarfile, extraction filters; GNU tar, absolute file names",
    symptom="What unpacks the archive refuses the member or drops it, and the model is incomplete.",
    fix="Pack relative paths of printable text, without '..'.",
)
def member_path_refused(artifact: BareArtifact) -> Iterator[Violation]:
    """A member stays below the folder it is unpacked into, under a name that every file system takes."""
    yield from _refused(artifact, ArchiveFault.PATH, "a relative path of printable text, without '..'.")


@rule(
    "SEA168",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a pickle that reaches for the machine",
    scope=ARTIFACT,
    source="Python documentation, pickle, warning; PyTorch, torch/csrc/jit/serialization/unpickler.cpp (what "
    "TorchScript's own reader knows); mmaitre314/picklescan, unsafe globals",
    symptom="Whatever unpickles the file, in the container or on a colleague's machine, runs what is in it.",
    fix="Find out who made the file; save weights with safetensors, models with torch.jit.save.",
)
def pickle_reaches_for_the_machine(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A model's data name tensors and classes; functions such as os.system have no place in them."""
    found = [(each.path, each.pickled) for each in artifact.model_files]
    found += [(each.path, each.pickled) for each in artifact.other_files]
    for path, pickled in found:
        if pickled:
            yield Violation(
                f"The pickle in {path} has {', '.join(pickled)}; nothing of it was run.",
                "data, and what makes a model of it.",
                (path,),
            )


@rule(
    "SEA169",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="something else in a file's place",
    scope=ARTIFACT,
    source="Git LFS, docs/spec.md, pointers; git-annex, pointer files; Amazon S3 API Reference, REST error "
    "responses",
    symptom="What loads the file finds no weights in it, and the endpoint fails after its start-up time-out; "
    "labels and vocabularies are wrong without a word.",
    fix="Get the file itself, and pack again.",
)
def something_in_a_files_place(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A pointer, an error page or nothing at all was packed where a file was meant."""
    for each in artifact.other_files:
        if each.content is not None:
            fix = f"{each.content.fix[0].upper()}{each.content.fix[1:]}."
            yield Violation(f"{each.path} {each.content.value}.", "the file itself.", (each.path,), fix)


@rule(
    "SEA170",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="a file that was not looked into",
    scope=ARTIFACT,
    source="Seatrial: an archive is read once, from front to back, in bounded memory",
    symptom="What is wrong in the file shows after the deployment alone.",
    fix="Check the unpacked repository, whose files can be read in any order.",
)
def not_looked_into(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What was not checked is said, never passed over."""
    found = [(each.path, each.unread) for each in artifact.model_files]
    found += [(each.path, each.unread) for each in artifact.other_files]
    for path, unread in found:
        if unread:
            yield Violation(
                f"{path} was not looked into to its end: {unread}.", "a file that is read.", (path,)
            )


@rule(
    "SEA171",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a tensor larger than any memory",
    scope=ARTIFACT,
    source="Triton, common, src/model_config.cc, GetElementCount: sizes are multiplied in 64 bits, and what "
    "overflows is not noticed",
    symptom="The model loads, and no request can be as large as it has to be.",
    fix="Correct dims, or give -1 where a size varies.",
)
def tensor_beyond_all_memory(artifact: ArtifactInspection) -> Iterator[Violation]:
    """One request's tensor has fewer than 2^63 values."""
    config = config_of(artifact)
    if config is None:
        return
    for field, tensors in (("input", config.inputs), ("output", config.outputs)):
        for index, tensor in enumerate(tensors):
            if _is_beyond(tensor.dims):
                shown = ", ".join(map(str, tensor.dims[:_SHOWN_DIMS]))
                more = ", ..." if len(tensor.dims) > _SHOWN_DIMS else ""
                yield Violation(
                    f"{tensor.name!r} has dims [{shown}{more}], which are {_COUNT_LIMIT} values or more.",
                    "dims of fewer values.",
                    field=(field, index, "dims"),
                )


def _is_beyond(dims: tuple[int, ...]) -> bool:
    """Multiply until it is known: the product of thousands of sizes is a number of thousands of digits."""
    count = 1
    for dim in dims:
        count *= max(1, dim)
        if count >= _COUNT_LIMIT:
            return True
    return False
