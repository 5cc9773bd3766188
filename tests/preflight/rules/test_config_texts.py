"""The rule about the text of a config.pbtxt."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import ArtifactInspection, RecordedFinding

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]
SPELLED = "field names are those of Triton's model_config.proto"


def with_config(artifact: ArtifactInspection, old: str, new: str) -> ArtifactInspection:
    assert artifact.config_pbtxt.count(old) == 1
    return replace(artifact, config_pbtxt=artifact.config_pbtxt.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("max_batch_size", "max_batch_siz", 'has no field named "max_batch_siz"'),
        ("KIND_GPU", "KIND_GPUS", "has no value named KIND_GPUS"),
        ("dims: [ 10 ]", "dims: [ 10 20 ]", "Expected"),
    ],
)
def test_sea201_unreadable(
    artifact: ArtifactInspection, found_in: FoundIn, old: str, new: str, words: str
) -> None:
    """Line and column of a mistake that Triton tells in its log alone stand in the finding."""
    [finding] = found_in(with_config(artifact, old, new), "SEA201")
    line = artifact.config_pbtxt[: artifact.config_pbtxt.index(old)].count("\n") + 1
    assert finding.what.startswith(f"config.pbtxt:{line}:")
    assert words in finding.what
    assert finding.what.endswith(".")
    assert found_in(artifact, "SEA201") == []


@pytest.mark.parametrize("left", ["${max_batch_size}", "{{ largest }}", "{% if gpu %} 16 {% endif %}"])
def test_sea201_a_template(artifact: ArtifactInspection, found_in: FoundIn, left: str) -> None:
    """What nobody has filled in is what there is to mend."""
    [finding] = found_in(with_config(artifact, "max_batch_size: 16", f"max_batch_size: {left}"), "SEA201")
    named = left.partition(" 16 ")[0]
    assert finding.fix == f"Fill in {named} and all else that the template leaves open."


def test_sea201_of_other_texts(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Braces of protobuf's own are no template."""
    [finding] = found_in(with_config(artifact, "max_batch_size", "max_batch_siz"), "SEA201")
    assert SPELLED in finding.fix
